// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include "base/text.h"
#include "container/bmff_structure.h"

namespace imagepacker::bmff {
namespace {

/// Where the extents of `item` lie.
ByteView source_of(const StoredItems& items, const StoredItem& item) {
  return item.is_in_idat ? items.idat : items.file;
}

/// The length of an extent that begins within `source`.
std::uint64_t length_in(ByteView source, const Extent& extent) {
  return extent.length == 0 ? source.size() - extent.offset : extent.length;
}

}  // namespace

std::uint64_t item_data_bytes(const StoredItems& items, const StoredItem& item) {
  const ByteView source = source_of(items, item);
  std::uint64_t bytes = 0;
  for (const Extent& extent : item.extents) {
    bytes += extent.offset > source.size() ? 0 : std::min<std::uint64_t>(length_in(source, extent), source.size());
  }
  return bytes;
}

Result<Bytes> read_item_data(const StoredItems& items, const StoredItem& item, std::size_t max_bytes) {
  if (item.is_elsewhere) {
    return make_error(Errc::unsupported, text("the data of HEIF item ", item.id, " lie in another file or item"));
  }
  const ByteView source = source_of(items, item);
  Bytes data;
  for (const Extent& extent : item.extents) {
    if (extent.offset > source.size() || extent.length > source.size() - extent.offset) {
      return make_error(Errc::corrupt_input,
                        text("the HEIF file is broken: the data of item ", item.id, " lie outside of it"));
    }
    const std::uint64_t length = length_in(source, extent);
    if (length > max_bytes - data.size()) {
      return make_error(Errc::limit_exceeded,
                        text("HEIF item ", item.id, " has more than the ", max_bytes, " bytes that are allowed"));
    }
    const ByteView part = source.subspan(static_cast<std::size_t>(extent.offset), static_cast<std::size_t>(length));
    data.insert(data.end(), part.begin(), part.end());
  }
  return data;
}

}  // namespace imagepacker::bmff
