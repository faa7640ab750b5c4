// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/bmff_property_reading.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>
#include <vector>

#include "base/byte_writer.h"
#include "container/bmff_properties.h"

namespace imagepacker::bmff {
namespace {

/// The payload of a box.
ByteView inside(const Bytes& box) {
  constexpr std::size_t kHeaderBytes = 8;
  return ByteView(box).subspan(kHeaderBytes);
}

TEST(BmffPropertyReading, ReadsWhatIsWritten) {
  EXPECT_EQ(parse_spatial_extents(inside(image_spatial_extents({4032, 3024}))), (Size{4032, 3024}));
  const ColorSpace color{Primaries::bt2020, Transfer::hlg, Matrix::bt2020_ncl, Range::limited};
  EXPECT_EQ(parse_color_nclx(inside(color_nclx(color))), color);
  const Bytes icc(7, std::byte{9});
  EXPECT_EQ(parse_color_profile(inside(color_profile(icc)))->size(), icc.size());
  EXPECT_FALSE(parse_color_profile(inside(color_nclx(color))).has_value());
  const ContentLightLevel level{.max_cll = 1000, .max_fall = 400};
  EXPECT_EQ(parse_content_light_level(inside(content_light_level(level))), level);
  const MasteringDisplay display{{35400, 14600}, {8500, 39850}, {6550, 2300}, {15635, 16450}, 10000000, 50};
  EXPECT_EQ(parse_mastering_display(inside(mastering_display(display))), display);
  EXPECT_EQ(parse_auxiliary_type(inside(auxiliary_type("urn:x"))), "urn:x");
}

TEST(BmffPropertyReading, TakesNothingFromWhatIsCut) {
  const Bytes nclx = color_nclx({});
  for (std::size_t size = 0; size < inside(nclx).size(); ++size) {
    EXPECT_FALSE(parse_color_nclx(inside(nclx).first(size)).has_value());
  }
  EXPECT_FALSE(parse_spatial_extents({}).has_value());
  EXPECT_FALSE(parse_mastering_display({}).has_value());
  EXPECT_FALSE(parse_auxiliary_type({}).has_value());
}

/// A picture of numbered pixels that is turned pixel by pixel, as the standard's words have it.
struct Pixels {
  Size size;
  std::vector<int> values;

  [[nodiscard]] int at(int x, int y) const { return values[static_cast<std::size_t>(y * size.width + x)]; }

  /// The picture whose pixel (x, y) is pick(x, y).
  template <class Pick>
  [[nodiscard]] static Pixels made(Size size, Pick&& pick) {
    Pixels pixels{.size = size, .values = {}};
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        pixels.values.push_back(pick(x, y));
      }
    }
    return pixels;
  }
  [[nodiscard]] Pixels turned_left() const {
    return made({size.height, size.width}, [&](int x, int y) { return at(size.width - 1 - y, x); });
  }
  [[nodiscard]] Pixels flipped_x() const {
    return made(size, [&](int x, int y) { return at(size.width - 1 - x, y); });
  }
  [[nodiscard]] Pixels flipped_y() const {
    return made(size, [&](int x, int y) { return at(x, size.height - 1 - y); });
  }
  [[nodiscard]] Pixels cropped(int left, int top, Size kept) const {
    return made(kept, [&](int x, int y) { return at(left + x, top + y); });
  }
  /// By Exif's words: where row 0 and column 0 of the stored picture are shown.
  [[nodiscard]] Pixels oriented(Orientation orientation) const {
    switch (orientation) {
      case Orientation::flip_horizontal:
        return flipped_x();
      case Orientation::rotate_180:
        return flipped_x().flipped_y();
      case Orientation::flip_vertical:
        return flipped_y();
      case Orientation::transpose:
        return turned_left().flipped_y();
      case Orientation::rotate_90:
        return turned_left().turned_left().turned_left();
      case Orientation::transverse:
        return turned_left().flipped_x();
      case Orientation::rotate_270:
        return turned_left();
      case Orientation::normal:
        break;
    }
    return *this;
  }
  friend bool operator==(const Pixels&, const Pixels&) = default;
};

Bytes clap_payload(int width, int height, int x_offset_halves, int y_offset_halves) {
  ByteWriter payload;
  payload.u32be(static_cast<std::uint32_t>(width)).u32be(1).u32be(static_cast<std::uint32_t>(height)).u32be(1);
  payload.u32be(static_cast<std::uint32_t>(x_offset_halves)).u32be(2);
  payload.u32be(static_cast<std::uint32_t>(y_offset_halves)).u32be(2);
  return payload.take();
}

TEST(Geometry, TurnsAndCropsInTheOrderOfTheProperties) {
  const Size stored{9, 6};
  const Pixels pixels = Pixels::made(stored, [](int x, int y) { return 100 * y + x; });
  const Bytes turn{std::byte{1}};
  const Bytes top_bottom{std::byte{0}};
  const Bytes left_right{std::byte{1}};
  // Every sequence of five steps out of the four.
  for (int sequence = 0; sequence < 4 * 4 * 4 * 4 * 4; ++sequence) {
    Geometry geometry{.size = stored};
    Pixels shown = pixels;
    int crops = 0;
    for (int step = 0, rest = sequence; step < 5; ++step, rest /= 4) {
      if (rest % 4 == 0) {
        ASSERT_TRUE(geometry.apply("irot", turn));
        shown = shown.turned_left();
      } else if (rest % 4 == 1) {
        ASSERT_TRUE(geometry.apply("imir", top_bottom));
        shown = shown.flipped_y();
      } else if (rest % 4 == 2) {
        ASSERT_TRUE(geometry.apply("imir", left_right));
        shown = shown.flipped_x();
      } else if (++crops <= 2) {
        // One column off the left, two rows off the bottom.
        const Size kept{shown.size.width - 1, shown.size.height - 2};
        ASSERT_TRUE(geometry.apply("clap", clap_payload(kept.width, kept.height, 1, -2)));
        shown = shown.cropped(1, 0, kept);
      }
    }
    const Pixels remaining = pixels.cropped(geometry.left, geometry.top, geometry.size);
    ASSERT_EQ(remaining.oriented(geometry.orientation), shown) << sequence;
  }
}

TEST(Geometry, ReadsTheCropThatIsWritten) {
  Geometry geometry{.size = {128, 64}};
  EXPECT_TRUE(geometry.apply("clap", inside(clean_aperture({128, 64}, {121, 63}))));
  EXPECT_EQ(geometry.left, 0);
  EXPECT_EQ(geometry.top, 0);
  EXPECT_EQ(geometry.size, (Size{121, 63}));
}

TEST(Geometry, RefusesACropThatKeepsNothing) {
  Geometry geometry{.size = {16, 16}};
  EXPECT_FALSE(geometry.apply("clap", clap_payload(0, 4, 0, 0)));
  EXPECT_FALSE(geometry.apply("clap", clap_payload(4, 4, 100, 0)));
  EXPECT_FALSE(geometry.apply("clap", Bytes(32)));
  EXPECT_FALSE(geometry.apply("clap", {}));
  EXPECT_FALSE(geometry.apply("irot", {}));
  EXPECT_TRUE(geometry.apply("clap", clap_payload(1000, 1000, 0, 0)));
  EXPECT_EQ(geometry.size, (Size{16, 16}));
  EXPECT_TRUE(geometry.apply("pixi", {}));
}

}  // namespace
}  // namespace imagepacker::bmff
