// SPDX-License-Identifier: LGPL-2.1-or-later
#include <new>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "imagepacker/metadata.h"
#include "metadata/exif_document.h"
#include "metadata/xmp_packet.h"

namespace imagepacker {
namespace {

void drop(std::vector<Notice>& notices, std::string message) {
  notices.push_back({Notice::Kind::metadata_dropped, std::move(message)});
}

/// A document that is there and readable; a broken one adds a notice.
template <class Document>
Result<std::optional<Document>> read(ByteView bytes, std::string_view kind, std::vector<Notice>& notices) {
  if (bytes.empty()) {
    return std::optional<Document>();
  }
  auto document = Document::parse(bytes);
  if (document.has_value()) {
    return std::optional(std::move(*document));
  }
  if (document.error().code == Errc::out_of_memory) {
    return std::move(document).error();
  }
  drop(notices, text("a broken ", kind, " is left out: ", document.error().message));
  return std::optional<Document>();
}

Result<Bytes> edit(ByteView base, std::span<const ExifEdit> edits, std::vector<Notice>& notices) {
  IP_ASSIGN(auto document, read<ExifDocument>(base, "Exif structure", notices));
  if (!document) {
    IP_ASSIGN(document, ExifDocument::create());
  }
  for (const ExifEdit& each : edits) {
    if (Status status = document->set(each.key, each.value); !status.has_value()) {
      if (status.error().code == Errc::out_of_memory) {
        return std::move(status).error();
      }
      drop(notices, std::move(status).error().message);
    }
  }
  return document->serialize();
}

Result<Bytes> merge(ByteView base, ByteView additions, std::vector<Notice>& notices) {
  IP_ASSIGN(auto packet, read<XmpPacket>(base, "XMP packet", notices));
  IP_ASSIGN(auto other, read<XmpPacket>(additions, "XMP packet", notices));
  if (packet && other) {
    IP_TRY(packet->merge(*other));
  } else if (other) {
    packet = std::move(other);
  }
  if (!packet) {
    return Bytes{};
  }
  return packet->serialize();
}

}  // namespace

Result<Bytes> edit_exif(ByteView base, std::span<const ExifEdit> edits, std::vector<Notice>& notices) {
  try {
    return edit(base, edits, notices);
  } catch (const std::bad_alloc&) {
    return make_error(Errc::out_of_memory, "no memory for editing Exif");
  }
}

Result<Bytes> merge_xmp(ByteView base, ByteView additions, std::vector<Notice>& notices) {
  try {
    return merge(base, additions, notices);
  } catch (const std::bad_alloc&) {
    return make_error(Errc::out_of_memory, "no memory for merging XMP");
  }
}

}  // namespace imagepacker
