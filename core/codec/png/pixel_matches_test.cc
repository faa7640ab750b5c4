// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/pixel_matches.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <libdeflate.h>

#include <array>
#include <memory>
#include <random>
#include <vector>

#include "codec/png/byte_runs.h"
#include "codec/png/deflate_writer.h"

namespace imagepacker {
namespace {

using Buffer = std::vector<std::uint8_t>;

constexpr std::array kPixelBytes = {PixelBytes::three, PixelBytes::four};

/// Rows of a filter's number and pixels, few of which differ: each byte is one of `shades`, and of 8 pixels `repeats`
/// are those `distance` pixels before. Alpha is 0 but for one of 64 pixels.
Buffer rows_of(PixelBytes pixel_bytes, std::size_t pixels, std::size_t rows, unsigned shades, unsigned repeats,
               std::size_t distance) {
  const std::size_t step = byte_count(pixel_bytes);
  std::minstd_rand random(static_cast<unsigned>(pixels + shades + repeats));
  Buffer bytes;
  for (std::size_t y = 0; y < rows; ++y) {
    bytes.push_back(static_cast<std::uint8_t>(random() % 5));
    for (std::size_t i = 0; i < pixels; ++i) {
      const bool is_repeated = (random() >> 9) % 8 < repeats && bytes.size() > step * distance;
      const bool has_alpha = (random() >> 9) % 64 == 0;
      for (std::size_t k = 0; k < step; ++k) {
        const auto shade = static_cast<std::uint8_t>((random() >> 9) % shades - shades / 2);
        const bool is_foretold = k == 3 && !has_alpha;
        bytes.push_back(is_repeated ? bytes[bytes.size() - step * distance] : is_foretold ? std::uint8_t{0} : shade);
      }
    }
  }
  return bytes;
}

/// The stream of what `matcher` makes of rows.
Buffer compressed(PixelBytes pixel_bytes, PixelMatcher& matcher, const Buffer& rows, std::size_t pixels) {
  Buffer padded = rows;
  padded.resize(rows.size() + kPixelPaddingBytes, 0xA5);
  DeflateWriter writer;
  writer.clear();
  matcher.start(std::span(padded).first(rows.size()), 1 + byte_count(pixel_bytes) * pixels, pixel_bytes);
  while (!matcher.is_done()) {
    const auto block = matcher.next_block();
    writer.write_block(block, matcher.tokens(), matcher.is_done());
  }
  return {writer.bytes().begin(), writer.bytes().end()};
}

Buffer inflate(const Buffer& stream, std::size_t size) {
  libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
  Buffer bytes(size);
  const auto result =
      libdeflate_deflate_decompress(decompressor, stream.data(), stream.size(), bytes.data(), size, nullptr);
  libdeflate_free_decompressor(decompressor);
  return result == LIBDEFLATE_SUCCESS ? bytes : Buffer();
}

class PixelMatchers : public testing::TestWithParam<PixelBytes> {
 protected:
  [[nodiscard]] static Buffer rows_of(std::size_t pixels, std::size_t rows, unsigned shades, unsigned repeats,
                                      std::size_t distance) {
    return imagepacker::rows_of(GetParam(), pixels, rows, shades, repeats, distance);
  }
  static Buffer matched(PixelMatcher& matcher, const Buffer& rows, std::size_t pixels) {
    return compressed(GetParam(), matcher, rows, pixels);
  }
};

INSTANTIATE_TEST_SUITE_P(PerPixel, PixelMatchers, testing::ValuesIn(kPixelBytes), [](const auto& instance) {
  return instance.param == PixelBytes::three ? "ThreeBytes" : "FourBytes";
});

TEST_P(PixelMatchers, FindWhatOthersReadBack) {
  const auto matcher = std::make_unique<PixelMatcher>();
  for (const std::size_t pixels : {1U, 2U, 3U, 40U, 64U, 255U, 256U, 257U, 1919U, 40000U}) {
    for (const std::size_t rows : {1U, 2U, 60U}) {
      for (const unsigned shades : {1U, 2U, 5U, 60U, 256U}) {
        for (const unsigned repeats : {0U, 3U, 8U}) {
          const std::size_t few = std::min<std::size_t>(rows, 400000 / pixels + 1);
          const Buffer bytes = rows_of(pixels, few, shades, repeats, 1 + (shades * 37 + repeats) % 300);
          ASSERT_EQ(inflate(matched(*matcher, bytes, pixels), bytes.size()), bytes)
              << pixels << " pixels, " << few << " rows, " << shades << " shades, " << repeats << " repeats";
        }
      }
    }
  }
}

TEST_P(PixelMatchers, ReachAsFarAsTheWindowAndNotFarther) {
  // Noise that comes again at just that distance, in pixels, with nothing between; farther than the window also where
  // the low 16 bits of places look near.
  constexpr std::size_t kPixels = 60000;
  const std::size_t step = byte_count(GetParam());
  const std::size_t farthest = kMaxMatchDistance / step;
  const std::size_t wrapped = (std::size_t{1} << 16) / step;
  for (const std::size_t distance :
       {std::size_t{2000}, farthest, farthest + 1, wrapped, wrapped + 1, wrapped + 155, std::size_t{32768}}) {
    const Buffer noise = rows_of(1000, 1, 256, 0, 1);
    Buffer bytes(1 + step * kPixels);
    std::copy(noise.begin() + 1, noise.end(), bytes.begin() + 1);
    std::copy(noise.begin() + 1, noise.end(), bytes.begin() + 1 + static_cast<std::ptrdiff_t>(step * distance));
    const auto matcher = std::make_unique<PixelMatcher>();
    const Buffer stream = matched(*matcher, bytes, kPixels);
    EXPECT_EQ(inflate(stream, bytes.size()), bytes);
    EXPECT_EQ(stream.size() < 6000, step * distance <= kMaxMatchDistance) << stream.size() << " at " << distance;
  }
}

TEST_P(PixelMatchers, AreBetterThanRunsWherePixelsRepeat) {
  const Buffer bytes = rows_of(4000, 40, 20, 4, 700);
  std::vector<Sequence> sequences;
  DeflateWriter runs;
  runs.clear();
  find_byte_runs(bytes, sequences);
  runs.write_block(bytes, sequences, true);
  const auto matcher = std::make_unique<PixelMatcher>();
  EXPECT_LT(matched(*matcher, bytes, 4000).size() * 10, runs.bytes().size() * 9);
}

TEST_P(PixelMatchers, LeaveNothingOfTheLastStripBehind) {
  const Buffer second = rows_of(50, 20, 30, 3, 7);
  const auto used = std::make_unique<PixelMatcher>();
  const auto fresh = std::make_unique<PixelMatcher>();
  for (const PixelBytes before : kPixelBytes) {
    compressed(before, *used, imagepacker::rows_of(before, 700, 130, 9, 3, 40), 700);
    EXPECT_EQ(matched(*used, second, 50), matched(*fresh, second, 50));
  }
}

TEST_P(PixelMatchers, MakeTheSameMatchesOnEveryCpu) {
  Buffer bytes = rows_of(5000, 20, 12, 3, 400);
  std::fill_n(bytes.begin() + 60000, 4000, std::uint8_t{0});
  const auto matcher = std::make_unique<PixelMatcher>();
  const Buffer best = matched(*matcher, bytes, 5000);
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    EXPECT_EQ(matched(*matcher, bytes, 5000), best) << hwy::TargetName(target);
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(PixelMatcher, NeverTakesAPixelForOneOfOtherAlpha) {
  // The same colours again and again, each time with another alpha or none.
  Buffer bytes;
  std::minstd_rand random(7);
  for (std::size_t y = 0; y < 40; ++y) {
    bytes.push_back(0);
    for (std::size_t i = 0; i < 1000; ++i) {
      const auto color = static_cast<std::uint8_t>(20 + i % 3);
      const auto alpha = static_cast<std::uint8_t>((random() >> 9) % 2 * (random() >> 9) % 3);
      bytes.insert(bytes.end(), {color, color, color, alpha});
    }
  }
  const auto matcher = std::make_unique<PixelMatcher>();
  EXPECT_EQ(inflate(compressed(PixelBytes::four, *matcher, bytes, 1000), bytes.size()), bytes);
}

/// Costs of any value that occurs.
PixelCosts random_costs(std::minstd_rand& random) {
  PixelCosts costs;
  for (auto& cost : costs.literal) {
    cost = static_cast<std::uint8_t>(4 + random() % 53);
  }
  for (std::size_t i = 0; i < costs.distance.size(); ++i) {
    costs.distance[i] = static_cast<std::uint8_t>(i % 16 == 0 ? 0 : random() % 109);
  }
  costs.one_pixel = static_cast<std::uint8_t>(4 + random() % 53);
  costs.two_pixels = static_cast<std::uint8_t>(4 + random() % 53);
  return costs;
}

template <class T>
void expect_equal(const PixelChunk::Array<T>& a, const PixelChunk::Array<T>& b, std::size_t count, const char* what) {
  EXPECT_EQ(std::vector<T>(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(count)),
            std::vector<T>(b.begin(), b.begin() + static_cast<std::ptrdiff_t>(count)))
      << what;
}

/// What stands in the places: half of it what is entered, moved by some distance.
void fill_found(PixelChunk& chunk, std::size_t count, std::minstd_rand& random) {
  std::uint32_t distance = 9;
  for (std::size_t i = 0; i < count; ++i) {
    distance = random() % 4 == 0 ? static_cast<std::uint32_t>(random() % 40000) : distance;
    const auto moved = [&](std::uint64_t entry) {
      return (entry & ~std::uint64_t{0xFFFF}) | ((entry - distance) & 0xFFFF);
    };
    chunk.found[i] = static_cast<std::uint32_t>(random() % 3 == 0 ? random() : moved(chunk.entries[i]));
    chunk.found_pairs[i] = random() % 3 == 0 ? random() : moved(chunk.pair_entries[i]);
  }
  chunk.pairs[0] = static_cast<std::uint16_t>(distance);
}

void expect_as_scalar(PixelBytes pixel_bytes, std::size_t count, bool is_row_end, unsigned seed) {
  std::minstd_rand random(seed);
  const Buffer bytes = rows_of(pixel_bytes, kChunkPixels + kPixelPaddingBytes, 1, 1 + seed % 256, seed % 8, 3);
  const PixelCosts costs = random_costs(random);
  const auto expected = std::make_unique<PixelChunk>();
  const auto actual = std::make_unique<PixelChunk>();
  const std::size_t position = random() % 200000;
  expected->pixels[0] = bytes[0] * (pixel_bytes == PixelBytes::three ? 0x010101U : 0x01010101U);
  actual->pixels[0] = expected->pixels[0];
  prepare_pixels_scalar(pixel_bytes, bytes.data(), count, position, costs, *expected);
  prepare_pixels(pixel_bytes, bytes.data(), count, position, costs, *actual);
  expect_equal(actual->pixels, expected->pixels, count + 2, "pixels");
  expect_equal(actual->costs, expected->costs, count + 1, "costs");
  expect_equal(actual->slots, expected->slots, count, "slots");
  expect_equal(actual->pair_slots, expected->pair_slots, count, "pair slots");
  expect_equal(actual->entries, expected->entries, count, "entries");
  expect_equal(actual->pair_entries, expected->pair_entries, count, "pair entries");
  fill_found(*expected, count, random);
  *actual = *expected;
  choose_matches_scalar(pixel_bytes, count, is_row_end, costs, *expected);
  choose_matches(pixel_bytes, count, is_row_end, costs, *actual);
  expect_equal(actual->pairs, expected->pairs, count + 1, "pairs");
  expect_equal(actual->begins, expected->begins, count, "begins");
  std::array<std::uint64_t, kChunkPixels / 64> starts;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t left = count - std::min(count, 64 * i);
    const std::uint64_t inside = left >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
    EXPECT_EQ(actual->goes_on[i] & inside, expected->goes_on[i] & inside);
    EXPECT_EQ(actual->is_alike[i] & inside, expected->is_alike[i] & inside);
    starts[i] = (random() * std::uint64_t{0x9E3779B97F4A7C15}) & inside;
  }
  PixelChunk::Array<std::uint32_t> marks[2];
  PixelChunk::Array<std::uint32_t> pixels[2];
  const std::size_t events =
      collect_events_scalar(*expected, count, starts.data(), 65500, marks[0].data(), pixels[0].data());
  ASSERT_EQ(collect_events(*expected, count, starts.data(), 65500, marks[1].data(), pixels[1].data()), events);
  expect_equal(marks[1], marks[0], events, "marks");
  expect_equal(pixels[1], pixels[0], events, "pixels");
}

TEST(PixelMatches, AreTheScalarOnesOnEveryTarget) {
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    for (const std::size_t count : {1U, 2U, 15U, 16U, 63U, 64U, 65U, 200U, 255U, 256U}) {
      for (const unsigned seed : {1U, 2U, 7U, 40U, 255U}) {
        for (const PixelBytes pixel_bytes : kPixelBytes) {
          expect_as_scalar(pixel_bytes, count, seed % 2 == 0, seed);
        }
      }
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST_P(PixelMatchers, MakeTheScalarTokensOnEveryTarget) {
  // Every distance once, all lengths, and both kinds of literals.
  const bool has_alpha = GetParam() == PixelBytes::four;
  const auto longest = static_cast<std::uint32_t>(kMaxMatchLength / byte_count(GetParam()));
  std::vector<std::uint32_t> marks;
  std::vector<std::uint32_t> pixels;
  std::uint32_t cell = 65000;
  for (std::uint32_t i = 0; i < 3 * kMaxMatchDistance; ++i) {
    const std::uint32_t distance = i / 3 + 1;
    const bool is_lone = i % 7 == 0;
    const std::uint32_t alpha = has_alpha ? i % 5 << 24 : 0;
    marks.push_back((i % 3 == 0 ? distance : is_lone ? PixelEvent::kLoneByte : PixelEvent::kLiterals) | cell << 16);
    pixels.push_back(is_lone ? i % 256 : i * 77 % 0x1000000 | alpha);
    cell += i % 3 == 0 ? 1 + i / 3 % longest : 1;
  }
  const std::size_t count = marks.size();
  marks.push_back(cell << 16);
  marks.resize(count + kTokenPadding);
  pixels.resize(count + kTokenPadding);
  std::vector<PixelToken> expected(count * tokens_per_event(GetParam()));
  make_tokens_scalar(GetParam(), marks.data(), pixels.data(), count, expected.data());
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    std::vector<PixelToken> actual((count + kTokenPadding) * tokens_per_event(GetParam()));
    make_tokens(GetParam(), marks.data(), pixels.data(), count, actual.data());
    actual.resize(expected.size());
    EXPECT_TRUE(actual == expected) << hwy::TargetName(target);
  }
  hwy::SetSupportedTargetsForTest(0);
}

}  // namespace
}  // namespace imagepacker
