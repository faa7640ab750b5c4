// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/bmff_items.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "container/bmff_writer.h"

namespace imagepacker::bmff {
namespace {

constexpr std::size_t kBoxHeaderBytes = 8;

/// 'iinf' flag of an item that is not to be shown on its own.
constexpr std::uint32_t kHiddenFlag = 1;

Bytes file_type_box(const std::vector<std::string>& brands) {
  BmffWriter box;
  box.begin("ftyp").fields().append(brands.front()).u32be(0);
  for (const std::string& brand : brands) {
    box.fields().append(brand);
  }
  return box.end().take();
}

void write_handler(BmffWriter& out) {
  out.begin_full("hdlr", 0, 0).fields().u32be(0).append("pict").u32be(0).u32be(0).u32be(0).u8(0);
  out.end();
}

void write_item_infos(BmffWriter& out, const std::vector<Item>& items) {
  out.begin_full("iinf", 0, 0).fields().u16be(static_cast<std::uint16_t>(items.size()));
  ItemId id = 0;
  for (const Item& item : items) {
    out.begin_full("infe", 2, item.hidden ? kHiddenFlag : 0).fields().u16be(++id).u16be(0).append(item.type).u8(0);
    if (item.type == "mime") {
      out.fields().append(item.content_type).u8(0);
    }
    out.end();
  }
  out.end();
}

/// 'iloc' version 0: every item is one extent at a 32-bit position of the file.
void write_locations(BmffWriter& out, const std::vector<Item>& items, std::uint32_t position) {
  out.begin_full("iloc", 0, 0).fields().u8(0x44).u8(0x00).u16be(static_cast<std::uint16_t>(items.size()));
  ItemId id = 0;
  for (const Item& item : items) {
    const auto length = static_cast<std::uint32_t>(item.data.size());
    out.fields().u16be(++id).u16be(0).u16be(1).u32be(position).u32be(length);
    position += length;
  }
  out.end();
}

void write_associations(BmffWriter& out, const std::vector<Item>& items, std::size_t property_count) {
  const bool wide = property_count > 0x7F;
  const auto count = std::ranges::count_if(items, [](const Item& item) { return !item.properties.empty(); });
  out.begin_full("ipma", 0, wide ? 1 : 0).fields().u32be(static_cast<std::uint32_t>(count));
  ItemId id = 0;
  for (const Item& item : items) {
    ++id;
    if (item.properties.empty()) {
      continue;
    }
    out.fields().u16be(id).u8(static_cast<std::uint8_t>(item.properties.size()));
    for (const PropertyUse& use : item.properties) {
      if (wide) {
        out.fields().u16be(static_cast<std::uint16_t>((use.essential ? 0x8000 : 0) | use.index));
      } else {
        out.fields().u8(static_cast<std::uint8_t>((use.essential ? 0x80 : 0) | use.index));
      }
    }
  }
  out.end();
}

}  // namespace

int ItemFile::add_property(Bytes box) {
  const auto found = std::ranges::find(properties_, box);
  const auto index = static_cast<int>(found - properties_.begin()) + 1;
  if (found == properties_.end()) {
    properties_.push_back(std::move(box));
  }
  return index;
}

Result<ItemId> ItemFile::add_item(Item item) {
  if (items_.size() >= std::numeric_limits<ItemId>::max()) {
    return make_error(Errc::limit_exceeded, text("a HEIF file of more than ", items_.size(), " items is not written"));
  }
  items_.push_back(std::move(item));
  return static_cast<ItemId>(items_.size());
}

void ItemFile::add_reference(std::string_view type, ItemId from, std::vector<ItemId> to) {
  references_.push_back({std::string(type), from, std::move(to)});
}

void ItemFile::add_group(std::string_view type, std::vector<ItemId> members) {
  groups_.push_back({std::string(type), std::move(members)});
}

Bytes ItemFile::meta_box(std::uint32_t first_data_position) const {
  BmffWriter out;
  out.begin_full("meta", 0, 0);
  write_handler(out);
  out.begin_full("pitm", 0, 0).fields().u16be(primary_);
  out.end();
  write_locations(out, items_, first_data_position);
  write_item_infos(out, items_);
  if (!references_.empty()) {
    out.begin_full("iref", 0, 0);
    for (const Reference& reference : references_) {
      out.begin(reference.type).fields().u16be(reference.from).u16be(static_cast<std::uint16_t>(reference.to.size()));
      for (const ItemId to : reference.to) {
        out.fields().u16be(to);
      }
      out.end();
    }
    out.end();
  }
  out.begin("iprp").begin("ipco");
  for (const Bytes& property : properties_) {
    out.fields().append(property);
  }
  out.end();
  write_associations(out, items_, properties_.size());
  out.end();
  if (!groups_.empty()) {
    out.begin("grpl");
    // Group ids share their numbers with the items.
    auto id = static_cast<std::uint32_t>(items_.size());
    for (const Group& group : groups_) {
      out.begin_full(group.type, 0, 0).fields().u32be(++id).u32be(static_cast<std::uint32_t>(group.members.size()));
      for (const ItemId member : group.members) {
        out.fields().u32be(member);
      }
      out.end();
    }
    out.end();
  }
  return out.end().take();
}

Status ItemFile::write(ByteSink& sink) && {
  const Bytes file_type = file_type_box(brands_);
  std::uint64_t data_bytes = 0;
  std::size_t property_bytes = 0;
  for (const Item& item : items_) {
    data_bytes += item.data.size();
  }
  for (const Bytes& property : properties_) {
    property_bytes += property.size();
  }
  constexpr std::uint64_t kLargest = std::numeric_limits<std::uint32_t>::max();
  // Everything else in the meta box is a few bytes per item; 64 MiB hold the worst case of 65535 items.
  if (data_bytes + property_bytes > kLargest - (std::uint64_t{64} << 20)) {
    return make_error(Errc::limit_exceeded,
                      text("the picture's ", data_bytes, " bytes of data do not fit a HEIF file, which ends at 4 GiB"));
  }
  // Positions have a fixed width, so the box has the same size whatever they are.
  const std::size_t meta_bytes = meta_box(0).size();
  const auto first = static_cast<std::uint32_t>(file_type.size() + meta_bytes + kBoxHeaderBytes);
  IP_TRY(sink.write(file_type));
  IP_TRY(sink.write(meta_box(first)));
  ByteWriter header;
  header.u32be(static_cast<std::uint32_t>(data_bytes + kBoxHeaderBytes)).append("mdat");
  IP_TRY(sink.write(header.bytes()));
  for (Item& item : items_) {
    IP_TRY(sink.write(item.data));
    item.data = {};
  }
  return {};
}

}  // namespace imagepacker::bmff
