// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/heif_test_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "codec/heif/packed_heif.h"
#include "codec/heif/test_pictures.h"
#include "container/bmff_structure.h"
#include "container/bmff_writer.h"

namespace imagepacker::heif {

Opened open(ByteView file, const UnpackLimits& limits, unsigned threads) {
  Opened opened;
  const auto fail = [&](const Error& error) {
    opened.error = error.message;
    opened.code = error.code;
  };
  auto decoder = open_heif(file, limits);
  if (!decoder) {
    fail(decoder.error());
    return opened;
  }
  opened.info = (*decoder)->info();
  TaskPool pool(threads);
  auto picture = (*decoder)->decode({.pool = pool, .stop = {}, .notices = opened.notices});
  if (!picture) {
    fail(picture.error());
    return opened;
  }
  opened.picture = std::move(picture).value();
  return opened;
}

Bytes packed(const ImageFormat& format, const Metadata& metadata, bool lossless) {
  const TestPicture picture(format);
  PackingOptions options = heif_options();
  options.lossless = lossless;
  options.effort = 0;
  auto bytes = pack(picture.view(), options, metadata);
  EXPECT_TRUE(bytes.has_value()) << bytes.error().message;
  return bytes ? std::move(bytes).value() : Bytes();
}

ReadItem primary_of(ByteView file) {
  ReadItem copied;
  const auto items = bmff::read_items(file);
  if (!items) {
    ADD_FAILURE() << items.error().message;
    return copied;
  }
  const bmff::StoredItem& primary = *items->find(items->primary);
  copied.type = primary.type;
  for (const std::uint16_t index : primary.properties) {
    const bmff::BoxView& property = items->properties[index];
    copied.properties.push_back({.type = std::string(property.type),
                                 .essential = std::ranges::count(primary.essential, index) > 0,
                                 .payload = Bytes(property.payload.begin(), property.payload.end())});
  }
  auto data = bmff::read_item_data(*items, primary, file.size());
  EXPECT_TRUE(data.has_value());
  copied.data = data ? std::move(data).value() : Bytes();
  return copied;
}

bmff::ItemId add_item(bmff::ItemFile& file, const ReadItem& item) {
  bmff::Item added{.type = item.type, .hidden = item.hidden, .properties = {}, .data = item.data};
  for (const ReadProperty& property : item.properties) {
    BmffWriter box;
    box.begin(property.type).fields().append(property.payload);
    added.properties.push_back({file.add_property(box.end().take()), property.essential});
  }
  return file.add_item(std::move(added)).value();
}

Bytes written(bmff::ItemFile file) {
  VectorSink sink;
  EXPECT_TRUE(std::move(file).write(sink).has_value());
  return sink.take();
}

Bytes file_of(const ReadItem& item) {
  bmff::ItemFile file({"heic", "mif1"});
  file.set_primary(add_item(file, item));
  return written(std::move(file));
}

}  // namespace imagepacker::heif
