// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "imagepacker/byte_sink.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// What stands before the payload in an APP2 segment of JPEG, with the zero byte that ends it.
inline constexpr std::string_view kIso21496Signature{"urn:iso:std:iso:ts:21496:-1\0", 28};

/// A decimal fraction: ISO 21496-1's fractions have free denominators; powers of ten let XMP state the same value.
struct DecimalFraction {
  std::int32_t numerator = 0;
  std::uint32_t denominator = 1;  ///< 10^0 … 10^9

  /// The value as XMP writes it, such as "-1.25".
  [[nodiscard]] std::string to_string() const;
};

/// `value`, which is finite and below 2^31 in size, with as many decimals (up to 9) as the numerator can hold.
DecimalFraction nearest_decimal(double value);

/// Errc::invalid_argument when a value is not finite or its size 2^31 or more, gain_min above gain_max, gamma not above
/// 0, a headroom negative, or both headrooms equal; gamma and headrooms as nearest_decimal() writes them, so that what
/// is valid is so in a file, too.
Status validate(const GainMapMetadata& metadata);

/// True when all three channels have one set of values.
bool is_single_channel(const GainMapMetadata& metadata);

/// The payload that a gain map's own segment or a 'tmap' item carries: version 0, one or three channels.
/// `metadata` is valid.
Bytes write_iso21496(const GainMapMetadata& metadata);

/// The payload for a JPEG's primary image: versions only.
Bytes write_iso21496_versions();

/// Reads a payload of either denominator form. Bytes behind it are allowed.
/// Errors: corrupt_input (too short, a zero denominator, values against validate()), unsupported (minimum version).
Result<GainMapMetadata> parse_iso21496(ByteView payload);

/// One hdrgm property that channels have apart.
struct HdrgmChannelProperty {
  std::string_view name;  ///< "GainMapMin"
  double GainMapMetadata::Channel::*value;
};
std::span<const HdrgmChannelProperty> hdrgm_channel_properties();

/// The values as attributes (one channel) and child elements (three channels) of an rdf:Description in namespace prefix
/// hdrgm, which the caller declares; metadata valid, base SDR, base colour space.
struct HdrgmProperties {
  std::string attributes;  ///< ` hdrgm:Version="1.0" hdrgm:GainMapMin="0" …`
  std::string elements;    ///< `<hdrgm:GainMapMin><rdf:Seq>…`, empty for one channel
};
HdrgmProperties hdrgm_properties(const GainMapMetadata& metadata);

}  // namespace imagepacker
