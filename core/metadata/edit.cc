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

void tell_losses(const ExifDocument& document, std::vector<Notice>& notices) {
  if (const int count = document.unreadable_tags(); count > 0) {
    drop(notices, text(count, " tags of an Exif structure are left out: their values are not inside of it"));
  }
}
void tell_losses(const XmpPacket&, std::vector<Notice>&) {}

/// A document that is there and readable; a broken one adds a notice.
template <class Document>
Result<std::optional<Document>> read(ByteView bytes, std::string_view kind, std::vector<Notice>& notices) {
  if (bytes.empty()) {
    return std::optional<Document>();
  }
  auto document = Document::parse(bytes);
  if (document.has_value()) {
    tell_losses(*document, notices);
    return std::optional(std::move(*document));
  }
  if (document.error().code == Errc::out_of_memory) {
    return std::move(document).error();
  }
  drop(notices, text("a broken ", kind, " is left out: ", document.error().message));
  return std::optional<Document>();
}

Status apply(const ExifEdit& edit, ExifDocument& document) {
  return document.set(edit.key, edit.value);
}
Status apply(const XmpEdit& edit, XmpPacket& packet) {
  return packet.set(edit);
}

template <class Document, class Edit>
Result<Bytes> edit(ByteView base, std::span<const Edit> edits, std::string_view kind, std::vector<Notice>& notices) {
  try {
    IP_ASSIGN(auto document, read<Document>(base, kind, notices));
    if (!document) {
      IP_ASSIGN(document, Document::create());
    }
    for (const Edit& each : edits) {
      if (Status status = apply(each, *document); !status.has_value()) {
        if (status.error().code == Errc::out_of_memory) {
          return std::move(status).error();
        }
        drop(notices, std::move(status).error().message);
      }
    }
    return document->serialize();
  } catch (const std::bad_alloc&) {
    return make_error(Errc::out_of_memory, text("no memory for editing an ", kind));
  }
}

}  // namespace

Result<Bytes> edit_exif(ByteView base, std::span<const ExifEdit> edits, std::vector<Notice>& notices) {
  return edit<ExifDocument>(base, edits, "Exif structure", notices);
}

bool has_exif_tag(ByteView exif, std::string_view key) {
  try {
    const auto document = ExifDocument::parse(exif);
    return document.has_value() && document->has(key);
  } catch (const std::bad_alloc&) {
    return false;
  }
}

Result<std::string> exif_text(ByteView exif, std::string_view key) {
  try {
    const auto document = ExifDocument::parse(exif);
    return document.has_value() ? document->text_of(key) : std::string();
  } catch (const std::bad_alloc&) {
    return make_error(Errc::out_of_memory, "no memory to read Exif");
  }
}

Result<Bytes> edit_xmp(ByteView base, std::span<const XmpEdit> edits, std::vector<Notice>& notices) {
  return edit<XmpPacket>(base, edits, "XMP packet", notices);
}

}  // namespace imagepacker
