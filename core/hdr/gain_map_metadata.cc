// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/gain_map_metadata.h"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/text.h"
#include "base/try.h"

namespace imagepacker {
namespace {

using Channel = GainMapMetadata::Channel;

// The flags byte, ISO 21496-1 annex C.
constexpr std::uint8_t kThreeChannels = 0x80;
constexpr std::uint8_t kUseBaseColorSpace = 0x40;
constexpr std::uint8_t kCommonDenominator = 0x08;

constexpr double kLimit = std::numeric_limits<std::int32_t>::max();

bool is_in_range(double value) {
  return std::isfinite(value) && std::abs(value) < kLimit;
}

bool equal(const Channel& a, const Channel& b) {
  return a.gain_min == b.gain_min && a.gain_max == b.gain_max && a.gamma == b.gamma && a.base_offset == b.base_offset &&
         a.alternate_offset == b.alternate_offset;
}

Status validate(const Channel& channel) {
  for (const double value :
       {channel.gain_min, channel.gain_max, channel.gamma, channel.base_offset, channel.alternate_offset}) {
    if (!is_in_range(value)) {
      return make_error(Errc::invalid_argument, text("gain-map value ", value, "; values must be finite, below 2^31"));
    }
  }
  if (channel.gain_min > channel.gain_max) {
    return make_error(Errc::invalid_argument,
                      text("gain-map minimum ", channel.gain_min, " is above its maximum ", channel.gain_max));
  }
  if (nearest_decimal(channel.gamma).numerator <= 0) {
    return make_error(Errc::invalid_argument,
                      text("gain-map gamma ", channel.gamma, "; it must be above 0, and still so with nine decimals"));
  }
  return {};
}

/// So near to each other that files state one number for both.
bool are_stated_alike(double a, double b) {
  const DecimalFraction p = nearest_decimal(a);
  const DecimalFraction q = nearest_decimal(b);
  return p.numerator == q.numerator && p.denominator == q.denominator;
}

void append(ByteWriter& out, double value) {
  const DecimalFraction fraction = nearest_decimal(value);
  out.u32be(static_cast<std::uint32_t>(fraction.numerator)).u32be(fraction.denominator);
}

/// Reads fractions in either form.
class FractionReader {
 public:
  FractionReader(ByteReader& in, bool has_common_denominator)
      : in_(in), common_denominator_(has_common_denominator ? in.u32be() : 0), is_common_(has_common_denominator) {
    is_valid_ = !is_common_ || common_denominator_ != 0;
  }

  double signed_value() { return static_cast<double>(in_.s32be()) / denominator(); }
  double unsigned_value() { return static_cast<double>(in_.u32be()) / denominator(); }
  [[nodiscard]] bool is_valid() const { return is_valid_; }

 private:
  double denominator() {
    const std::uint32_t value = is_common_ ? common_denominator_ : in_.u32be();
    is_valid_ = is_valid_ && value != 0;
    return value == 0 ? 1 : value;
  }

  ByteReader& in_;
  std::uint32_t common_denominator_;
  bool is_common_;
  bool is_valid_;
};

Channel read_channel(FractionReader& in) {
  Channel channel;
  channel.gain_min = in.signed_value();
  channel.gain_max = in.signed_value();
  channel.gamma = in.unsigned_value();
  channel.base_offset = in.signed_value();
  channel.alternate_offset = in.signed_value();
  return channel;
}

constexpr std::array<HdrgmChannelProperty, 5> kChannelProperties = {{{"GainMapMin", &Channel::gain_min},
                                                                     {"GainMapMax", &Channel::gain_max},
                                                                     {"Gamma", &Channel::gamma},
                                                                     {"OffsetSDR", &Channel::base_offset},
                                                                     {"OffsetHDR", &Channel::alternate_offset}}};

std::string attribute(std::string_view name, std::string_view value) {
  return text(" hdrgm:", name, "=\"", value, '"');
}

}  // namespace

std::string DecimalFraction::to_string() const {
  std::string digits = std::to_string(std::abs(static_cast<std::int64_t>(numerator)));
  std::size_t decimals = 0;
  for (std::uint32_t power = denominator; power > 1; power /= 10) {
    ++decimals;
  }
  if (digits.size() <= decimals) {
    digits.insert(0, decimals + 1 - digits.size(), '0');
  }
  if (decimals > 0) {
    digits.insert(digits.size() - decimals, 1, '.');
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') {
      digits.pop_back();
    }
  }
  return (numerator < 0 ? "-" : "") + digits;
}

DecimalFraction nearest_decimal(double value) {
  constexpr std::uint32_t kMaxDenominator = 1'000'000'000;
  std::uint32_t denominator = kMaxDenominator;
  while (denominator > 1 && std::abs(value) * denominator > kLimit) {
    denominator /= 10;
  }
  return {static_cast<std::int32_t>(std::lround(value * denominator)), denominator};
}

Status validate(const GainMapMetadata& metadata) {
  for (const Channel& channel : metadata.channels) {
    IP_TRY(validate(channel));
  }
  for (const double headroom : {metadata.base_hdr_headroom, metadata.alternate_hdr_headroom}) {
    if (!is_in_range(headroom) || headroom < 0) {
      return make_error(Errc::invalid_argument, text("gain-map headroom ", headroom, "; allowed are 0 to 2^31"));
    }
  }
  if (are_stated_alike(metadata.base_hdr_headroom, metadata.alternate_hdr_headroom)) {
    return make_error(Errc::invalid_argument,
                      text("both renditions of a gain map have the headroom ", metadata.base_hdr_headroom,
                           "; they must differ, and still so with nine decimals"));
  }
  return {};
}

bool is_single_channel(const GainMapMetadata& metadata) {
  return equal(metadata.channels[0], metadata.channels[1]) && equal(metadata.channels[0], metadata.channels[2]);
}

Bytes write_iso21496(const GainMapMetadata& metadata) {
  const bool is_single = is_single_channel(metadata);
  ByteWriter out;
  out.append(ByteView(write_iso21496_versions()));
  out.u8(static_cast<std::uint8_t>((is_single ? 0 : kThreeChannels) |
                                   (metadata.use_base_color_space ? kUseBaseColorSpace : 0)));
  append(out, metadata.base_hdr_headroom);
  append(out, metadata.alternate_hdr_headroom);
  for (std::size_t c = 0; c < (is_single ? 1 : 3); ++c) {
    for (const HdrgmChannelProperty& property : kChannelProperties) {
      append(out, metadata.channels[c].*property.value);
    }
  }
  return out.take();
}

Bytes write_iso21496_versions() {
  ByteWriter out;
  out.u16be(0).u16be(0);  // minimum version, writer version
  return out.take();
}

Result<GainMapMetadata> parse_iso21496(ByteView payload) {
  ByteReader in(payload);
  const std::uint16_t minimum_version = in.u16be();
  in.u16be();  // the writer's version: later ones only add bytes at the end
  if (minimum_version > 0) {
    return make_error(Errc::unsupported, text("gain-map metadata needs a reader of version ", minimum_version,
                                              "; this one is of version 0"));
  }
  const std::uint8_t flags = in.u8();
  FractionReader fractions(in, (flags & kCommonDenominator) != 0);
  GainMapMetadata metadata;
  metadata.use_base_color_space = (flags & kUseBaseColorSpace) != 0;
  metadata.base_hdr_headroom = fractions.unsigned_value();
  metadata.alternate_hdr_headroom = fractions.unsigned_value();
  const std::size_t sets = (flags & kThreeChannels) != 0 ? 3 : 1;
  for (std::size_t c = 0; c < sets; ++c) {
    metadata.channels[c] = read_channel(fractions);
  }
  if (sets == 1) {
    metadata.channels.fill(metadata.channels[0]);
  }
  if (!in.ok()) {
    return make_error(Errc::corrupt_input, text("gain-map metadata of ", payload.size(), " bytes is cut short"));
  }
  if (!fractions.is_valid()) {
    return make_error(Errc::corrupt_input, "gain-map metadata with a denominator of 0");
  }
  if (auto status = validate(metadata); !status) {
    return make_error(Errc::corrupt_input, status.error().message);
  }
  return metadata;
}

std::span<const HdrgmChannelProperty> hdrgm_channel_properties() {
  return kChannelProperties;
}

HdrgmProperties hdrgm_properties(const GainMapMetadata& metadata) {
  HdrgmProperties properties;
  properties.attributes = attribute("Version", "1.0");
  const bool is_single = is_single_channel(metadata);
  for (const HdrgmChannelProperty& property : kChannelProperties) {
    if (is_single) {
      properties.attributes +=
          attribute(property.name, nearest_decimal(metadata.channels[0].*property.value).to_string());
      continue;
    }
    properties.elements += text("<hdrgm:", property.name, "><rdf:Seq>");
    for (const Channel& channel : metadata.channels) {
      properties.elements += text("<rdf:li>", nearest_decimal(channel.*property.value).to_string(), "</rdf:li>");
    }
    properties.elements += text("</rdf:Seq></hdrgm:", property.name, ">");
  }
  properties.attributes += attribute("HDRCapacityMin", nearest_decimal(metadata.base_hdr_headroom).to_string());
  properties.attributes += attribute("HDRCapacityMax", nearest_decimal(metadata.alternate_hdr_headroom).to_string());
  properties.attributes += attribute("BaseRenditionIsHDR", "False");
  return properties;
}

}  // namespace imagepacker
