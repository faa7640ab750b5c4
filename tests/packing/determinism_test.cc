// SPDX-License-Identifier: LGPL-2.1-or-later
// Equal input gives equal bytes, whoever packs and with however many threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "imagepacker/imagepacker.h"
#include "support/frame_content.h"
#include "support/raw_frame.h"

namespace imagepacker::testing {
namespace {

/// Large enough to be cut into several stripes by every codec.
constexpr Size kSize{1030, 770};

struct Settings {
  Format format;
  bool lossless;
  bool progressive;
  int effort;
  PixelFormat layout;
};

void PrintTo(const Settings& settings, std::ostream* out) {
  *out << format_info(settings.format)->name;
}

std::vector<Settings> all_settings() {
  std::vector<Settings> result;
  for (const FormatInfo& info : supported_formats()) {
    for (const PixelFormat layout :
         {PixelFormat::nv12, PixelFormat::bgra, PixelFormat::p010_10le, PixelFormat::gray8, PixelFormat::rgba64_le}) {
      for (const int effort : {0, PackingOptions::kDefaultEffort}) {
        for (const bool lossless : {false, true}) {
          if (lossless ? info.can_lossless : info.can_lossy) {
            result.push_back({info.format, lossless, false, effort, layout});
          }
        }
      }
      if (info.can_progressive) {
        result.push_back({info.format, false, true, PackingOptions::kDefaultEffort, layout});
      }
    }
  }
  return result;
}

std::string settings_name(const ::testing::TestParamInfo<Settings>& instance) {
  const Settings& settings = instance.param;
  return std::string(format_info(settings.format)->name) + (settings.lossless ? "_lossless" : "") +
         (settings.progressive ? "_progressive" : "") + "_effort" + std::to_string(settings.effort) + "_" +
         std::string(pixel_format_info(settings.layout).name);
}

class Determinism : public ::testing::TestWithParam<Settings> {
 protected:
  Determinism() {
    const PixelFormatInfo& info = pixel_format_info(GetParam().layout);
    ImageFormat format{.layout = GetParam().layout, .size = kSize};
    if (info.model != ColorModel::rgb) {
      format.color = {Primaries::bt709, Transfer::bt709, Matrix::bt709, Range::limited, ChromaSite::left};
    }
    format.alpha = info.has_alpha ? Alpha::straight : Alpha::none;
    frame_ = make_frame(photograph(kSize, info.model, format.color, false), format, 12);
    options_ = {.format = GetParam().format,
                .lossless = GetParam().lossless,
                .effort = GetParam().effort,
                .progressive = GetParam().progressive};
  }

  [[nodiscard]] Bytes pack_with(const Packer& packer) const {
    VectorSink sink;
    const Status status = packer.pack({.main = frame_.view()}, sink);
    return status ? sink.take() : Bytes{};
  }

  [[nodiscard]] Bytes pack_with_threads(unsigned threads) const {
    TaskPool pool(threads);
    const auto packer = Packer::create(frame_.format, options_, pool);
    return packer ? pack_with(*packer) : Bytes{};
  }

  RawFrame frame_;
  PackingOptions options_;
};

TEST_P(Determinism, BytesDoNotDependOnThreads) {
  const Bytes one = pack_with_threads(1);
  ASSERT_FALSE(one.empty());
  EXPECT_EQ(one, pack_with_threads(2));
  EXPECT_EQ(one, pack_with_threads(5));
}

TEST_P(Determinism, OnePackerServesTwoThreads) {
  TaskPool pool(2);
  const auto packer = Packer::create(frame_.format, options_, pool);
  ASSERT_TRUE(packer.has_value()) << packer.error().message;
  const Bytes alone = pack_with(*packer);
  ASSERT_FALSE(alone.empty());
  std::array<Bytes, 2> together;
  {
    std::jthread first([&] { together[0] = pack_with(*packer); });
    std::jthread second([&] { together[1] = pack_with(*packer); });
  }
  EXPECT_EQ(alone, together[0]);
  EXPECT_EQ(alone, together[1]);
}

INSTANTIATE_TEST_SUITE_P(All, Determinism, ::testing::ValuesIn(all_settings()), settings_name);

}  // namespace
}  // namespace imagepacker::testing
