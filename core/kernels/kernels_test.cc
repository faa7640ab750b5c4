// SPDX-License-Identifier: LGPL-2.1-or-later

// Every kernel on every SIMD target gives what a plain loop gives, bit by bit. The loops here are the specification.

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "kernels/float_rows.h"
#include "kernels/interleave.h"
#include "kernels/pixel_rows.h"
#include "kernels/sample_rows.h"
#include "kernels/table_rows.h"

namespace imagepacker {
namespace {

constexpr std::size_t kCounts[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 100, 131};
/// Room around rows for filters, and a mark behind them that must stay.
constexpr std::size_t kMargin = 16;
constexpr float kMark = -12345;

class Kernels : public ::testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }

  std::vector<float> floats(std::size_t count, float low, float high) {
    std::vector<float> row(count + 2 * kMargin);
    std::uniform_real_distribution<float> values(low, high);
    std::generate(row.begin(), row.end(), [&] { return values(random_); });
    return row;
  }
  template <class Code>
  std::vector<Code> codes(std::size_t count) {
    std::vector<Code> row(count);
    std::generate(row.begin(), row.end(), [&] { return static_cast<Code>(random_()); });
    return row;
  }

  std::mt19937 random_{7};
};

std::uint8_t byte_of(float value, float offset) {
  return static_cast<std::uint8_t>(std::clamp(value + (offset + 0.5F), 0.0F, 255.5F));
}

std::uint16_t swapped(std::uint16_t word) {
  return static_cast<std::uint16_t>(word << 8 | word >> 8);
}

TEST_P(Kernels, MixRows) {
  const std::array<float, 3> m = {0.2126F, 0.7152F, 0.0722F};
  for (const std::size_t n : kCounts) {
    const auto a = floats(n, -300, 300);
    const auto b = floats(n, -300, 300);
    const auto c = floats(n, -300, 300);
    std::vector<float> out(n + 1, kMark);
    const int count = static_cast<int>(n);
    mix_rows(m, a.data(), b.data(), c.data(), count, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(out[x], (m[0] * a[x] + m[1] * b[x]) + m[2] * c[x]);
    }
    scale_add_row(m[0], a.data(), b.data(), count, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(out[x], m[0] * a[x] + b[x]);
    }
    scale_row(m[1], a.data(), count, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(out[x], m[1] * a[x]);
    }
    divide_row(1023, a.data(), count, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(out[x], a[x] / 1023);
    }
    const float* const rows[] = {a.data(), b.data(), c.data()};
    blend_rows(m.data(), rows, 3, count, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(out[x], (m[0] * a[x] + m[1] * b[x]) + m[2] * c[x]);
    }
    blend_rows(m.data(), rows, 2, count, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(out[x], m[0] * a[x] + m[1] * b[x]);
    }
    ASSERT_EQ(out[n], kMark);
  }
}

TEST_P(Kernels, BlendAlpha) {
  for (const std::size_t n : kCounts) {
    auto alpha = floats(n, 0, 1);
    alpha[n / 2] = 0;
    const auto values = floats(n, -300, 300);
    const int count = static_cast<int>(n);
    auto out = values;
    multiply_row(alpha.data(), count, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(out[x], values[x] * alpha[x]);
    }
    out = values;
    flatten_straight_row(alpha.data(), 70, count, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(out[x], values[x] * alpha[x] + 70.0F * (1.0F - alpha[x]));
    }
    out = values;
    flatten_premultiplied_row(alpha.data(), 70, count, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(out[x], values[x] + 70.0F * (1.0F - alpha[x]));
    }
    out = values;
    unpremultiply_row(alpha.data(), count, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(out[x], alpha[x] > 0 ? values[x] / alpha[x] : 0);
    }
    ASSERT_EQ(out[n], values[n]);
  }
}

TEST_P(Kernels, ResampleColumns) {
  const ColumnTaps even = {-1, {0.25F, 0.75F, 0}};
  const ColumnTaps odd = {0, {0.75F, 0.25F, 0}};
  const ColumnTaps box = {0, {0.5F, 0.5F, 0}};
  const ColumnTaps tent = {-1, {0.25F, 0.5F, 0.25F}};
  for (const std::size_t n : kCounts) {
    const auto row = floats(2 * n, -300, 300);
    const float* const in = row.data() + kMargin;
    std::vector<float> out(n + 1, kMark);
    const int count = static_cast<int>(n);
    double_columns(even, odd, in, count, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      const ColumnTaps& taps = x % 2 == 0 ? even : odd;
      const float* const at = in + x / 2 + taps.first;
      ASSERT_EQ(out[x], taps.weights[0] * at[0] + taps.weights[1] * at[1]);
    }
    for (const ColumnTaps& taps : {box, tent}) {
      halve_columns(taps, in, count, out.data());
      for (std::size_t x = 0; x < n; ++x) {
        const float* const at = in + 2 * x + taps.first;
        const float two = taps.weights[0] * at[0] + taps.weights[1] * at[1];
        ASSERT_EQ(out[x], taps.weights[2] != 0 ? two + taps.weights[2] * at[2] : two);
      }
    }
    ASSERT_EQ(out[n], kMark);
  }
}

template <class Sample>
void check_interleaving(const std::vector<Sample>& pixels, int components, std::size_t count) {
  std::array<std::vector<Sample>, 4> rows;
  std::array<Sample*, 4> to{};
  for (std::size_t c = 0; c < 4; ++c) {
    rows[c] = std::vector<Sample>(count + 1, 77);
    to[c] = rows[c].data();
  }
  deinterleave(pixels.data(), components, count, to.data());
  for (int c = 0; c < components; ++c) {
    const auto& row = rows[static_cast<std::size_t>(c)];
    for (std::size_t x = 0; x < count; ++x) {
      ASSERT_EQ(row[x], pixels[x * static_cast<std::size_t>(components) + static_cast<std::size_t>(c)]);
    }
    ASSERT_EQ(row[count], 77);
  }
  std::vector<Sample> again(pixels.size() + 1, 77);
  interleave(const_cast<const Sample* const*>(to.data()), components, count, again.data());
  ASSERT_TRUE(std::equal(pixels.begin(), pixels.end(), again.begin()));
  ASSERT_EQ(again.back(), 77);
}

TEST_P(Kernels, Interleave) {
  for (const std::size_t n : kCounts) {
    for (const int components : {2, 3, 4}) {
      check_interleaving(codes<std::uint8_t>(n * static_cast<std::size_t>(components)), components, n);
      check_interleaving(codes<std::uint16_t>(n * static_cast<std::size_t>(components)), components, n);
    }
  }
}

TEST_P(Kernels, ConvertCodes) {
  for (const std::size_t n : kCounts) {
    const auto bytes = codes<std::uint8_t>(n);
    const auto words = codes<std::uint16_t>(n);
    const auto dwords = codes<std::uint32_t>(n);
    std::vector<float> out(n + 1, kMark);
    codes_to_floats(bytes.data(), n, 16, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(out[x], static_cast<float>(bytes[x]) - 16);
    }
    codes_to_floats(dwords.data(), {.shift = 20, .bits = 10}, n, 64, out.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(out[x], static_cast<float>(dwords[x] >> 20 & 0x3FF) - 64);
    }
    auto values = floats(n, -70, 1100);
    // Division by a small alpha makes such values.
    values[n / 2] = n % 2 == 0 ? 4e6F : -4e6F;
    std::vector<std::uint8_t> byte_codes(n + 1, 77);
    floats_to_codes(values.data(), n, 16, byte_codes.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(byte_codes[x], byte_of(values[x], 16));
    }
    ASSERT_EQ(byte_codes[n], 77);
    for (const WordField& field : {WordField{6, 10, false}, WordField{0, 12, true}, WordField{0, 16, false}}) {
      codes_to_floats(words.data(), field, n, 64, out.data());
      const auto code_of = [&](std::uint16_t word) {
        return ((field.swap ? swapped(word) : word) >> field.shift) & ((1 << field.bits) - 1);
      };
      for (std::size_t x = 0; x < n; ++x) {
        ASSERT_EQ(out[x], static_cast<float>(code_of(words[x])) - 64);
      }
      ASSERT_EQ(out[n], kMark);
      std::vector<std::uint16_t> written(n + 1, 77);
      floats_to_codes(values.data(), n, 64, field, written.data());
      for (std::size_t x = 0; x < n; ++x) {
        const float limit = static_cast<float>((1 << field.bits) - 1) + 0.5F;
        ASSERT_EQ(code_of(written[x]), static_cast<int>(std::clamp(values[x] + 64.5F, 0.0F, limit)));
      }
      const WordField to = {.shift = 16 - field.bits, .bits = field.bits, .swap = true};
      move_codes(words.data(), field, n, to, written.data());
      for (std::size_t x = 0; x < n; ++x) {
        ASSERT_EQ(swapped(written[x]), code_of(words[x]) << to.shift);
      }
      ASSERT_EQ(written[n], 77);
    }
  }
}

TEST_P(Kernels, ConvertPixelsOfBytes) {
  const std::array<ByteMix, 3> mixes = {ByteMix{{1.1F, 0.3F, -0.2F}, 16}, ByteMix{{-0.4F, 1.2F, 0.1F}, 128},
                                        ByteMix{{2.0F, -0.9F, 3.0F}, 0}};
  for (const std::size_t n : kCounts) {
    const auto a = codes<std::uint8_t>(n);
    const auto b = codes<std::uint8_t>(n);
    const auto c = codes<std::uint8_t>(n);
    const auto cb = floats(n, -128, 128);
    const auto cr = floats(n, -128, 128);
    std::array<std::vector<std::uint8_t>, 3> out;
    std::array<std::uint8_t*, 3> to{};
    for (std::size_t i = 0; i < 3; ++i) {
      out[i] = std::vector<std::uint8_t>(n + 1, 77);
      to[i] = out[i].data();
    }
    const auto code = [&](const ByteMix& mix, float x, float y, float z) {
      return byte_of((mix.weights[0] * x + mix.weights[1] * y) + mix.weights[2] * z, mix.offset);
    };
    const std::uint8_t* const rows[] = {a.data(), b.data(), c.data()};
    for (const int mix_count : {1, 3}) {
      mix_bytes(rows, 16, mixes.data(), mix_count, n, to.data());
      for (int i = 0; i < mix_count; ++i) {
        for (std::size_t x = 0; x < n; ++x) {
          ASSERT_EQ(to[static_cast<std::size_t>(i)][x],
                    code(mixes[static_cast<std::size_t>(i)], static_cast<float>(a[x]) - 16,
                         static_cast<float>(b[x]) - 16, static_cast<float>(c[x]) - 16));
        }
      }
    }
    mix_luma_bytes(a.data(), 16, cb.data(), cr.data(), mixes.data(), n, to.data());
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t x = 0; x < n; ++x) {
        ASSERT_EQ(to[i][x], code(mixes[i], static_cast<float>(a[x]) - 16, cb[x], cr[x]));
      }
      ASSERT_EQ(to[i][n], 77);
    }
    for (const float* const added : {static_cast<const float*>(nullptr), cb.data()}) {
      scale_add_bytes(a.data(), 16, 1.164F, added, n, 3, to[0]);
      for (std::size_t x = 0; x < n; ++x) {
        const float scaled = 1.164F * (static_cast<float>(a[x]) - 16);
        ASSERT_EQ(to[0][x], byte_of(added == nullptr ? scaled : scaled + added[x], 3));
      }
    }
    std::vector<float> averages(n / 2 + 2, kMark);
    average_2x2_bytes(a.data(), b.data(), n, 16, averages.data());
    for (std::size_t x = 0; x < (n + 1) / 2; ++x) {
      const std::size_t right = std::min(2 * x + 1, n - 1);
      ASSERT_EQ(averages[x], static_cast<float>(a[2 * x] + a[right] + b[2 * x] + b[right]) / 4 - 16);
    }
    ASSERT_EQ(averages[(n + 1) / 2], kMark);
  }
}

TEST_P(Kernels, LookUp) {
  const auto code_values = floats(CodeTableView::kValues, 0, 1);
  const auto light_values = floats(LightTableView::kValues, 0, 1);
  const CodeTableView codes_table = {code_values.data()};
  const LightTableView light_table = {light_values.data()};
  const std::array<float, 3> weights = {0.2627F, 0.6780F, 0.0593F};
  const std::array<std::array<float, 3>, 3> matrix = {{{1.3F, -0.2F, -0.1F}, {-0.3F, 1.2F, 0.1F}, {0.1F, -2, 0.9F}}};
  for (const std::size_t n : kCounts) {
    const auto r = floats(n, -0.2F, 1.5F);
    const auto g = floats(n, -0.2F, 80);
    const auto b = floats(n, 0, 0.001F);
    auto row = r;
    look_up_row(codes_table, n, row.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(row[x], look_up(codes_table, r[x]));
    }
    ASSERT_EQ(row[n], r[n]);
    row = g;
    look_up_row(light_table, n, row.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(row[x], look_up(light_table, g[x]));
    }
    auto r2 = r;
    auto g2 = g;
    auto b2 = b;
    apply_luminance_gain(light_table, weights, n, r2.data(), g2.data(), b2.data());
    for (std::size_t x = 0; x < n; ++x) {
      const float gain = look_up(light_table, (weights[0] * r[x] + weights[1] * g[x]) + weights[2] * b[x]);
      ASSERT_EQ(r2[x], r[x] * gain);
      ASSERT_EQ(b2[x], b[x] * gain);
    }
    r2 = r;
    g2 = g;
    b2 = b;
    apply_peak_gain(light_table, n, r2.data(), g2.data(), b2.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(g2[x], g[x] * look_up(light_table, std::max({r[x], g[x], b[x]})));
    }
    r2 = r;
    g2 = g;
    b2 = b;
    multiply_pixels(matrix, n, r2.data(), g2.data(), b2.data());
    for (std::size_t x = 0; x < n; ++x) {
      ASSERT_EQ(g2[x], std::max((matrix[1][0] * r[x] + matrix[1][1] * g[x]) + matrix[1][2] * b[x], 0.0F));
      ASSERT_EQ(b2[x], std::max((matrix[2][0] * r[x] + matrix[2][1] * g[x]) + matrix[2][2] * b[x], 0.0F));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Kernels, ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& instance) { return std::string(hwy::TargetName(instance.param)); });

}  // namespace
}  // namespace imagepacker
