// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/gain_map_metadata.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/byte_writer.h"

namespace imagepacker {
namespace {

GainMapMetadata one_channel() {
  GainMapMetadata metadata;
  metadata.channels.fill({.gain_min = -0.25, .gain_max = 2.3, .gamma = 1, .base_offset = 0, .alternate_offset = 0});
  metadata.alternate_hdr_headroom = 2.3;
  return metadata;
}

GainMapMetadata three_channels() {
  GainMapMetadata metadata = one_channel();
  metadata.channels[1].gain_max = 1.5;
  metadata.channels[2].gamma = 0.5;
  metadata.use_base_color_space = false;
  return metadata;
}

void expect_equal(const GainMapMetadata& a, const GainMapMetadata& b) {
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(a.channels[c].gain_min, b.channels[c].gain_min, 1e-8);
    EXPECT_NEAR(a.channels[c].gain_max, b.channels[c].gain_max, 1e-8);
    EXPECT_NEAR(a.channels[c].gamma, b.channels[c].gamma, 1e-8);
    EXPECT_NEAR(a.channels[c].base_offset, b.channels[c].base_offset, 1e-8);
    EXPECT_NEAR(a.channels[c].alternate_offset, b.channels[c].alternate_offset, 1e-8);
  }
  EXPECT_NEAR(a.base_hdr_headroom, b.base_hdr_headroom, 1e-8);
  EXPECT_NEAR(a.alternate_hdr_headroom, b.alternate_hdr_headroom, 1e-8);
  EXPECT_EQ(a.use_base_color_space, b.use_base_color_space);
}

TEST(GainMapMetadata, payloads_have_the_sizes_of_the_standard_and_come_back) {
  EXPECT_EQ(write_iso21496(one_channel()).size(), 61u);
  EXPECT_EQ(write_iso21496(three_channels()).size(), 141u);
  EXPECT_EQ(write_iso21496_versions(), Bytes(4));
  for (const GainMapMetadata& metadata : {one_channel(), three_channels()}) {
    const auto parsed = parse_iso21496(write_iso21496(metadata));
    ASSERT_TRUE(parsed.has_value());
    expect_equal(*parsed, metadata);
  }
}

TEST(GainMapMetadata, reads_a_common_denominator) {
  ByteWriter payload;
  payload.u32be(0).u8(0xC8).u32be(1000);
  payload.u32be(0).u32be(2300);
  for (int c = 0; c < 3; ++c) {
    payload.u32be(static_cast<std::uint32_t>(-500)).u32be(2300).u32be(1000).u32be(16).u32be(16);
  }
  ASSERT_EQ(payload.size(), 77u);
  const auto parsed = parse_iso21496(payload.bytes());
  ASSERT_TRUE(parsed.has_value());
  EXPECT_DOUBLE_EQ(parsed->channels[2].gain_min, -0.5);
  EXPECT_DOUBLE_EQ(parsed->channels[0].gain_max, 2.3);
  EXPECT_DOUBLE_EQ(parsed->channels[1].base_offset, 0.016);
  EXPECT_TRUE(parsed->use_base_color_space);
}

/// A one-channel payload of given fractions, with the largest numbers a writer may use.
Bytes extreme_payload(std::uint32_t minimum_and_writer_version, std::uint32_t last_denominator) {
  ByteWriter payload;
  payload.u32be(minimum_and_writer_version).u8(0).u32be(0).u32be(1).u32be(13).u32be(10);
  payload.u32be(0x80000001).u32be(0xFFFFFFFF).u32be(0x7FFFFFFF).u32be(0xFFFFFFFF).u32be(0xFFFFFFFF).u32be(0xFFFFFFFF);
  payload.u32be(0x80000001).u32be(0xFFFFFFFF).u32be(0x7FFFFFFF).u32be(last_denominator);
  return payload.take();
}

TEST(GainMapMetadata, reads_extreme_fractions) {
  const auto parsed = parse_iso21496(extreme_payload(0, 0xFFFFFFFF));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_NEAR(parsed->channels[0].gain_min, -0.5, 1e-9);
  EXPECT_NEAR(parsed->channels[0].gain_max, 0.5, 1e-9);
  EXPECT_DOUBLE_EQ(parsed->channels[0].gamma, 1);
}

TEST(GainMapMetadata, later_writers_may_append) {
  Bytes payload = extreme_payload(1, 2);
  payload.resize(payload.size() + 9);
  EXPECT_TRUE(parse_iso21496(payload).has_value());
}

TEST(GainMapMetadata, refuses_what_breaks_the_rules) {
  EXPECT_EQ(parse_iso21496(extreme_payload(0x10000, 1)).error().code, Errc::unsupported);
  EXPECT_EQ(parse_iso21496(extreme_payload(0, 0)).error().code, Errc::corrupt_input);
  const Bytes whole = write_iso21496(three_channels());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(parse_iso21496(ByteView(whole).first(size)).error().code, Errc::corrupt_input) << size;
  }
  GainMapMetadata metadata = one_channel();
  metadata.channels[1].gain_min = 3;
  EXPECT_FALSE(validate(metadata).has_value());
  metadata = one_channel();
  metadata.channels[0].gamma = 0;
  EXPECT_FALSE(validate(metadata).has_value());
  // What would become 0, or equal, in a file.
  metadata.channels[0].gamma = 4e-10;
  EXPECT_FALSE(validate(metadata).has_value());
  metadata.channels[0].gamma = 1e-9;
  EXPECT_TRUE(validate(metadata).has_value());
  EXPECT_TRUE(parse_iso21496(write_iso21496(metadata)).has_value());
  metadata.alternate_hdr_headroom = metadata.base_hdr_headroom + 4e-10;
  EXPECT_FALSE(validate(metadata).has_value());
  metadata = one_channel();
  metadata.alternate_hdr_headroom = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(validate(metadata).has_value());
  metadata.alternate_hdr_headroom = metadata.base_hdr_headroom;
  EXPECT_FALSE(validate(metadata).has_value());
}

TEST(GainMapMetadata, decimals_are_exact_in_text) {
  EXPECT_EQ(nearest_decimal(0).to_string(), "0");
  EXPECT_EQ(nearest_decimal(1.0 / 64).to_string(), "0.015625");
  EXPECT_EQ(nearest_decimal(-1.25).to_string(), "-1.25");
  EXPECT_EQ(nearest_decimal(-0.000000001).to_string(), "-0.000000001");
  EXPECT_EQ(nearest_decimal(1234567.5).to_string(), "1234567.5");
  EXPECT_EQ(nearest_decimal(2147483647).to_string(), "2147483647");
  EXPECT_EQ(nearest_decimal(100).to_string(), "100");
}

TEST(GainMapMetadata, xmp_states_one_value_or_three) {
  const HdrgmProperties one = hdrgm_properties(one_channel());
  EXPECT_NE(one.attributes.find(" hdrgm:Version=\"1.0\""), std::string::npos);
  EXPECT_NE(one.attributes.find(" hdrgm:GainMapMax=\"2.3\""), std::string::npos);
  EXPECT_NE(one.attributes.find(" hdrgm:HDRCapacityMax=\"2.3\""), std::string::npos);
  EXPECT_TRUE(one.elements.empty());
  const HdrgmProperties three = hdrgm_properties(three_channels());
  EXPECT_EQ(three.attributes.find("GainMapMax"), std::string::npos);
  EXPECT_NE(three.elements.find("<hdrgm:GainMapMax><rdf:Seq><rdf:li>2.3</rdf:li><rdf:li>1.5</rdf:li>"),
            std::string::npos);
}

}  // namespace
}  // namespace imagepacker
