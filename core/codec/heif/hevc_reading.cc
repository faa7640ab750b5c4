// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/hevc_reading.h"

#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "codec/heif/bit_reader.h"
#include "codec/heif/hevc_headers.h"
#include "color/h273_codes.h"

namespace imagepacker::heif {
namespace {

/// More luma samples on a side are in no level of H.265, and no decoder takes them.
constexpr std::uint32_t kMaxSide = 65535;

/// general_profile_space to general_constraint_flags of profile_tier_level, and general_level_idc.
constexpr int kProfileBits = 88;
constexpr int kLevelBits = 8;

void skip_profile_tier_level(BitReader& bits, int sub_layers) {
  bits.skip(kProfileBits + kLevelBits);
  std::array<bool, 8> has_profile{};
  std::array<bool, 8> has_level{};
  for (int i = 0; i < sub_layers; ++i) {
    has_profile[static_cast<std::size_t>(i)] = bits.flag();
    has_level[static_cast<std::size_t>(i)] = bits.flag();
  }
  if (sub_layers > 0) {
    bits.skip(2 * (8 - sub_layers));
  }
  for (int i = 0; i < sub_layers; ++i) {
    bits.skip(has_profile[static_cast<std::size_t>(i)] ? kProfileBits : 0);
    bits.skip(has_level[static_cast<std::size_t>(i)] ? kLevelBits : 0);
  }
}

/// scaling_list_data, clause 7.3.4.
void skip_scaling_lists(BitReader& bits) {
  for (int size = 0; size < 4; ++size) {
    for (int matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1) {
      if (!bits.flag()) {
        bits.unsigned_golomb();
        continue;
      }
      const int coefficients = std::min(64, 1 << (4 + 2 * size)) + (size > 1 ? 1 : 0);
      for (int i = 0; i < coefficients && bits.ok(); ++i) {
        bits.signed_golomb();
      }
    }
  }
}

/// All st_ref_pic_set, clause 7.3.7. False when there are more than can be.
bool skip_reference_sets(BitReader& bits) {
  constexpr std::uint32_t kMaxSets = 64;
  constexpr std::uint32_t kMaxPictures = 16;
  const std::uint32_t sets = bits.unsigned_golomb();
  if (sets > kMaxSets) {
    return false;
  }
  std::uint32_t last_pictures = 0;
  for (std::uint32_t set = 0; set < sets && bits.ok(); ++set) {
    std::uint32_t pictures = 0;
    if (set > 0 && bits.flag()) {
      bits.flag();             // sign
      bits.unsigned_golomb();  // distance
      for (std::uint32_t i = 0; i <= last_pictures; ++i) {
        const bool is_used = bits.flag();
        pictures += is_used || bits.flag() ? 1 : 0;
      }
    } else {
      const std::uint32_t negative = bits.unsigned_golomb();
      const std::uint32_t positive = bits.unsigned_golomb();
      if (negative > kMaxPictures || positive > kMaxPictures) {
        return false;
      }
      pictures = negative + positive;
      for (std::uint32_t i = 0; i < pictures; ++i) {
        bits.unsigned_golomb();
        bits.flag();
      }
    }
    last_pictures = std::min(pictures, 2 * kMaxPictures);
  }
  return true;
}

/// vui_parameters as far as colour goes.
void read_vui(BitReader& bits, StreamColor& color) {
  constexpr std::uint32_t kExtendedAspect = 255;
  if (bits.flag() && bits.bits(8) == kExtendedAspect) {
    bits.skip(32);
  }
  if (bits.flag()) {  // overscan
    bits.flag();
  }
  if (bits.flag()) {
    bits.skip(3);  // video_format
    color.range = bits.flag() ? Range::full : Range::limited;
    if (bits.flag()) {
      color.primaries = primaries_of_code(static_cast<int>(bits.bits(8))).value_or(Primaries::unspecified);
      color.transfer = transfer_of_code(static_cast<int>(bits.bits(8))).value_or(Transfer::unspecified);
      color.matrix_code = static_cast<int>(bits.bits(8));
    }
  }
  if (bits.flag()) {
    const std::uint32_t top_field = bits.unsigned_golomb();
    if (top_field <= static_cast<std::uint32_t>(ChromaSite::bottom)) {
      color.chroma_site = static_cast<ChromaSite>(top_field);
    }
  }
}

/// From log2_min_luma_coding_block_size_minus3 to the VUI. What can't be read is left as it is: it is only about
/// colour.
void read_tools_and_vui(BitReader& bits, int poc_bits, SequenceParameters& sps) {
  for (int i = 0; i < 6; ++i) {
    bits.unsigned_golomb();  // sizes of blocks and depths of trees
  }
  sps.has_scaling_lists = bits.flag();
  if (sps.has_scaling_lists && bits.flag()) {
    skip_scaling_lists(bits);
  }
  bits.flag();  // asymmetric partitions
  sps.has_sao = bits.flag();
  if (bits.flag()) {  // PCM
    bits.skip(8);
    bits.unsigned_golomb();
    bits.unsigned_golomb();
    bits.flag();
  }
  if (!skip_reference_sets(bits)) {
    return;
  }
  if (bits.flag()) {
    const std::uint32_t long_term = std::min<std::uint32_t>(bits.unsigned_golomb(), 33);
    for (std::uint32_t i = 0; i < long_term; ++i) {
      bits.skip(poc_bits + 1);
    }
  }
  bits.skip(2);  // temporal motion vectors, strong smoothing
  if (bits.flag() && bits.ok()) {
    StreamColor color;
    read_vui(bits, color);
    if (bits.ok()) {
      sps.color = color;
    }
  }
}

/// Width or height less what the conformance window cuts off both ends, in units of `step` samples.
std::optional<int> cut(std::uint32_t side, std::uint64_t first, std::uint64_t second, int step) {
  const std::uint64_t off = (first + second) * static_cast<std::uint64_t>(step);
  return off >= side ? std::nullopt : std::optional(static_cast<int>(side - off));
}

/// Luma samples of the pictures of a parameter set; 0 for one that no decoder takes.
std::uint64_t picture_area(ByteView sps) {
  const auto parameters = parse_sps(sps);
  return parameters ? static_cast<std::uint64_t>(parameters->coded.width) *
                          static_cast<std::uint64_t>(parameters->coded.height)
                    : 0;
}

}  // namespace

std::optional<SequenceParameters> parse_sps(ByteView nal) {
  // Header, profile, tier and level alone take one less. Hostile files hold many short ones.
  constexpr std::size_t kLeastBytes = 16;
  if (nal.size() < kLeastBytes) {
    return std::nullopt;
  }
  SequenceParameters sps;
  BitReader bits(nal);
  bits.skip(16);  // NAL header
  bits.skip(4);   // video parameter set
  const auto sub_layers = static_cast<int>(bits.bits(3));
  bits.skip(1);
  skip_profile_tier_level(bits, sub_layers);
  bits.unsigned_golomb();  // id
  const std::uint32_t chroma = bits.unsigned_golomb();
  if (chroma > 3) {
    return std::nullopt;
  }
  sps.chroma_format_idc = static_cast<int>(chroma);
  sps.has_separate_planes = chroma == 3 && bits.flag();
  const std::uint32_t width = bits.unsigned_golomb();
  const std::uint32_t height = bits.unsigned_golomb();
  if (width == 0 || height == 0 || width > kMaxSide || height > kMaxSide) {
    return std::nullopt;
  }
  sps.coded = {static_cast<int>(width), static_cast<int>(height)};
  sps.shown = sps.coded;
  if (bits.flag()) {
    std::array<std::uint64_t, 4> window{};  // left, right, top, bottom
    for (std::uint64_t& side : window) {
      side = bits.unsigned_golomb();
    }
    const auto shown_width = cut(width, window[0], window[1], chroma == 1 || chroma == 2 ? 2 : 1);
    const auto shown_height = cut(height, window[2], window[3], chroma == 1 ? 2 : 1);
    if (!shown_width || !shown_height) {
      return std::nullopt;
    }
    sps.shown = {*shown_width, *shown_height};
  }
  const std::uint32_t luma = bits.unsigned_golomb();
  const std::uint32_t chroma_depth = bits.unsigned_golomb();
  const std::uint32_t poc = bits.unsigned_golomb();
  if (!bits.ok() || luma > 8 || chroma_depth > 8 || poc > 12) {
    return std::nullopt;
  }
  sps.luma_depth = 8 + static_cast<int>(luma);
  sps.chroma_depth = 8 + static_cast<int>(chroma_depth);
  for (int layers = bits.flag() ? sub_layers + 1 : 1; layers > 0; --layers) {
    for (int i = 0; i < 3; ++i) {
      bits.unsigned_golomb();
    }
  }
  read_tools_and_vui(bits, 4 + static_cast<int>(poc), sps);
  return sps;
}

std::optional<DecoderConfiguration> parse_hvcc(ByteView payload) {
  constexpr std::size_t kBytesBeforeLengths = 21;
  DecoderConfiguration configuration;
  ByteReader reader(payload);
  reader.take(kBytesBeforeLengths);
  configuration.length_bytes = (reader.u8() & 3) + 1;
  for (int arrays = reader.u8(); arrays > 0 && reader.ok(); --arrays) {
    reader.u8();  // the units' type, of which decoders believe what stands in the units
    for (int count = reader.u16be(); count > 0 && reader.ok(); --count) {
      const ByteView nal = reader.take(reader.u16be());
      if (nal_unit_type(nal) == kSpsType) {
        configuration.largest_picture = std::max(configuration.largest_picture, picture_area(nal));
        configuration.sps = configuration.sps.empty() ? nal : configuration.sps;
      }
      if (!nal.empty()) {
        configuration.units.push_back(nal);
      }
    }
  }
  return reader.ok() ? std::optional(configuration) : std::nullopt;
}

std::uint32_t read_length(ByteReader& reader, int bytes) {
  std::uint32_t length = 0;
  for (; bytes > 0; --bytes) {
    length = length << 8 | reader.u8();
  }
  return length;
}

std::uint64_t largest_picture_in(ByteView data, int length_bytes) {
  std::uint64_t largest = 0;
  ByteReader reader(data);
  while (!reader.rest().empty() && reader.ok()) {
    const ByteView nal = reader.take(read_length(reader, length_bytes));
    if (nal_unit_type(nal) == kSpsType) {
      largest = std::max(largest, picture_area(nal));
    }
  }
  return largest;
}

}  // namespace imagepacker::heif
