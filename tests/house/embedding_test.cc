// SPDX-License-Identifier: LGPL-2.1-or-later
// What docs/embedding.md shows, through the installed interface only.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>

#include "imagepacker/imagepacker.h"

namespace {

namespace ip = imagepacker;

/// A gray ramp of 32×16 pixels.
class Embedding : public testing::TestWithParam<ip::FormatInfo> {
 protected:
  Embedding() {
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      samples_[i] = static_cast<std::byte>(i % kStrideBytes * 2);
    }
    picture_.main.format = {.layout = ip::PixelFormat::rgb, .size = {32, 16}};
    picture_.main.planes[0] = {.bytes = samples_, .stride_bytes = kStrideBytes};
  }

  static constexpr std::size_t kStrideBytes = 100;
  std::array<std::byte, kStrideBytes * 16> samples_{};
  ip::Picture picture_;
  ip::TaskPool pool_;
};

bool starts_with_signature(ip::Format format, ip::ByteView bytes) {
  const auto has = [&](std::size_t offset, const std::string& magic) {
    return bytes.size() >= offset + magic.size() && std::memcmp(bytes.data() + offset, magic.data(), magic.size()) == 0;
  };
  switch (format) {
    case ip::Format::jpeg:
      return has(0, "\xFF\xD8\xFF");
    case ip::Format::webp:
      return has(0, "RIFF") && has(8, "WEBP");
    case ip::Format::png:
      return has(0, "\x89PNG\r\n\x1A\n");
    case ip::Format::heif:
      return has(4, "ftyp");
  }
  return false;
}

TEST_P(Embedding, PlanesInBytesOut) {
  auto packer = ip::Packer::create(picture_.main.format, {.format = GetParam().format}, pool_);
  ASSERT_TRUE(packer.has_value()) << packer.error().message;
  ip::VectorSink sink;
  const ip::Status status = packer->pack(picture_, sink);
  ASSERT_TRUE(status.has_value()) << status.error().message;
  EXPECT_TRUE(starts_with_signature(GetParam().format, sink.bytes()));
  EXPECT_EQ(GetParam().mime_types.front(), packer->info().mime_type);
}

INSTANTIATE_TEST_SUITE_P(Formats, Embedding,
                         testing::ValuesIn(ip::supported_formats().begin(), ip::supported_formats().end()),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(Embedding, ErrorsNameValueAndRange) {
  ip::TaskPool pool;
  const auto packer = ip::Packer::create({.layout = ip::PixelFormat::rgb, .size = {8, 8}}, {.quality = 101}, pool);
  ASSERT_FALSE(packer.has_value());
  EXPECT_EQ(ip::Errc::invalid_argument, packer.error().code);
  EXPECT_NE(std::string::npos, packer.error().message.find("101"));
  EXPECT_NE(std::string::npos, packer.error().message.find("100"));
}

}  // namespace
