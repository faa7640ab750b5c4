// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <libdeflate.h>

#include <random>
#include <vector>

#include "codec/png/byte_runs.h"
#include "codec/png/deflate_scan.h"
#include "codec/png/deflate_writer.h"
#include "codec/png/pixel_repeats.h"
#include "codec/png/repeat_finder.h"
#include "codec/png/same_pixels.h"
#include "codec/png/strip_coder.h"

namespace imagepacker {
namespace {

using Buffer = std::vector<std::uint8_t>;

/// What libdeflate makes of a stream that must hold `size` bytes; empty when it refuses.
Buffer inflate(std::span<const std::uint8_t> stream, std::size_t size) {
  libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
  Buffer bytes(size);
  const auto result =
      libdeflate_deflate_decompress(decompressor, stream.data(), stream.size(), bytes.data(), size, nullptr);
  libdeflate_free_decompressor(decompressor);
  return result == LIBDEFLATE_SUCCESS ? bytes : Buffer();
}

Buffer deflate_with_library(const Buffer& bytes, int level) {
  libdeflate_compressor* const compressor = libdeflate_alloc_compressor(level);
  Buffer stream(libdeflate_deflate_compress_bound(compressor, bytes.size()));
  stream.resize(libdeflate_deflate_compress(compressor, bytes.data(), bytes.size(), stream.data(), stream.size()));
  libdeflate_free_compressor(compressor);
  return stream;
}

/// Bytes with runs of `value` among others: of `density` in 8 places one begins a run.
Buffer runs_of(std::uint8_t value, std::size_t count, unsigned density, unsigned seed) {
  std::minstd_rand random(seed);
  Buffer bytes;
  while (bytes.size() < count) {
    const std::size_t length = random() % 8 < density ? random() % 700 : 1 + random() % 12;
    bytes.insert(bytes.end(), length, random() % 8 < density ? value : static_cast<std::uint8_t>(random() >> 9));
  }
  bytes.resize(count);
  return bytes;
}

TEST(DeflateWriter, WritesByteRunsThatOthersRead) {
  for (const std::size_t count : {0U, 1U, 7U, 8U, 9U, 63U, 64U, 65U, 128U, 300U, 5000U, 70000U, 200000U}) {
    for (const unsigned density : {0U, 2U, 7U, 8U}) {
      const Buffer bytes = runs_of(0, count, density, static_cast<unsigned>(count) + density);
      std::vector<Sequence> sequences;
      find_byte_runs(bytes, sequences);
      DeflateWriter writer;
      writer.clear();
      writer.write_block(bytes, sequences, true);
      EXPECT_EQ(inflate(writer.bytes(), count), bytes) << count << " density " << density;
    }
  }
}

/// How many bytes find_byte_runs() is to cover with matches: of each run all but the first byte and what is too short
/// for one more match.
std::size_t run_bytes(const Buffer& bytes) {
  std::size_t covered = 0;
  for (std::size_t begin = 0; begin < bytes.size();) {
    std::size_t end = begin + 1;
    while (end < bytes.size() && bytes[end] == bytes[begin]) {
      ++end;
    }
    const std::size_t repeats = end - begin - 1;
    const std::size_t rest = repeats % kMaxMatchLength;
    covered += repeats < kMinRunRepeats ? 0 : repeats - (rest < kMinMatchLength ? rest : 0);
    begin = end;
  }
  return covered;
}

TEST(ByteRuns, AreAllFoundOnEveryCpu) {
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    for (const std::size_t count : {1U, 5U, 6U, 63U, 64U, 65U, 127U, 128U, 200U, 5000U}) {
      for (const unsigned density : {1U, 4U, 8U}) {
        const Buffer bytes = runs_of(0x33, count, density, static_cast<unsigned>(count));
        std::vector<Sequence> sequences;
        find_byte_runs(bytes, sequences);
        std::size_t covered = 0;
        for (const Sequence& sequence : sequences) {
          covered += sequence.match_length;
        }
        EXPECT_EQ(covered, run_bytes(bytes)) << count << " density " << density;
      }
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(DeflateWriter, StoresWhatCantBeCompressed) {
  Buffer noise(200000);
  std::mt19937 random(5);
  for (auto& byte : noise) {
    byte = static_cast<std::uint8_t>(random());
  }
  std::vector<Sequence> sequences;
  find_byte_runs(noise, sequences);
  DeflateWriter writer;
  writer.clear();
  writer.write_block(noise, sequences, true);
  EXPECT_LE(writer.bytes().size(), noise.size() + 4 * 5);
  EXPECT_EQ(inflate(writer.bytes(), noise.size()), noise);
}

TEST(RepeatFinder, FindsWhatOthersReadBack) {
  for (const std::size_t pixel_bytes : {1U, 2U, 3U, 4U, 6U, 8U}) {
    for (const std::size_t count : {1U, 7U, 8U, 9U, 20U, 259U, 5000U, 300000U}) {
      for (const unsigned density : {0U, 4U, 8U}) {
        const Buffer bytes = runs_of(0x33, count, density, static_cast<unsigned>(count + pixel_bytes));
        auto finder = std::make_unique<RepeatFinder>();
        std::vector<Sequence> sequences;
        DeflateWriter writer;
        writer.clear();
        finder->start(bytes, pixel_bytes, 8);
        while (!finder->is_done()) {
          const auto block = finder->next_block(sequences);
          writer.write_block(block, sequences, finder->is_done());
        }
        EXPECT_EQ(inflate(writer.bytes(), count), bytes) << count << " pixel bytes " << pixel_bytes;
      }
    }
  }
}

TEST(RepeatFinder, ReachesAsFarAsTheWindow) {
  std::mt19937 random(9);
  Buffer bytes(70000);
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(random());
  }
  std::copy_n(bytes.begin() + 1000, 300, bytes.begin() + 1000 + 32700);
  std::copy_n(bytes.begin() + 2000, 300, bytes.begin() + 2000 + 33000);
  auto finder = std::make_unique<RepeatFinder>();
  finder->start(bytes, 3, 8);
  std::vector<Sequence> sequences;
  std::size_t longest_distance = 0;
  while (!finder->is_done()) {
    finder->next_block(sequences);
    for (const Sequence& sequence : sequences) {
      longest_distance = std::max<std::size_t>(longest_distance, sequence.match_length > 100 ? sequence.distance : 0);
    }
  }
  EXPECT_EQ(longest_distance, 32700U);
}

/// Rows as filters leave them: a filter's number, then pixels with `shades` values in all, each channel the same.
Buffer filtered_rows(std::size_t row_bytes, std::size_t rows, std::size_t pixel_bytes, unsigned shades) {
  std::minstd_rand random(3);
  Buffer bytes;
  for (std::size_t y = 0; y < rows; ++y) {
    const std::size_t end = bytes.size() + row_bytes;
    bytes.push_back(4);
    while (bytes.size() < end) {
      const auto shade = static_cast<std::uint8_t>((random() >> 9) % shades - shades / 2);
      bytes.insert(bytes.end(), std::min(pixel_bytes, end - bytes.size()), shade);
    }
  }
  return bytes;
}

/// The stream of what a finder of type Finder makes of rows.
template <class Finder>
Buffer deflate_with(Finder& finder, const Buffer& bytes, std::size_t row_bytes, std::size_t pixel_bytes) {
  std::vector<Sequence> sequences;
  DeflateWriter writer;
  writer.clear();
  finder.start(bytes, row_bytes, pixel_bytes);
  while (!finder.is_done()) {
    const auto block = finder.next_block(sequences);
    writer.write_block(block, sequences, finder.is_done());
  }
  return {writer.bytes().begin(), writer.bytes().end()};
}

template <class Finder>
void expect_read_back(std::size_t pixel_bytes) {
  for (const std::size_t row_bytes : {1 + pixel_bytes, 1 + 40 * pixel_bytes, 1 + 30000 * pixel_bytes}) {
    for (const std::size_t rows : {1U, 2U, 7U, 90U}) {
      for (const unsigned shades : {1U, 4U, 60U}) {
        const Buffer bytes =
            filtered_rows(row_bytes, std::min<std::size_t>(rows, 900000 / row_bytes + 1), pixel_bytes, shades);
        const auto finder = std::make_unique<Finder>();
        EXPECT_EQ(inflate(deflate_with(*finder, bytes, row_bytes, pixel_bytes), bytes.size()), bytes)
            << row_bytes << " in pixels of " << pixel_bytes;
      }
    }
  }
}

template <class Finder>
void expect_better_than_runs() {
  const Buffer bytes = filtered_rows(1 + 3 * 4000, 40, 3, 20);
  std::vector<Sequence> sequences;
  DeflateWriter runs;
  runs.clear();
  find_byte_runs(bytes, sequences);
  runs.write_block(bytes, sequences, true);
  const auto finder = std::make_unique<Finder>();
  EXPECT_LT(deflate_with(*finder, bytes, 1 + 3 * 4000, 3).size() * 10, runs.bytes().size() * 9);
}

template <class Finder>
void expect_forgets_the_last_strip() {
  const Buffer first = filtered_rows(1 + 3 * 700, 30, 3, 9);
  const Buffer second = filtered_rows(1 + 4 * 50, 20, 4, 30);
  const auto used = std::make_unique<Finder>();
  const auto fresh = std::make_unique<Finder>();
  deflate_with(*used, first, 1 + 3 * 700, 3);
  EXPECT_EQ(deflate_with(*used, second, 1 + 4 * 50, 4), deflate_with(*fresh, second, 1 + 4 * 50, 4));
}

TEST(PixelRepeatFinder, FindsWhatOthersReadBack) {
  for (const std::size_t pixel_bytes : {1U, 2U, 3U, 4U, 6U, 8U}) {
    expect_read_back<PixelRepeatFinder>(pixel_bytes);
  }
}

TEST(PixelRepeatFinder, IsBetterThanRunsWhereChannelsChangeAlike) {
  expect_better_than_runs<PixelRepeatFinder>();
}

TEST(PixelRepeatFinder, LeavesNothingOfTheLastStripBehind) {
  expect_forgets_the_last_strip<PixelRepeatFinder>();
}

TEST(SamePixelFinder, FindsWhatOthersReadBack) {
  for (const std::size_t pixel_bytes : {3U, 4U}) {
    ASSERT_TRUE(SamePixelFinder::is_for(pixel_bytes));
    expect_read_back<SamePixelFinder>(pixel_bytes);
  }
}

TEST(SamePixelFinder, IsBetterThanRunsWhereChannelsChangeAlike) {
  expect_better_than_runs<SamePixelFinder>();
}

TEST(SamePixelFinder, LeavesNothingOfTheLastStripBehind) {
  expect_forgets_the_last_strip<SamePixelFinder>();
}

TEST(SamePixelFinder, MakesTheSameMatchesOnEveryCpu) {
  // Long runs, which end at the longest match, and pixels further away than the window.
  Buffer bytes = filtered_rows(1 + 3 * 5000, 20, 3, 40);
  std::fill_n(bytes.begin() + 60000, 4000, std::uint8_t{0});
  std::fill_n(bytes.begin() + 160000, 4000, std::uint8_t{77});
  const auto finder = std::make_unique<SamePixelFinder>();
  const Buffer best = deflate_with(*finder, bytes, 1 + 3 * 5000, 3);
  EXPECT_EQ(inflate(best, bytes.size()), bytes);
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    EXPECT_EQ(deflate_with(*finder, bytes, 1 + 3 * 5000, 3), best) << hwy::TargetName(target);
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(DeflateScan, FindsTheEndOfEveryLevelsStreams) {
  for (const int level : {1, 6, 12}) {
    for (const std::size_t count : {1U, 40U, 3000U, 400000U}) {
      const Buffer bytes = runs_of(7, count, 3, static_cast<unsigned>(count));
      const Buffer stream = deflate_with_library(bytes, level);
      const auto end = find_deflate_end(stream);
      ASSERT_TRUE(end.has_value());
      EXPECT_EQ((end->end + 7) / 8, stream.size());
      EXPECT_EQ(stream[end->last_block / 8] >> (end->last_block % 8) & 1, 1);
    }
  }
}

TEST(DeflateScan, RefusesWhatIsNoStream) {
  EXPECT_FALSE(find_deflate_end({}).has_value());
  Buffer stream = deflate_with_library(runs_of(7, 5000, 3, 1), 6);
  for (std::size_t size = 0; size < stream.size(); size += 7) {
    EXPECT_FALSE(find_deflate_end(std::span(stream).first(size)).has_value());
  }
  std::minstd_rand random(4);
  for (int round = 0; round < 2000; ++round) {
    Buffer damaged = stream;
    damaged[random() % damaged.size()] ^= static_cast<std::uint8_t>(1 << random() % 8);
    const auto end = find_deflate_end(damaged);
    EXPECT_TRUE(!end || end->end <= 8 * damaged.size());
  }
}

TEST(DeflateWriter, JoinsStreamsFromElsewhere) {
  Buffer all;
  DeflateWriter writer;
  writer.clear();
  for (int part = 0; part < 9; ++part) {
    const Buffer bytes = runs_of(1, 1 + static_cast<std::size_t>(part) * 1717, 4, static_cast<unsigned>(part));
    all.insert(all.end(), bytes.begin(), bytes.end());
    ASSERT_TRUE(writer.append_stream(deflate_with_library(bytes, 1 + part), part == 8).has_value());
    if (part < 8) {
      writer.flush_to_byte();
    }
  }
  EXPECT_EQ(inflate(writer.bytes(), all.size()), all);
  EXPECT_FALSE(writer.append_stream({}, false).has_value());
}

TEST(Adler32, IsCombined) {
  const Buffer bytes = runs_of(200, 300000, 3, 8);
  for (const std::size_t split : {0U, 1U, 65521U, 299999U, 300000U}) {
    const std::uint32_t first = libdeflate_adler32(1, bytes.data(), split);
    const std::uint32_t second = libdeflate_adler32(1, bytes.data() + split, bytes.size() - split);
    EXPECT_EQ(combine_adler32(first, second, bytes.size() - split), libdeflate_adler32(1, bytes.data(), bytes.size()));
  }
}

}  // namespace
}  // namespace imagepacker
