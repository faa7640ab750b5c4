// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/strip_coder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "imagepacker/options.h"

namespace imagepacker {
namespace {

constexpr Size kSize = {480, 120};

/// A gray picture with those samples.
struct Picture {
  std::vector<std::uint8_t> samples = std::vector<std::uint8_t>(std::size_t{kSize.width} * kSize.height, 255);

  std::uint8_t& at(int x, int y) { return samples[static_cast<std::size_t>(y * kSize.width + x)]; }

  [[nodiscard]] ImageView view() const {
    ImageView view{.format = {.layout = PixelFormat::gray8, .size = kSize, .color = {}, .hdr = {}}, .planes = {}};
    view.planes[0] = {.bytes = std::as_bytes(std::span(samples)), .stride_bytes = std::size_t{kSize.width}};
    return view;
  }
};

Picture noise() {
  std::minstd_rand random(1);
  Picture picture;
  std::ranges::generate(picture.samples, [&] { return static_cast<std::uint8_t>(128 + (random() >> 9) % 9); });
  return picture;
}

/// Lines of a few letters again and again, each with soft edges of its own. `step`: from one to the next.
void write_text(Picture& picture, int first_row, int step) {
  for (int y = first_row; y + 10 <= kSize.height; y += 14) {
    for (int x = 8; x + 10 < kSize.width; x += step) {
      std::minstd_rand letter(static_cast<unsigned>(x * x / 700 % 7 + 1));
      for (int i = 0; i < 80; ++i) {
        picture.at(x + i % 8, y + i / 8) = (letter() >> 9) % 3 == 0 ? static_cast<std::uint8_t>(letter() >> 9) : 255;
      }
    }
  }
}

/// A button in two shades, which all rows share, with a line of text below.
Picture button() {
  Picture picture;
  for (int y = 0; y < 100; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      picture.at(x, y) = static_cast<std::uint8_t>(200 - (x + y) / 6 % 60);
    }
  }
  write_text(picture, 104, 30);
  return picture;
}

std::size_t coded_bytes(const Picture& picture, const EffortPlans& plans) {
  StripCoder coder;
  EXPECT_TRUE(coder.code(picture.view(), false, {.is_first = true, .is_last = true}, plans).has_value());
  return coder.compressed().size();
}

struct Sizes {
  std::size_t chosen;
  std::size_t as_photo;
  std::size_t as_drawn;
};

Sizes sizes_of(const Picture& picture) {
  const EffortPlans& plans = effort_plans(PackingOptions::kDefaultEffort);
  return {coded_bytes(picture, plans), coded_bytes(picture, {plans.photo, plans.photo, plans.strip_bytes}),
          coded_bytes(picture, {plans.drawn, plans.drawn, plans.strip_bytes})};
}

TEST(StripCoder, FiltersPhotographs) {
  const Sizes sizes = sizes_of(noise());
  EXPECT_EQ(sizes.chosen, sizes.as_photo);
  EXPECT_LT(sizes.as_photo, sizes.as_drawn);
}

TEST(StripCoder, LooksForWhatRepeatsInText) {
  for (const int step : {10, 24}) {
    Picture picture;
    write_text(picture, 0, step);
    const Sizes sizes = sizes_of(picture);
    EXPECT_EQ(sizes.chosen, sizes.as_drawn) << step;
    EXPECT_LT(sizes.as_drawn, sizes.as_photo) << step;
  }
}

TEST(StripCoder, TriesBothWhereALittleTextStandsAmongShades) {
  const Sizes sizes = sizes_of(button());
  EXPECT_EQ(sizes.chosen, sizes.as_drawn);
  EXPECT_LT(sizes.as_drawn, sizes.as_photo);
}

}  // namespace
}  // namespace imagepacker
