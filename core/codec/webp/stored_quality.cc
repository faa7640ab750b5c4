// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/stored_quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/byte_reader.h"
#include "codec/webp/quality_scale.h"
#include "container/riff.h"
#include "imagepacker/options.h"

namespace imagepacker::webp {
namespace {

constexpr int kSegments = 4;
constexpr int kMaxIndex = 127;

/// Bits coded with even odds, as headers are: RFC 6386 clause 7.3. Zeros behind the end.
class BoolReader {
 public:
  explicit BoolReader(ByteView bytes) : reader_(bytes) { value_ = reader_.u16be(); }

  bool flag() {
    const std::uint32_t split = 1 + ((range_ - 1) >> 1);
    const bool bit = value_ >= split << 8;
    if (bit) {
      range_ -= split;
      value_ -= split << 8;
    } else {
      range_ = split;
    }
    while (range_ < 128) {
      value_ <<= 1;
      range_ <<= 1;
      if (++shifts_ == 8) {
        shifts_ = 0;
        value_ |= reader_.u8();
      }
    }
    return bit;
  }

  int number(int bits) {
    int value = 0;
    for (int i = 0; i < bits; ++i) {
      value = value << 1 | (flag() ? 1 : 0);
    }
    return value;
  }

  /// A flag, and if it is set a number with a sign behind it; else 0.
  int optional_number(int bits) {
    if (!flag()) {
      return 0;
    }
    const int value = number(bits);
    return flag() ? -value : value;
  }

 private:
  ByteReader reader_;
  std::uint32_t value_ = 0;
  std::uint32_t range_ = 255;
  int shifts_ = 0;
};

struct Segmentation {
  bool has_indices = false;
  bool is_absolute = false;
  std::array<int, kSegments> indices{};
  std::array<double, 3> odds{1, 1, 1};  ///< of the map's tree: that a branch is the first one
};

Segmentation read_segmentation(BoolReader& bits) {
  Segmentation segmentation;
  if (!bits.flag()) {
    return segmentation;
  }
  const bool has_map = bits.flag();
  segmentation.has_indices = bits.flag();
  if (segmentation.has_indices) {
    segmentation.is_absolute = bits.flag();
    for (int& index : segmentation.indices) {
      index = bits.optional_number(7);
    }
    for (int i = 0; i < kSegments; ++i) {
      bits.optional_number(6);  // loop filter
    }
  }
  for (double& odds : segmentation.odds) {
    if (has_map && bits.flag()) {
      odds = bits.number(8) / 255.0;
    }
  }
  return segmentation;
}

void skip_loop_filter(BoolReader& bits) {
  bits.number(1 + 6 + 3);
  if (bits.flag() && bits.flag()) {
    for (int i = 0; i < 8; ++i) {
      bits.optional_number(6);
    }
  }
}

/// How finely a key frame is quantized.
struct Quantization {
  int base_index = 0;
  bool is_own = false;      ///< made by the project's coder
  double libwebp_root = 0;  ///< libwebp's measure of compression, (1 − index/127), of the whole picture
};

/// libwebp spreads segments by exponents around the measure of the picture, so that this is their geometric mean with
/// the shares that they have.
double mean_root(const Segmentation& segmentation, int base_index) {
  // An index of 127 would have no logarithm.
  const auto root_of = [](int index) { return 1 - std::clamp(index, 0, kMaxIndex - 1) / double{kMaxIndex}; };
  if (!segmentation.has_indices) {
    return root_of(base_index);
  }
  const auto& [first_pair, first, third] = segmentation.odds;
  const std::array<double, kSegments> shares = {first_pair * first, first_pair * (1 - first), (1 - first_pair) * third,
                                                (1 - first_pair) * (1 - third)};
  double sum = 0;
  for (std::size_t i = 0; i < kSegments; ++i) {
    const int index = segmentation.indices[i];
    sum += shares[i] * std::log(root_of(segmentation.is_absolute ? index : base_index + index));
  }
  return std::exp(sum);
}

/// Empty for what is no key frame.
std::optional<Quantization> read_quantization(ByteView frame) {
  constexpr std::size_t kTagBytes = 3;
  constexpr std::size_t kSizeBytes = 4;
  ByteReader reader(frame);
  const ByteView tag = reader.take(kTagBytes);
  if (!reader.take_if("\x9D\x01\x2A") || (tag[0] & std::byte{1}) != std::byte{0}) {
    return std::nullopt;
  }
  reader.take(kSizeBytes);
  BoolReader bits(reader.rest());
  bits.number(2);  // colour space, clamping
  const Segmentation segmentation = read_segmentation(bits);
  skip_loop_filter(bits);
  bits.number(2);  // partitions
  Quantization quantization;
  quantization.base_index = bits.number(7);
  // Where segments have indices of their own, nothing is decoded with that of the picture. The project's coder tells
  // the one it was asked for there, libwebp repeats its first segment's.
  quantization.is_own =
      segmentation.has_indices && segmentation.is_absolute && quantization.base_index != segmentation.indices[0];
  quantization.libwebp_root = mean_root(segmentation, quantization.base_index);
  return quantization;
}

/// libwebp's factor 0..100: the cube of the measure rises in two straight lines over it.
double libwebp_factor(double root) {
  const double compression = root * root * root;
  return 100 * (compression < 0.5 ? compression * 1.5 : (compression + 1) / 2);
}

/// The quality whose `parameter` is nearest to `value`.
template <typename Parameter>
int nearest_quality(Parameter parameter, double value) {
  int best = 0;
  for (int quality = 1; quality <= PackingOptions::kMaxQuality; ++quality) {
    if (std::abs(parameter(quality) - value) < std::abs(parameter(best) - value)) {
      best = quality;
    }
  }
  return best;
}

}  // namespace

std::optional<int> stored_quality(ByteView file) {
  const auto chunks = read_riff(file, "WEBP");
  if (!chunks) {
    return std::nullopt;
  }
  const auto frame = std::ranges::find(*chunks, "VP8 ", &RiffChunk::fourcc);
  const auto quantization = frame == chunks->end() ? std::nullopt : read_quantization(frame->payload);
  if (!quantization) {
    return std::nullopt;
  }
  return quantization->is_own ? nearest_quality(vp8_quant_index, quantization->base_index)
                              : nearest_quality(libwebp_quality, libwebp_factor(quantization->libwebp_root));
}

}  // namespace imagepacker::webp
