// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/bmff_structure.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/byte_writer.h"
#include "container/bmff_items.h"
#include "container/bmff_properties.h"
#include "container/bmff_writer.h"

namespace imagepacker::bmff {
namespace {

Bytes data_of(std::string_view chars) {
  return ByteWriter().append(chars).take();
}

/// A file with an image of two tiles and a text.
Bytes sample_file() {
  ItemFile file({"heic", "mif1"});
  const int size = file.add_property(image_spatial_extents({8, 4}));
  const int turn = file.add_property(rotation(1));
  Item tile{.type = "hvc1", .hidden = true, .properties = {{size, false}}, .data = data_of("first")};
  const ItemId first = file.add_item(std::move(tile)).value();
  const ItemId second = file.add_item({.type = "hvc1", .data = data_of("second")}).value();
  Item grid{.type = "grid", .properties = {{size, false}, {turn, true}}, .data = data_of("grid")};
  const ItemId primary = file.add_item(std::move(grid)).value();
  const ItemId packet =
      file.add_item({.type = "mime", .content_type = "application/rdf+xml", .data = data_of("<x/>")}).value();
  file.add_reference("dimg", primary, {first, second});
  file.add_reference("cdsc", packet, {primary});
  file.set_primary(primary);
  VectorSink sink;
  EXPECT_TRUE(std::move(file).write(sink).has_value());
  return sink.take();
}

TEST(BmffStructure, ReadsWhatIsWritten) {
  const Bytes file = sample_file();
  EXPECT_EQ(read_brands(file), (std::vector<std::string_view>{"heic", "heic", "mif1"}));
  const auto items = read_items(file);
  ASSERT_TRUE(items.has_value()) << items.error().message;
  ASSERT_EQ(items->items.size(), 4U);
  const StoredItem* const primary = items->find(items->primary);
  ASSERT_NE(primary, nullptr);
  EXPECT_EQ(primary->type, "grid");
  EXPECT_FALSE(primary->is_hidden);
  EXPECT_NE(items->find_property(*primary, "irot"), nullptr);
  EXPECT_EQ(items->find_property(*primary, "imir"), nullptr);
  ASSERT_EQ(primary->essential.size(), 1U);
  EXPECT_EQ(items->properties[primary->essential[0]].type, "irot");
  const auto tiles = items->referred("dimg", primary->id);
  ASSERT_EQ(tiles.size(), 2U);
  EXPECT_TRUE(items->find(tiles[0])->is_hidden);
  EXPECT_EQ(read_item_data(*items, *items->find(tiles[1]), 6).value(), data_of("second"));
  const auto describing = items->referring("cdsc", primary->id);
  ASSERT_EQ(describing.size(), 1U);
  EXPECT_EQ(describing[0]->content_type, "application/rdf+xml");
  EXPECT_TRUE(items->referring("auxl", primary->id).empty());
}

TEST(BmffStructure, ReadsNoMoreThanIsAllowed) {
  const Bytes file = sample_file();
  const auto items = read_items(file);
  ASSERT_TRUE(items.has_value());
  const auto data = read_item_data(*items, items->items[0], 4);
  ASSERT_FALSE(data.has_value());
  EXPECT_EQ(data.error().code, Errc::limit_exceeded);
}

TEST(BmffStructure, CountsBytesToTheEnd) {
  const Bytes file = sample_file();
  const auto items = read_items(file);
  ASSERT_TRUE(items.has_value());
  StoredItem item = items->items[0];
  EXPECT_EQ(item_data_bytes(*items, item), 5U);
  item.extents = {{.offset = file.size() - 7, .length = 0}, {.offset = 1, .length = 2}};
  EXPECT_EQ(item_data_bytes(*items, item), 9U);
  EXPECT_EQ(read_item_data(*items, item, 9)->size(), 9U);
  item.extents = {{.offset = file.size() + 1, .length = 0}, {.offset = 0, .length = UINT64_MAX}};
  EXPECT_EQ(item_data_bytes(*items, item), file.size());
}

TEST(BmffStructure, ReadsWideFieldsAndDataInIdat) {
  BmffWriter file;
  file.begin("ftyp").fields().append("mif1").u32be(0);
  file.end().begin_full("meta", 0, 0);
  file.begin_full("pitm", 1, 0).fields().u32be(70000);
  file.end().begin_full("iinf", 1, 0).fields().u32be(1);
  file.begin_full("infe", 3, 1).fields().u32be(70000).u16be(0).append("grid").u8(0);
  file.end().end();
  file.begin_full("iloc", 2, 0).fields().u16be(0x4480).u32be(1);
  file.fields().u32be(70000).u16be(1).u16be(0).u64be(1).u16be(2);
  file.fields().u32be(0).u32be(2).u32be(3).u32be(1);
  file.end().begin("idat").fields().append("_ab_c_");
  file.end().begin_full("iref", 1, 0).begin("dimg").fields().u32be(70000).u16be(1).u32be(70000);
  file.end().end().end();
  const Bytes bytes = file.take();
  const auto items = read_items(bytes);
  ASSERT_TRUE(items.has_value()) << items.error().message;
  EXPECT_EQ(items->primary, 70000U);
  EXPECT_EQ(read_item_data(*items, items->items[0], 100).value(), data_of("abc"));
  EXPECT_EQ(items->referred("dimg", 70000).size(), 1U);
}

TEST(BmffStructure, GivesAnErrorForEveryCutAndSurvivesEveryFlip) {
  const Bytes whole = sample_file();
  for (std::size_t size = 0; size + 30 < whole.size(); ++size) {
    const auto items = read_items(ByteView(whole).first(size));
    EXPECT_TRUE(!items || !read_item_data(*items, items->items.back(), 1000)) << size;
  }
  for (std::size_t position = 0; position < whole.size(); ++position) {
    for (const std::byte flip : {std::byte{1}, std::byte{0x80}, std::byte{0xFF}}) {
      Bytes broken = whole;
      broken[position] ^= flip;
      const auto items = read_items(broken);
      for (const StoredItem& item : items ? items->items : std::vector<StoredItem>()) {
        static_cast<void>(read_item_data(*items, item, 1000).has_value());
      }
    }
  }
}

}  // namespace
}  // namespace imagepacker::bmff
