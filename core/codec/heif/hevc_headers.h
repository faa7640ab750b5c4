// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/pixel_format.h"
#include "imagepacker/result.h"

namespace imagepacker::heif {

/// nal_unit_type of the parameter sets, H.265 table 7-1.
inline constexpr std::uint8_t kVpsType = 32;
inline constexpr std::uint8_t kSpsType = 33;
inline constexpr std::uint8_t kPpsType = 34;

/// nal_unit_type of the NAL unit `nal`, which is without start code or length, H.265 clause 7.3.1.2; -1 when it is
/// empty.
int nal_unit_type(ByteView nal);

/// The parameter sets of an HEVC stream: complete NAL units without start code or length.
struct ParameterSets {
  Bytes vps, sps, pps;
};

/// chroma_format_idc of H.265 clause 6.2: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4.
int chroma_format_idc(const PixelFormatInfo& layout);

/// The property box 'hvcC' (ISO/IEC 14496-15 clause 8.3.3.1.2) for pictures of `layout`. Profile, tier and level are
/// those of the SPS. Errors: codec_failed when the SPS is too short to hold them.
Result<Bytes> decoder_configuration(const ParameterSets& sets, const PixelFormatInfo& layout);

/// x265 states level 8.5, which means none, for every lossless picture, and some readers refuse that: writes the lowest
/// level for pictures of `size` instead (H.265 table A.8). Other levels stay.
void state_level(ParameterSets& sets, Size size);

/// general_profile_idc of the SPS: 1 Main, 2 Main 10, 3 Main Still Picture, 4 range extensions; 0 when it is too short.
int profile_idc(ByteView sps);

}  // namespace imagepacker::heif
