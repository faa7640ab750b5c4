// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/hevc_headers.h"

#include <algorithm>
#include <array>

#include "base/byte_writer.h"
#include "base/text.h"
#include "container/bmff_writer.h"

namespace imagepacker::heif {
namespace {

/// Bytes before profile_tier_level: in the SPS two of NAL header and one of ids, in the VPS two and four.
constexpr std::size_t kProfilePosition = 3;
constexpr std::size_t kVpsProfilePosition = 6;

/// general_profile_space to general_level_idc.
constexpr std::size_t kProfileTierLevelBytes = 12;

constexpr std::byte kNoLevel{255};

/// A level as general_level_idc and the largest luma picture it allows.
struct Level {
  std::uint8_t idc;
  std::int64_t luma_samples;
};
constexpr std::array<Level, 8> kLevels = {{{30, 36864},
                                           {60, 122880},
                                           {63, 245760},
                                           {90, 552960},
                                           {93, 983040},
                                           {120, 2228224},
                                           {150, 8912896},
                                           {180, 35651584}}};

/// Where payload byte `index` of a NAL unit stands among its escaped bytes; its size when it is shorter.
std::size_t escaped_position(ByteView nal, std::size_t index) {
  int zeros = 0;
  std::size_t payload = 0;
  for (std::size_t i = 0; i < nal.size(); ++i) {
    if (zeros == 2 && nal[i] == std::byte{3}) {
      zeros = 0;
      continue;
    }
    if (payload++ == index) {
      return i;
    }
    zeros = nal[i] == std::byte{0} ? zeros + 1 : 0;
  }
  return nal.size();
}

/// The first `count` payload bytes of a NAL unit without the 3 that follows two zeros (H.265 clause 7.3.1.1).
Bytes unescaped(ByteView nal, std::size_t count) {
  const std::size_t end = escaped_position(nal, count);
  Bytes result;
  int zeros = 0;
  for (const std::byte byte : nal.first(end)) {
    if (zeros == 2 && byte == std::byte{3}) {
      zeros = 0;
      continue;
    }
    zeros = byte == std::byte{0} ? zeros + 1 : 0;
    result.push_back(byte);
  }
  return result;
}

void write_array(ByteWriter& fields, std::uint8_t type, ByteView nal) {
  constexpr std::uint8_t kComplete = 0x80;
  fields.u8(kComplete | type).u16be(1).u16be(static_cast<std::uint16_t>(nal.size())).append(nal);
}

}  // namespace

int nal_unit_type(ByteView nal) {
  return nal.empty() ? -1 : std::to_integer<int>(nal[0]) >> 1 & 0x3F;
}

int chroma_format_idc(const PixelFormatInfo& layout) {
  if (layout.model == ColorModel::gray) {
    return 0;
  }
  return 3 - layout.log2_chroma_w - layout.log2_chroma_h;
}

int profile_idc(ByteView sps) {
  const Bytes head = unescaped(sps, kProfilePosition + 1);
  return head.size() <= kProfilePosition ? 0 : std::to_integer<int>(head[kProfilePosition]) & 0x1F;
}

void state_level(ParameterSets& sets, Size size) {
  const std::int64_t area = std::int64_t{size.width} * size.height;
  const std::int64_t longest = std::max(size.width, size.height);
  // Clause A.4.1: neither side is longer than the square root of eight times the area.
  const auto level = std::ranges::find_if(kLevels, [=](const Level& each) {
    return area <= each.luma_samples && longest * longest <= 8 * each.luma_samples;
  });
  if (level == kLevels.end()) {
    return;
  }
  const auto state = [&](Bytes& nal, std::size_t profile_position) {
    const std::size_t position = escaped_position(nal, profile_position + kProfileTierLevelBytes - 1);
    if (position < nal.size() && nal[position] == kNoLevel) {
      nal[position] = std::byte{level->idc};
    }
  };
  state(sets.vps, kVpsProfilePosition);
  state(sets.sps, kProfilePosition);
}

Result<Bytes> decoder_configuration(const ParameterSets& sets, const PixelFormatInfo& layout) {
  const Bytes head = unescaped(sets.sps, kProfilePosition + kProfileTierLevelBytes);
  if (head.size() < kProfilePosition + kProfileTierLevelBytes) {
    return make_error(Errc::codec_failed, text("the HEVC encoder gave a sequence parameter set of ", sets.sps.size(),
                                               " bytes, which is too short"));
  }
  const bool is_nested = (std::to_integer<int>(head[2]) & 1) != 0;
  const auto depth_code = static_cast<std::uint8_t>(0xF8 | (layout.depth - 8));
  BmffWriter box;
  ByteWriter& fields = box.begin("hvcC").fields();
  fields.u8(1)
      .append(ByteView(head).subspan(kProfilePosition, kProfileTierLevelBytes))
      .u16be(0xF000)  // min_spatial_segmentation_idc: not stated
      .u8(0xFC)       // parallelismType: not stated
      .u8(static_cast<std::uint8_t>(0xFC | chroma_format_idc(layout)))
      .u8(depth_code)
      .u8(depth_code)
      .u16be(0)                                                    // avgFrameRate: not stated
      .u8(static_cast<std::uint8_t>(1 << 3 | is_nested << 2 | 3))  // one temporal layer, lengths of four bytes
      .u8(3);
  write_array(fields, kVpsType, sets.vps);
  write_array(fields, kSpsType, sets.sps);
  write_array(fields, kPpsType, sets.pps);
  return box.end().take();
}

}  // namespace imagepacker::heif
