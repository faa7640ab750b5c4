// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker::bmff {

/// More than any camera writes (the largest grids have a thousand tiles), and few enough for readers whose time grows
/// with their square.
inline constexpr std::size_t kMaxItems = 4096;

/// A box without its header. Borrowed from the file.
struct BoxView {
  std::string_view type;  ///< four characters
  ByteView payload;       ///< for a full box: version and flags first
};

/// A part of an item's data: bytes of the file, or of 'idat'.
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  ///< 0: to the end
};

/// An item as a file states it.
struct StoredItem {
  std::uint32_t id = 0;
  std::string_view type;
  std::string_view content_type;  ///< MIME type, of type "mime" only
  bool is_hidden = false;
  bool is_in_idat = false;
  bool is_elsewhere = false;  ///< its data lie in another file or another item
  std::vector<Extent> extents;
  std::vector<std::uint16_t> properties;  ///< indices into StoredItems::properties, in the order of their effect
  std::vector<std::uint16_t> essential;   ///< those without which the item is something else
};

/// 'iref': `from` is made of, describes or belongs to `to`.
struct StoredReference {
  std::string_view type;
  std::uint32_t from = 0;
  std::vector<std::uint32_t> to;
};

/// The items of a file (ISO/IEC 23008-12, ISO/IEC 14496-12 clause 8.11). All views are borrowed from the file.
struct StoredItems {
  ByteView file;
  ByteView idat;
  std::uint32_t primary = 0;
  std::vector<StoredItem> items;  ///< by id, each id once
  std::vector<BoxView> properties;
  std::vector<StoredReference> references;

  [[nodiscard]] const StoredItem* find(std::uint32_t id) const;
  /// The first property of that type, or nullptr.
  [[nodiscard]] const BoxView* find_property(const StoredItem& item, std::string_view type) const;
  /// What `from` refers to by the first reference of that type.
  [[nodiscard]] std::span<const std::uint32_t> referred(std::string_view type, std::uint32_t from) const;
  /// The items that refer to `to` by `type`.
  [[nodiscard]] std::vector<const StoredItem*> referring(std::string_view type, std::uint32_t to) const;
};

/// The major and compatible brands of the 'ftyp' box at the begin of `file`; empty when there is none.
std::vector<std::string_view> read_brands(ByteView file);

/// Reads the first 'meta' box of `file`. Errors: corrupt_input; unsupported when there is no 'meta' with a primary item
/// (an image sequence alone); limit_exceeded for more items, properties, extents or references than the limits above
/// and beside the code say.
Result<StoredItems> read_items(ByteView file);

/// How many bytes read_item_data() joins, as far as they lie in the file; for each extent at most the file's size.
std::uint64_t item_data_bytes(const StoredItems& items, const StoredItem& item);

/// The data of `item`, its extents joined. Errors: corrupt_input (outside of the file), unsupported (elsewhere),
/// limit_exceeded above `max_bytes`.
Result<Bytes> read_item_data(const StoredItems& items, const StoredItem& item, std::size_t max_bytes);

}  // namespace imagepacker::bmff
