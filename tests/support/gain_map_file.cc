// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/gain_map_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace imagepacker::testing {

std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint32_t number(ByteView bytes, std::size_t at, int count) {
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i) {
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + static_cast<std::size_t>(i)]);
  }
  return value;
}

const Segment* JpegImage::find(int marker, std::string_view signature) const {
  const auto found = std::ranges::find_if(segments, [&](const Segment& segment) {
    return segment.marker == marker && text_of(segment.payload).starts_with(signature);
  });
  return found == segments.end() ? nullptr : &*found;
}

namespace {

JpegImage read_image(ByteView file) {
  JpegImage image;
  std::size_t at = 2;
  while (at + 4 <= file.size()) {
    const int marker = static_cast<int>(number(file, at + 1, 1));
    const std::size_t length = number(file, at + 2, 2);
    image.segments.push_back({marker, at, file.subspan(at + 4, length - 2)});
    at += 2 + length;
    if (marker == 0xDA) {
      break;
    }
  }
  for (; at + 2 <= file.size(); ++at) {
    if (number(file, at, 2) == 0xFFD9) {
      image.size = at + 2;
      return image;
    }
  }
  ADD_FAILURE() << "no end of image";
  return image;
}

}  // namespace

Gain iso_gain(const JpegImage& map) {
  const Segment* const segment = map.find(0xE2, kIsoSignature);
  EXPECT_NE(segment, nullptr);
  if (segment == nullptr) {
    return {};
  }
  const ByteView p = segment->payload.subspan(kIsoSignature.size());
  EXPECT_EQ(p.size(), 61U);
  const auto fraction = [&](std::size_t at) {
    return static_cast<std::int32_t>(number(p, at, 4)) / static_cast<double>(number(p, at + 4, 4));
  };
  return {fraction(21), fraction(29), fraction(37), fraction(45), fraction(53), fraction(5), fraction(13)};
}

Gain xmp_gain(const JpegImage& map) {
  const Segment* const segment = map.find(0xE1, kXmpSignature);
  EXPECT_NE(segment, nullptr);
  const std::string packet(segment == nullptr ? std::string_view() : text_of(segment->payload));
  const auto value = [&](const std::string& name) {
    const std::string start = "hdrgm:" + name + "=\"";
    const auto at = packet.find(start);
    EXPECT_NE(at, std::string::npos) << name;
    return at == std::string::npos ? 0 : std::stod(packet.substr(at + start.size()));
  };
  return {value("GainMapMin"), value("GainMapMax"),     value("Gamma"),         value("OffsetSDR"),
          value("OffsetHDR"),  value("HDRCapacityMin"), value("HDRCapacityMax")};
}

GainMapFile read_gain_map_file(ByteView file) {
  GainMapFile result;
  result.base = read_image(file);
  const Segment* const mpf = result.base.find(0xE2, std::string_view("MPF\0", 4));
  EXPECT_NE(mpf, nullptr);
  if (mpf == nullptr) {
    return result;
  }
  const ByteView index = mpf->payload.subspan(4);
  EXPECT_EQ(index.size(), 82U);
  EXPECT_EQ(number(index, 54, 4), result.base.size);
  const std::size_t map_at = number(index, 74, 4) + mpf->at + 8;
  EXPECT_EQ(map_at, result.base.size);
  result.base_bytes = file.first(result.base.size);
  result.map_bytes = file.subspan(result.base.size);
  result.map = read_image(result.map_bytes);
  EXPECT_EQ(number(index, 70, 4), result.map.size);
  EXPECT_EQ(result.map.size, result.map_bytes.size());
  return result;
}

}  // namespace imagepacker::testing
