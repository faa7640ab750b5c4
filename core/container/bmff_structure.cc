// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/bmff_structure.h"

#include <algorithm>
#include <optional>

#include "base/byte_reader.h"
#include "base/text.h"
#include "base/try.h"

namespace imagepacker::bmff {
namespace {

constexpr std::size_t kMaxProperties = 4096;
constexpr std::size_t kMaxPropertiesOfItem = 64;
constexpr std::size_t kMaxExtentsOfItem = 32;
constexpr std::size_t kMaxReferences = 4096;
constexpr std::size_t kMaxReferredItems = 16384;  ///< of all references together

Error too_many(std::string_view what, std::size_t limit) {
  return make_error(Errc::limit_exceeded, text("the HEIF file has more than ", limit, " ", what));
}

Error broken(std::string_view what) {
  return make_error(Errc::corrupt_input, text("the HEIF file is broken: ", what));
}

std::uint64_t number(ByteReader& reader, int bytes) {
  std::uint64_t value = 0;
  for (; bytes > 0; --bytes) {
    value = value << 8 | reader.u8();
  }
  return value;
}

std::string_view fourcc(ByteReader& reader) {
  const ByteView bytes = reader.take(4);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Characters up to a zero, or to the end.
std::string_view c_string(ByteReader& reader) {
  const ByteView rest = reader.rest();
  const auto size = static_cast<std::size_t>(std::ranges::find(rest, std::byte{0}) - rest.begin());
  reader.take(std::min(size + 1, rest.size()));
  return {reinterpret_cast<const char*>(rest.data()), size};
}

/// Takes the next box; empty at the end and when its size is wrong, which `is_broken` tells apart.
std::optional<BoxView> next_box(ByteReader& reader, bool& is_broken) {
  if (reader.rest().empty()) {
    return std::nullopt;
  }
  std::uint64_t size = reader.u32be();
  BoxView box{.type = fourcc(reader), .payload = {}};
  std::uint64_t header = 8;
  if (size == 1) {
    size = number(reader, 8);
    header = 16;
  } else if (size == 0) {
    size = header + reader.rest().size();
  }
  is_broken = !reader.ok() || size < header || size - header > reader.rest().size();
  if (is_broken) {
    return std::nullopt;
  }
  box.payload = reader.take(static_cast<std::size_t>(size - header));
  return box;
}

/// Calls see(box) for the boxes of `payload`, until one gives an error.
template <class See>
Status for_each_box(ByteView payload, See&& see) {
  ByteReader reader(payload);
  bool is_broken = false;
  while (const auto box = next_box(reader, is_broken)) {
    IP_TRY(see(*box));
  }
  return is_broken ? Status(broken("a box is longer than what it stands in")) : Status();
}

int version_of(ByteReader& reader, std::uint32_t& flags) {
  const std::uint32_t word = reader.u32be();
  flags = word & 0xFFFFFF;
  return static_cast<int>(word >> 24);
}

/// 'infe' of version 2 or 3; older ones know no image items.
Status read_item_info(ByteView payload, StoredItems& items) {
  ByteReader reader(payload);
  std::uint32_t flags = 0;
  const int version = version_of(reader, flags);
  if (version < 2) {
    return {};
  }
  StoredItem item{.is_hidden = (flags & 1) != 0};
  item.id = static_cast<std::uint32_t>(number(reader, version == 2 ? 2 : 4));
  reader.u16be();  // protection
  item.type = fourcc(reader);
  if (!reader.ok()) {
    return broken("an item's 'infe' is cut");
  }
  c_string(reader);  // name
  if (item.type == "mime") {
    item.content_type = c_string(reader);
  }
  if (items.items.size() == kMaxItems) {
    return too_many("items", kMaxItems);
  }
  items.items.push_back(std::move(item));
  return {};
}

Status read_item_infos(ByteView payload, StoredItems& items) {
  ByteReader reader(payload);
  std::uint32_t flags = 0;
  const int version = version_of(reader, flags);
  if (number(reader, version == 0 ? 2 : 4) > kMaxItems) {
    return too_many("items", kMaxItems);
  }
  IP_TRY(for_each_box(reader.rest(), [&](const BoxView& box) {
    return box.type == "infe" ? read_item_info(box.payload, items) : Status();
  }));
  std::ranges::stable_sort(items.items, {}, &StoredItem::id);
  const auto same = [](const StoredItem& a, const StoredItem& b) { return a.id == b.id; };
  if (std::ranges::adjacent_find(items.items, same) != items.items.end()) {
    return broken("two items have the same id");
  }
  return {};
}

StoredItem* find_mutable(StoredItems& items, std::uint32_t id) {
  const auto found = std::ranges::lower_bound(items.items, id, {}, &StoredItem::id);
  return found == items.items.end() || found->id != id ? nullptr : &*found;
}

/// The sizes of the fields of 'iloc', in bytes.
struct LocationFields {
  int version, offset, length, base, index;
};

Status read_location(ByteReader& reader, const LocationFields& fields, StoredItems& items) {
  const auto id = static_cast<std::uint32_t>(number(reader, fields.version < 2 ? 2 : 4));
  const int method = fields.version == 0 ? 0 : reader.u16be() & 0xF;
  const int data_reference = reader.u16be();
  const std::uint64_t base = number(reader, fields.base);
  const std::size_t count = reader.u16be();
  if (count > kMaxExtentsOfItem) {
    return too_many("extents in one item", kMaxExtentsOfItem);
  }
  std::vector<Extent> extents;
  for (std::size_t i = 0; i < count; ++i) {
    number(reader, fields.version == 0 ? 0 : fields.index);
    const std::uint64_t offset = number(reader, fields.offset);
    // A sum beyond 64 bits would be a place in the file again.
    extents.push_back(
        {.offset = base > UINT64_MAX - offset ? UINT64_MAX : base + offset, .length = number(reader, fields.length)});
  }
  if (!reader.ok()) {
    return broken("its 'iloc' is cut");
  }
  if (StoredItem* const item = find_mutable(items, id); item != nullptr && item->extents.empty()) {
    item->is_in_idat = method == 1;
    item->is_elsewhere = method > 1 || data_reference != 0;
    item->extents = std::move(extents);
  }
  return {};
}

Status read_locations(ByteView payload, StoredItems& items) {
  ByteReader reader(payload);
  std::uint32_t flags = 0;
  const int version = version_of(reader, flags);
  const int sizes = reader.u8();
  const int more_sizes = reader.u8();
  const LocationFields fields{.version = version,
                              .offset = sizes >> 4,
                              .length = sizes & 0xF,
                              .base = more_sizes >> 4,
                              .index = more_sizes & 0xF};
  if (version > 2 || std::max({fields.offset, fields.length, fields.base, fields.index}) > 8) {
    return broken("its 'iloc' has an unknown version or field size");
  }
  const std::uint64_t count = number(reader, version < 2 ? 2 : 4);
  if (count > kMaxItems) {
    return too_many("items", kMaxItems);
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    IP_TRY(read_location(reader, fields, items));
  }
  return {};
}

Status read_associations(ByteView payload, StoredItems& items) {
  ByteReader reader(payload);
  std::uint32_t flags = 0;
  const int version = version_of(reader, flags);
  const std::uint32_t count = reader.u32be();
  if (count > kMaxItems) {
    return too_many("items", kMaxItems);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto id = static_cast<std::uint32_t>(number(reader, version == 0 ? 2 : 4));
    StoredItem* const item = find_mutable(items, id);
    for (int uses = reader.u8(); uses > 0; --uses) {
      const bool is_wide = (flags & 1) != 0;
      const int use = is_wide ? reader.u16be() : reader.u8();
      const int index = use & (is_wide ? 0x7FFF : 0x7F);
      if (index == 0 || item == nullptr) {
        continue;
      }
      if (item->properties.size() == kMaxPropertiesOfItem) {
        return too_many("properties of one item", kMaxPropertiesOfItem);
      }
      item->properties.push_back(static_cast<std::uint16_t>(index - 1));
      if (use != index) {
        item->essential.push_back(item->properties.back());
      }
    }
    if (!reader.ok()) {
      return broken("its 'ipma' is cut");
    }
  }
  return {};
}

Status read_properties(ByteView payload, StoredItems& items) {
  IP_TRY(for_each_box(payload, [&](const BoxView& box) -> Status {
    if (box.type == "ipma") {
      return read_associations(box.payload, items);
    }
    if (box.type != "ipco") {
      return {};
    }
    return for_each_box(box.payload, [&](const BoxView& property) -> Status {
      if (items.properties.size() == kMaxProperties) {
        return too_many("properties", kMaxProperties);
      }
      items.properties.push_back(property);
      return {};
    });
  }));
  for (const StoredItem& item : items.items) {
    if (std::ranges::any_of(item.properties, [&](std::uint16_t index) { return index >= items.properties.size(); })) {
      return broken("an item has a property that is not there");
    }
  }
  return {};
}

Status read_references(ByteView payload, StoredItems& items) {
  ByteReader reader(payload);
  std::uint32_t flags = 0;
  const int id_bytes = version_of(reader, flags) == 0 ? 2 : 4;
  std::size_t referred = 0;
  return for_each_box(reader.rest(), [&](const BoxView& box) -> Status {
    ByteReader fields(box.payload);
    StoredReference reference{.type = box.type, .to = {}};
    reference.from = static_cast<std::uint32_t>(number(fields, id_bytes));
    const std::size_t count = fields.u16be();
    referred += count;
    if (referred > kMaxReferredItems || items.references.size() == kMaxReferences) {
      return too_many("references", kMaxReferences);
    }
    for (std::size_t i = 0; i < count; ++i) {
      reference.to.push_back(static_cast<std::uint32_t>(number(fields, id_bytes)));
    }
    if (!fields.ok()) {
      return broken("its 'iref' is cut");
    }
    items.references.push_back(std::move(reference));
    return {};
  });
}

std::uint32_t read_primary(ByteView payload) {
  ByteReader reader(payload);
  std::uint32_t flags = 0;
  const int version = version_of(reader, flags);
  return static_cast<std::uint32_t>(number(reader, version == 0 ? 2 : 4));
}

/// The children of 'meta', items first: everything else refers to them.
Status read_meta(ByteView payload, StoredItems& items) {
  constexpr std::size_t kFullBoxBytes = 4;
  const ByteView children = payload.subspan(std::min(payload.size(), kFullBoxBytes));
  IP_TRY(for_each_box(children, [&](const BoxView& box) {
    return box.type == "iinf" && items.items.empty() ? read_item_infos(box.payload, items) : Status();
  }));
  return for_each_box(children, [&](const BoxView& box) -> Status {
    if (box.type == "pitm") {
      items.primary = read_primary(box.payload);
    } else if (box.type == "iloc") {
      return read_locations(box.payload, items);
    } else if (box.type == "iprp" && items.properties.empty()) {
      return read_properties(box.payload, items);
    } else if (box.type == "iref" && items.references.empty()) {
      return read_references(box.payload, items);
    } else if (box.type == "idat") {
      items.idat = box.payload;
    }
    return {};
  });
}

}  // namespace

const StoredItem* StoredItems::find(std::uint32_t id) const {
  const auto found = std::ranges::lower_bound(items, id, {}, &StoredItem::id);
  return found == items.end() || found->id != id ? nullptr : &*found;
}

const BoxView* StoredItems::find_property(const StoredItem& item, std::string_view type) const {
  for (const std::uint16_t index : item.properties) {
    if (properties[index].type == type) {
      return &properties[index];
    }
  }
  return nullptr;
}

std::span<const std::uint32_t> StoredItems::referred(std::string_view type, std::uint32_t from) const {
  for (const StoredReference& reference : references) {
    if (reference.type == type && reference.from == from) {
      return reference.to;
    }
  }
  return {};
}

std::vector<const StoredItem*> StoredItems::referring(std::string_view type, std::uint32_t to) const {
  std::vector<const StoredItem*> found;
  for (const StoredReference& reference : references) {
    const StoredItem* const item = reference.type == type ? find(reference.from) : nullptr;
    if (item != nullptr && std::ranges::find(reference.to, to) != reference.to.end()) {
      found.push_back(item);
    }
  }
  return found;
}

std::vector<std::string_view> read_brands(ByteView file) {
  constexpr std::size_t kMaxBrands = 64;
  ByteReader reader(file);
  bool is_broken = false;
  const auto box = next_box(reader, is_broken);
  std::vector<std::string_view> brands;
  if (box && box->type == "ftyp") {
    ByteReader fields(box->payload);
    brands.push_back(fourcc(fields));
    fields.u32be();  // version
    while (fields.rest().size() >= 4 && brands.size() < kMaxBrands) {
      brands.push_back(fourcc(fields));
    }
  }
  return brands;
}

Result<StoredItems> read_items(ByteView file) {
  StoredItems items;
  items.file = file;
  ByteReader reader(file);
  bool is_broken = false;
  bool has_movie = false;
  while (const auto box = next_box(reader, is_broken)) {
    has_movie |= box->type == "moov";
    if (box->type != "meta") {
      continue;
    }
    IP_TRY(read_meta(box->payload, items));
    if (items.find(items.primary) != nullptr) {
      return items;
    }
    return broken("it has no primary item");
  }
  if (has_movie) {
    return make_error(Errc::unsupported,
                      "the HEIF file holds an image sequence without a still picture; only still pictures are read");
  }
  return broken(text("it ends after ", file.size(), " bytes without items"));
}

}  // namespace imagepacker::bmff
