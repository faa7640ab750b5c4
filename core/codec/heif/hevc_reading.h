// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "codec/heif/stream_color.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"

namespace imagepacker::heif {

/// What a sequence parameter set says of its pictures, H.265 clauses 7.3.2.2 and E.2.1.
struct SequenceParameters {
  int chroma_format_idc = 1;  ///< 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4
  int luma_depth = 8;
  int chroma_depth = 8;
  Size coded;  ///< luma samples that are decoded
  Size shown;  ///< less the conformance window
  bool has_sao = false;
  bool has_scaling_lists = false;  ///< not every frequency is quantized alike
  bool has_separate_planes = false;
  StreamColor color;
};

/// Reads the NAL unit `sps`, without start code or length. Empty when it is broken.
std::optional<SequenceParameters> parse_sps(ByteView sps);

/// 'hvcC' (ISO/IEC 14496-15 clause 8.3.3.1.2), as far as it is needed. Views are borrowed.
struct DecoderConfiguration {
  int length_bytes = 4;               ///< of the lengths before NAL units
  std::uint64_t largest_picture = 0;  ///< luma samples that one of the parameter sets asks for
  ByteView sps;                       ///< the first one, empty when there is none
  std::vector<ByteView> units;        ///< all NAL units
};
std::optional<DecoderConfiguration> parse_hvcc(ByteView payload);

/// The length before a NAL unit, of 1 to 4 bytes.
std::uint32_t read_length(ByteReader& reader, int bytes);

/// The largest number of luma samples per picture that a parameter set within `data` asks for, which are NAL units with
/// lengths of `length_bytes` before them; 0 when there is none. A decoder takes such a set in place of that of 'hvcC'.
std::uint64_t largest_picture_in(ByteView data, int length_bytes);

}  // namespace imagepacker::heif
