// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/strip_coder.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "base/try.h"
#include "codec/png/byte_runs.h"
#include "codec/png/literal_costs.h"

namespace imagepacker {
namespace {

/// Filtered bytes of a photograph that share one Huffman code: enough to pay for its description.
constexpr std::size_t kBlockBytes = std::size_t{1} << 17;

/// What PixelMatcher's tokens may cost in percent of runs to be used for the rest of a strip. More with alpha, which
/// takes a bit of each pixel of literals at least: where most is as foretold, matches have yet to show what they save.
constexpr std::uint64_t kMostMatchCostPercent = 99;
constexpr std::uint64_t kMostMatchWithAlphaCostPercent = 103;
/// The same where literals and matches are no more than this for 100 pixels: runs take longer then, and long matches
/// are yet to come.
constexpr std::uint64_t kMostFewMatchesCostPercent = 105;
constexpr std::size_t kFewEventsPercent = 66;

/// What SamePixelFinder must save of the first block to be tried on the strip.
constexpr std::size_t kMinSavedPercent = 2;

/// Deflate, 32 KiB window, no dictionary; the level that is stated means nothing to a reader.
constexpr std::array<std::uint8_t, 2> kZlibHeader = {0x78, 0x5E};

/// Of so many rows one is looked at to tell what a strip shows.
constexpr int kSampledRows = 8;
/// How much of a strip a filter's prediction misses, and by how much there. Drawn pictures are flat for the most part,
/// and predictions miss by far elsewhere: seldom by less than 25. Photographs are wrong nearly everywhere, but by 1 to
/// 15; by less than 3 where they are smooth enough to be wrong in half of the places.
struct Misses {
  std::uint64_t max_percent;
  std::uint64_t min_magnitude;
};
constexpr Misses kDrawn = {50, 16};
/// Both ways are tried with text that has little space, where there is nearly nothing at all, and with a little text
/// among shades of colour: what is missed there is for the most part missed by far. A search takes ten times as long as
/// filters on a photograph, and is to be tried on none.
constexpr Misses kDenselyDrawn = {75, 24};
constexpr Misses kNearlyFlat = {10, 0};
constexpr std::uint64_t kMaxSparsePercent = 20;
constexpr std::uint32_t kFarMagnitude = 32;
constexpr std::uint64_t kMinFarPercent = 60;

/// How far bytes of a filtered row are from 0, added up.
struct MissedBytes {
  std::uint64_t wrong = 0;
  std::uint64_t magnitude = 0;
  std::uint64_t far_magnitude = 0;  ///< of those that are off by kFarMagnitude or more
  std::uint64_t total = 0;

  /// Of `count` places, each `step` from the one before.
  void add(const std::uint8_t* bytes, std::size_t count, std::size_t step) {
    std::uint32_t wrong_here = 0;
    std::uint32_t magnitude_here = 0;
    std::uint32_t far_here = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto off = static_cast<std::uint32_t>(std::abs(int{static_cast<std::int8_t>(bytes[i * step])}));
      wrong_here += off != 0 ? 1 : 0;
      magnitude_here += off;
      far_here += off >= kFarMagnitude ? off : 0;
    }
    wrong += wrong_here;
    magnitude += magnitude_here;
    far_magnitude += far_here;
    total += count;
  }

  [[nodiscard]] bool are(const Misses& misses) const {
    return wrong * 100 < total * misses.max_percent && magnitude >= wrong * misses.min_magnitude;
  }
};

}  // namespace

void StripCoder::FreeCompressor::operator()(libdeflate_compressor* compressor) const {
  libdeflate_free_compressor(compressor);
}

StripCoder::Content StripCoder::look_at(const ImageView& image) {
  const PixelFormatInfo& info = image.format.info();
  const std::size_t row_bytes = plane_row_bytes(info, 0, image.format.size);
  const std::size_t pixel_bytes = info.components[0].step_bytes;
  // Alpha is flat in photographs, too.
  const std::size_t color_bytes = info.has_alpha ? pixel_bytes / 4 * 3 : pixel_bytes;
  const int height = image.format.size.height;
  filtered_.resize(std::max(filtered_.size(), row_bytes + kFilterPaddingBytes));
  MissedBytes missed;
  rows_.start(row_bytes);
  for (int y = std::min(kSampledRows / 2, height - 1); y < height; y += kSampledRows) {
    if (y > 0) {
      rows_.load(image, y - 1);
    }
    rows_.load(image, y);
    const FilterInput input = rows_.input(pixel_bytes);
    // Not the filter that would be chosen: without any, white is taken for -1, so that white pages would look wrong.
    filter_row(RowFilter::paeth, input, filtered_.data());
    if (!info.has_alpha) {
      missed.add(filtered_.data(), row_bytes, 1);
      continue;
    }
    for (std::size_t byte = 0; byte < color_bytes; ++byte) {
      missed.add(filtered_.data() + byte, row_bytes / pixel_bytes, pixel_bytes);
    }
  }
  if (missed.are(kDrawn)) {
    return Content::drawn;
  }
  const bool is_sparse = missed.are({kMaxSparsePercent, 0}) &&
                         missed.far_magnitude * 100 >= missed.magnitude * kMinFarPercent && missed.magnitude > 0;
  return is_sparse || missed.are(kNearlyFlat) || missed.are(kDenselyDrawn) ? Content::unclear : Content::photo;
}

void StripCoder::filter(StripFilter strip_filter, const ImageView& image, bool has_row_above) {
  const std::size_t row_bytes = plane_row_bytes(image.format.info(), 0, image.format.size);
  const int height = image.format.size.height;
  filtered_.resize(std::max(
      filtered_.size(), (row_bytes + 1) * static_cast<std::size_t>(height) + kFilterPaddingBytes + kPixelPaddingBytes));
  std::uint8_t* out = filtered_.data();
  rows_.start(row_bytes);
  for (int y = 0; y < height; ++y) {
    rows_.load(image, y);
    if (y == 0 && has_row_above) {
      continue;
    }
    const FilterInput input = rows_.input(image.format.info().components[0].step_bytes);
    RowFilter filter = RowFilter::none;
    switch (strip_filter) {
      case StripFilter::none:
        break;
      case StripFilter::up:
        filter = RowFilter::up;
        break;
      case StripFilter::paeth:
        filter = RowFilter::paeth;
        break;
      case StripFilter::adaptive:
        filter = least_magnitude_filter(input);
        break;
    }
    *out = static_cast<std::uint8_t>(filter);
    filter_row(filter, input, out + 1);
    out += 1 + row_bytes;
  }
  filtered_bytes_ = static_cast<std::size_t>(out - filtered_.data());
  filtered_row_bytes_ = row_bytes + 1;
}

void StripCoder::compress_byte_runs(std::size_t first, bool is_last) {
  auto rest = std::span<const std::uint8_t>(filtered_.data(), filtered_bytes_).subspan(first);
  while (!rest.empty()) {
    const auto block = rest.first(std::min(rest.size(), kBlockBytes));
    rest = rest.subspan(block.size());
    find_byte_runs(block, sequences_);
    attempt_.write_block(block, sequences_, is_last && rest.empty());
  }
}

bool StripCoder::pixel_matches_pay(std::span<const std::uint8_t> block) {
  find_byte_runs(block, sequences_);
  SymbolCounts run_counts;
  count_symbols(block, sequences_, run_counts);
  const PixelTokens& found = matcher_->tokens();
  const std::size_t events = found.tokens.size() / tokens_per_event(found.pixel_bytes);
  const bool are_few = events * byte_count(found.pixel_bytes) <= block.size() / 100 * kFewEventsPercent;
  const std::uint64_t usual_percent =
      found.pixel_bytes == PixelBytes::four ? kMostMatchWithAlphaCostPercent : kMostMatchCostPercent;
  const std::uint64_t most_percent = are_few ? kMostFewMatchesCostPercent : usual_percent;
  return estimate_cost(found.counts) * 100 <= estimate_cost(run_counts) * most_percent;
}

void StripCoder::compress_pixel_matches(std::size_t pixel_bytes, bool is_last) {
  if (pixel_bytes != byte_count(PixelBytes::three) && pixel_bytes != byte_count(PixelBytes::four)) {
    return compress_byte_runs(0, is_last);
  }
  if (matcher_ == nullptr) {
    matcher_ = std::make_unique<PixelMatcher>();
  }
  matcher_->start({filtered_.data(), filtered_bytes_}, filtered_row_bytes_, static_cast<PixelBytes>(pixel_bytes));
  std::size_t coded = 0;
  bool pays = true;
  for (std::size_t trial = 0; trial < PixelMatcher::kTrials && !matcher_->is_done(); ++trial) {
    const auto block = matcher_->next_block();
    const bool is_end = is_last && matcher_->is_done();
    // The first tells nothing, and costs the least as it was found.
    const bool decides = trial + 1 == PixelMatcher::kTrials || matcher_->is_done();
    pays = !decides || pixel_matches_pay(block);
    if (pays) {
      attempt_.write_block(block, matcher_->tokens(), is_end);
    } else {
      attempt_.write_block(block, sequences_, is_end);
    }
    coded += block.size();
  }
  if (!pays) {
    return compress_byte_runs(coded, is_last);
  }
  while (!matcher_->is_done()) {
    const auto block = matcher_->next_block();
    attempt_.write_block(block, matcher_->tokens(), is_last && matcher_->is_done());
  }
}

void StripCoder::compress_repeats(int chain_length, std::size_t pixel_bytes, bool is_last) {
  if (finder_ == nullptr) {
    finder_ = std::make_unique<RepeatFinder>();
  }
  finder_->start({filtered_.data(), filtered_bytes_}, pixel_bytes, chain_length);
  while (!finder_->is_done()) {
    const auto block = finder_->next_block(sequences_);
    attempt_.write_block(block, sequences_, is_last && finder_->is_done());
  }
}

void StripCoder::compress_pixel_repeats(std::size_t pixel_bytes, bool is_last) {
  if (pixel_finder_ == nullptr) {
    pixel_finder_ = std::make_unique<PixelRepeatFinder>();
  }
  pixel_finder_->start({filtered_.data(), filtered_bytes_}, filtered_row_bytes_, pixel_bytes);
  while (!pixel_finder_->is_done()) {
    const auto block = pixel_finder_->next_block(sequences_);
    attempt_.write_block(block, sequences_, is_last && pixel_finder_->is_done());
  }
}

bool StripCoder::same_pixels_pay(std::size_t pixel_bytes) {
  if (!SamePixelFinder::is_for(pixel_bytes)) {
    return false;
  }
  if (same_pixel_finder_ == nullptr) {
    same_pixel_finder_ = std::make_unique<SamePixelFinder>();
  }
  same_pixel_finder_->start({filtered_.data(), filtered_bytes_}, filtered_row_bytes_, pixel_bytes);
  const auto block = same_pixel_finder_->next_block(sequences_);
  const auto size_bytes = [&] {
    attempt_.clear();
    attempt_.write_block(block, sequences_, true);
    return attempt_.bytes().size();
  };
  const std::size_t with_pixels = size_bytes();
  find_byte_runs(block, sequences_);
  return with_pixels * 100 < size_bytes() * (100 - kMinSavedPercent);
}

void StripCoder::compress_same_pixels(std::size_t pixel_bytes, bool is_last) {
  same_pixel_finder_->start({filtered_.data(), filtered_bytes_}, filtered_row_bytes_, pixel_bytes);
  while (!same_pixel_finder_->is_done()) {
    const auto block = same_pixel_finder_->next_block(sequences_);
    attempt_.write_block(block, sequences_, is_last && same_pixel_finder_->is_done());
  }
}

Status StripCoder::compress_libdeflate(int level, bool is_last) {
  if (compressor_ == nullptr || compressor_level_ != level) {
    compressor_.reset(libdeflate_alloc_compressor(level));
    compressor_level_ = level;
  }
  if (compressor_ == nullptr) {
    return make_error(Errc::out_of_memory, "no memory for compressing a strip of the picture");
  }
  stream_.resize(std::max(stream_.size(), libdeflate_deflate_compress_bound(compressor_.get(), filtered_bytes_)));
  const std::size_t size =
      libdeflate_deflate_compress(compressor_.get(), filtered_.data(), filtered_bytes_, stream_.data(), stream_.size());
  return attempt_.append_stream(std::span<const std::uint8_t>(stream_).first(size), is_last);
}

Status StripCoder::compress(const StripPlan& plan, std::size_t pixel_bytes, StripPlace place) {
  attempt_.clear();
  if (place.is_first) {
    attempt_.append(kZlibHeader);
  }
  switch (plan.coding) {
    case StripCoding::byte_runs:
      compress_byte_runs(0, place.is_last);
      break;
    case StripCoding::pixel_matches:
      compress_pixel_matches(pixel_bytes, place.is_last);
      break;
    case StripCoding::repeats:
      compress_repeats(plan.strength, pixel_bytes, place.is_last);
      break;
    case StripCoding::pixel_repeats:
      compress_pixel_repeats(pixel_bytes, place.is_last);
      break;
    case StripCoding::same_pixels:
      compress_same_pixels(pixel_bytes, place.is_last);
      break;
    case StripCoding::libdeflate:
      IP_TRY(compress_libdeflate(plan.strength, place.is_last));
      break;
  }
  if (!place.is_last) {
    attempt_.flush_to_byte();
  }
  return {};
}

Status StripCoder::code(const ImageView& rows, bool has_row_above, StripPlace place, const EffortPlans& plans) {
  const Content content = look_at(rows);
  const std::size_t pixel_bytes = rows.format.info().components[0].step_bytes;
  const StripPlan* filtered_for = nullptr;
  bool is_first = true;
  // The first attempt gets the memory of the last strip's best: a lone plan then needs no other.
  std::swap(attempt_, best_);
  const auto try_plan = [&](const StripPlan& plan) -> Status {
    if (filtered_for == nullptr || filtered_for->filter != plan.filter) {
      filter(plan.filter, rows, has_row_above);
      filtered_for = &plan;
    }
    if (plan.coding == StripCoding::same_pixels && !same_pixels_pay(pixel_bytes)) {
      return {};
    }
    IP_TRY(compress(plan, pixel_bytes, place));
    if (is_first || attempt_.bytes().size() < best_.bytes().size()) {
      std::swap(attempt_, best_);
      adler32_ = libdeflate_adler32(1, filtered_.data(), filtered_bytes_);
    }
    is_first = false;
    return {};
  };
  if (content != Content::photo) {
    for (const StripPlan& plan : plans.drawn) {
      IP_TRY(try_plan(plan));
    }
  }
  if (content != Content::drawn) {
    for (const StripPlan& plan : plans.photo) {
      IP_TRY(try_plan(plan));
    }
  }
  return {};
}

std::uint32_t combine_adler32(std::uint32_t first, std::uint32_t second, std::uint64_t second_bytes) {
  // With sums a of bytes (from 1) and b of those sums: a = a1 + a2 - 1, b = b1 + b2 + n (a1 - 1).
  constexpr std::uint64_t kBase = 65521;
  const std::uint64_t a1 = first & 0xFFFF;
  const std::uint64_t b1 = first >> 16;
  const std::uint64_t a2 = second & 0xFFFF;
  const std::uint64_t b2 = second >> 16;
  const std::uint64_t a = (a1 + a2 + kBase - 1) % kBase;
  const std::uint64_t b = (b1 + b2 + second_bytes % kBase * ((a1 + kBase - 1) % kBase)) % kBase;
  return static_cast<std::uint32_t>(b << 16 | a);
}

}  // namespace imagepacker
