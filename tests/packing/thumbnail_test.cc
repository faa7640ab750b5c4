// SPDX-License-Identifier: LGPL-2.1-or-later
// Thumbnails inside HEIF files; those in Exif are read in tests/metadata.
#include <gtest/gtest.h>
#include <libheif/heif.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codec/heif/heif_reading.h"
#include "imagepacker/packer.h"

namespace imagepacker::testing {
namespace {

/// A picture with a slope from the left to the right and one from the top to the bottom, in bytes or words.
class Slopes {
 public:
  Slopes(PixelFormat layout, Size size, ColorSpace color) {
    const PixelFormatInfo& info = pixel_format_info(layout);
    const bool is_p010 = layout == PixelFormat::p010_10le;
    const int channels = is_p010 ? 1 : info.has_alpha ? 4 : 3;
    const auto code = [&](int x, int y, int channel) {
      const int position = channel == 1 ? y * 200 / size.height : x * 200 / size.width;
      return channel == 3 ? 255 : 20 + (channel == 2 ? 200 - position : position);
    };
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        for (int channel = 0; channel < channels; ++channel) {
          is_p010 ? push_word(64 + code(x, y, 0) * 3) : bytes_.push_back(static_cast<std::byte>(code(x, y, channel)));
        }
      }
    }
    const std::size_t luma_bytes = bytes_.size();
    if (is_p010) {
      for (int i = 0; i < size.width * size.height / 2; ++i) {
        push_word(512);
      }
    }
    if (channels == 4) {
      bytes_[3] = std::byte{0};
    }
    const auto stride = luma_bytes / static_cast<std::size_t>(size.height);
    picture_.main.format = {.layout = layout,
                            .size = size,
                            .color = color,
                            .alpha = info.has_alpha ? Alpha::straight : Alpha::none,
                            .hdr = {}};
    picture_.main.planes[0] = {std::span(bytes_).first(luma_bytes), stride};
    if (is_p010) {
      picture_.main.planes[1] = {std::span(bytes_).subspan(luma_bytes), stride};
    }
  }

  Picture& picture() { return picture_; }

 private:
  void push_word(int code) {
    bytes_.push_back(static_cast<std::byte>(code << 6));
    bytes_.push_back(static_cast<std::byte>(code >> 2));
  }

  std::vector<std::byte> bytes_;
  Picture picture_;
};

constexpr ColorSpace kSrgb{Primaries::bt709, Transfer::srgb, Matrix::rgb, Range::full, ChromaSite::unspecified};
constexpr ColorSpace kPq{Primaries::bt2020, Transfer::pq, Matrix::bt2020_ncl, Range::limited, ChromaSite::unspecified};

Bytes pack(const Picture& picture, PackingOptions options) {
  options.format = Format::heif;
  TaskPool pool(2);
  VectorSink sink;
  const auto packer = Packer::create(picture.main.format, options, pool);
  EXPECT_TRUE(packer.has_value()) << (packer ? "" : packer.error().message);
  if (packer) {
    const Status status = packer->pack(picture, sink);
    EXPECT_TRUE(status.has_value()) << (status ? "" : status.error().message);
  }
  return sink.take();
}

/// The size of the one thumbnail that libheif finds and decodes; an empty one otherwise.
Size seen_by_libheif(ByteView file) {
  const std::unique_ptr<heif_context, decltype(&heif_context_free)> context(heif_context_alloc(), heif_context_free);
  heif_context_read_from_memory_without_copy(context.get(), file.data(), file.size(), nullptr);
  EXPECT_EQ(heif_context_get_number_of_top_level_images(context.get()), 1) << "the thumbnail is no picture of its own";
  using Handle = std::unique_ptr<heif_image_handle, decltype(&heif_image_handle_release)>;
  heif_image_handle* raw = nullptr;
  heif_context_get_primary_image_handle(context.get(), &raw);
  const Handle primary(raw, heif_image_handle_release);
  heif_item_id id = 0;
  if (primary == nullptr || heif_image_handle_get_list_of_thumbnail_IDs(primary.get(), &id, 1) != 1 ||
      heif_image_handle_get_thumbnail(primary.get(), id, &raw).code != heif_error_Ok) {
    return {};
  }
  const Handle thumbnail(raw, heif_image_handle_release);
  heif_image* raw_image = nullptr;
  const heif_error error =
      heif_decode_image(thumbnail.get(), &raw_image, heif_colorspace_RGB, heif_chroma_interleaved_RGB, nullptr);
  const std::unique_ptr<heif_image, decltype(&heif_image_release)> image(raw_image, heif_image_release);
  EXPECT_EQ(error.code, heif_error_Ok) << error.message;
  return {heif_image_handle_get_width(thumbnail.get()), heif_image_handle_get_height(thumbnail.get())};
}

/// The largest difference of a plane to the means of what its samples stand for in `large`.
int largest_difference(const heif::DecodedPlane& small, const heif::DecodedPlane& large) {
  int largest = 0;
  for (int y = 0; y < small.height; ++y) {
    for (int x = 0; x < small.width; ++x) {
      const int left = x * large.width / small.width;
      const int right = (x + 1) * large.width / small.width;
      const int top = y * large.height / small.height;
      const int bottom = (y + 1) * large.height / small.height;
      int sum = 0;
      for (int v = top; v < bottom; ++v) {
        for (int u = left; u < right; ++u) {
          sum += large.at(u, v);
        }
      }
      largest = std::max(largest, std::abs(sum / ((right - left) * (bottom - top)) - small.at(x, y)));
    }
  }
  return largest;
}

struct Case {
  std::string name;
  PixelFormat layout;
  Size size;
  ColorSpace color;
  PackingOptions options;
  Size thumbnail;
};

std::vector<Case> cases() {
  return {
      {"rgb", PixelFormat::rgb, {640, 480}, kSrgb, {}, {160, 120}},
      {"alpha", PixelFormat::rgba, {640, 480}, kSrgb, {}, {160, 120}},
      {"odd", PixelFormat::rgb, {481, 641}, kSrgb, {}, {120, 160}},
      {"lossless", PixelFormat::rgb, {320, 64}, kSrgb, {.lossless = true}, {160, 32}},
      {"small", PixelFormat::rgb, {20, 10}, kSrgb, {}, {20, 10}},
      {"grid", PixelFormat::rgb, {8320, 64}, kSrgb, {}, {160, 1}},
      {"pq", PixelFormat::p010_10le, {640, 480}, kPq, {}, {160, 120}},
      {"gain map", PixelFormat::p010_10le, {640, 480}, kPq, {.hdr_layout = HdrLayout::gain_map}, {160, 120}},
      {"tone-mapped",
       PixelFormat::p010_10le,
       {640, 480},
       kPq,
       {.desired_dynamic_range = DynamicRange::sdr},
       {160, 120}},
      {"limited bytes", PixelFormat::rgb, {640, 480}, kSrgb, {.max_bytes = 20000}, {160, 120}},
  };
}

TEST(HeifThumbnail, IsTheSamePictureInSmall) {
  for (Case& each : cases()) {
    SCOPED_TRACE(each.name);
    Slopes source(each.layout, each.size, each.color);
    each.options.thumbnail_size = 160;
    const Bytes file = pack(source.picture(), each.options);
    EXPECT_EQ(seen_by_libheif(file), each.thumbnail);
    const heif::ReadHeif parts = heif::read_heif(file);
    ASSERT_EQ(parts.error, "");
    const heif::ReadItem* const primary = parts.find(parts.primary);
    const heif::ReadItem* const thumbnail = parts.find_referring("thmb", parts.primary);
    ASSERT_NE(thumbnail, nullptr);
    EXPECT_FALSE(thumbnail->hidden);
    ASSERT_NE(thumbnail->find("colr"), nullptr);
    EXPECT_EQ(thumbnail->find("colr")->payload, primary->find("colr")->payload);
    const auto small = heif::decode_item(parts, *thumbnail);
    const auto large = heif::decode_item(parts, *primary);
    EXPECT_EQ(small[0].bits, large[0].bits);
    // Coding errors of the default quality; the transparent pixel shows the background.
    const int tolerance = 8 << (small[0].bits - 8);
    EXPECT_LE(largest_difference(small[0], large[0]), tolerance);
  }
}

TEST(HeifThumbnail, IsTurnedAsThePicture) {
  for (int code = 1; code <= 8; ++code) {
    Slopes source(PixelFormat::rgb, {64, 48}, kSrgb);
    source.picture().metadata.orientation = static_cast<Orientation>(code);
    const Bytes file = pack(source.picture(), {.thumbnail_size = 32});
    EXPECT_EQ(seen_by_libheif(file), code < 5 ? (Size{32, 24}) : (Size{24, 32}));
    const heif::ReadHeif parts = heif::read_heif(file);
    const heif::ReadItem* const thumbnail = parts.find_referring("thmb", parts.primary);
    ASSERT_NE(thumbnail, nullptr);
    for (const char* turn : {"irot", "imir"}) {
      const heif::ReadProperty* const expected = parts.find(parts.primary)->find(turn);
      const heif::ReadProperty* const actual = thumbnail->find(turn);
      ASSERT_EQ(actual == nullptr, expected == nullptr) << turn;
      EXPECT_TRUE(actual == nullptr || actual->payload == expected->payload) << turn;
    }
  }
}

TEST(HeifThumbnail, IsThereOnlyWhenAskedFor) {
  Slopes source(PixelFormat::rgb, {64, 48}, kSrgb);
  const heif::ReadHeif parts = heif::read_heif(pack(source.picture(), {}));
  EXPECT_EQ(parts.find_referring("thmb", parts.primary), nullptr);
  EXPECT_EQ(parts.items.size(), 1u);
}

}  // namespace
}  // namespace imagepacker::testing
