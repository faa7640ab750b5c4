// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/unpacker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "codec/codec_list.h"
#include "image/image_buffer.h"
#include "image/samples_of.h"
#include "imagepacker/packer.h"

namespace imagepacker {
namespace {

Bytes make_file(const CodecDescriptor& codec, Size size, TaskPool& pool) {
  ImageBuffer buffer;
  EXPECT_TRUE(buffer.reset({.layout = PixelFormat::rgb, .size = size, .color = {}, .hdr = {}}).has_value());
  const MutablePlane plane = buffer.view().planes[0];
  for (std::size_t i = 0; i < plane.bytes.size(); ++i) {
    plane.bytes[i] = static_cast<std::byte>(i / plane.stride_bytes * 3 + i % plane.stride_bytes);
  }
  const auto packer =
      Packer::create(buffer.view().format, {.format = codec.info.format, .chroma_subsampling = {}}, pool);
  EXPECT_TRUE(packer.has_value());
  VectorSink sink;
  EXPECT_TRUE(
      packer->pack({.main = std::as_const(buffer).view(), .gain_map = {}, .auxiliary = {}, .metadata = {}}, sink)
          .has_value());
  return sink.take();
}

/// Lends planes of their own memory each, which sanitizers watch, with rows `slack` bytes longer than needed.
class WatchedMemory final : public SampleMemory {
 public:
  explicit WatchedMemory(std::size_t slack) : slack_(slack) {}

  std::optional<SampleLoan> lend(const ImageFormat& format) override {
    auto planes = std::make_shared<std::array<std::vector<std::byte>, 4>>();
    SampleLoan loan{.planes = {}, .memory = planes};
    for (int p = 0; p < format.info().plane_count; ++p) {
      const auto index = static_cast<std::size_t>(p);
      const std::size_t stride = plane_row_bytes(format.info(), p, format.size) + slack_;
      (*planes)[index].resize(stride * static_cast<std::size_t>(plane_height(format.info(), p, format.size)));
      loan.planes[index] = {(*planes)[index], stride};
    }
    lent_ = planes;
    return loan;
  }

  [[nodiscard]] bool holds(const OwnedPicture& picture) const {
    const auto planes = lent_.lock();
    return planes != nullptr && picture.picture.main.planes[0].bytes.data() == (*planes)[0].data();
  }

 private:
  std::size_t slack_;
  std::weak_ptr<std::array<std::vector<std::byte>, 4>> lent_;
};

class LentMemory : public testing::TestWithParam<const CodecDescriptor*> {
 protected:
  void expect_same_samples(Size size, std::size_t slack) {
    TaskPool pool(2);
    const Bytes file = make_file(*GetParam(), size, pool);
    WatchedMemory memory(slack);
    auto plain = Unpacker::create(file, {}, pool);
    auto lent = Unpacker::create(file, {.layouts = {}, .memory = &memory}, pool);
    ASSERT_TRUE(plain.has_value() && lent.has_value());
    const auto expected = plain->unpack();
    const auto actual = lent->unpack();
    ASSERT_TRUE(expected.has_value() && actual.has_value());
    EXPECT_EQ(samples_of(actual->picture.main), samples_of(expected->picture.main));
    is_used_ = memory.holds(*actual);
  }

  bool is_used_ = false;
};

TEST_P(LentMemory, HoldsPicturesOfWholeBlocks) {
  expect_same_samples({96, 64}, 0);
  // Tiles of HEVC are copied together.
  EXPECT_EQ(is_used_, GetParam()->info.format != Format::heif);
}

TEST_P(LentMemory, HoldsPicturesOfPartsOfBlocks) {
  expect_same_samples({75, 43}, 0);
  expect_same_samples({75, 43}, 16);
  expect_same_samples({1, 1}, 0);
}

TEST_P(LentMemory, LivesAsLongAsThePicture) {
  TaskPool pool(1);
  const Bytes file = make_file(*GetParam(), {64, 64}, pool);
  Result<OwnedPicture> picture = make_error(Errc::internal, "nothing yet");
  {
    WatchedMemory memory(0);
    auto unpacker = Unpacker::create(file, {.layouts = {}, .memory = &memory}, pool);
    ASSERT_TRUE(unpacker.has_value());
    picture = unpacker->unpack();
  }
  ASSERT_TRUE(picture.has_value());
  EXPECT_FALSE(samples_of(picture->picture.main).empty());
}

const CodecDescriptor* find_readable(Format format) {
  const CodecDescriptor* const codec = find_codec(format);
  return codec == nullptr || codec->open_decoder == nullptr ? nullptr : codec;
}

TEST(UnpackLimits, CountWhatIsConvertedBesideWhatItBecomes) {
  const CodecDescriptor* const png = find_readable(Format::png);
  if (png == nullptr) {
    GTEST_SKIP() << "built without PNG";
  }
  TaskPool pool(1);
  const Bytes file = make_file(*png, {64, 64}, pool);
  static constexpr std::array kWithAlpha = {PixelFormat::rgba};
  constexpr std::uint64_t kBytes = 64 * 64 * (3 + 4);
  const auto refused =
      Unpacker::create(file, {.limits = {.max_memory_bytes = kBytes - 1}, .layouts = kWithAlpha}, pool);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::limit_exceeded);
  EXPECT_NE(refused.error().message.find("beside 12288 bytes"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(
      Unpacker::create(file, {.limits = {.max_memory_bytes = kBytes}, .layouts = kWithAlpha}, pool).has_value());
}

TEST(UnpackLimits, CountAGainMapBesideItsBase) {
  TaskPool pool(1);
  ImageBuffer base;
  ImageBuffer map;
  ASSERT_TRUE(base.reset({.layout = PixelFormat::gray8, .size = {64, 64}, .color = {}, .hdr = {}}).has_value());
  ASSERT_TRUE(map.reset({.layout = PixelFormat::gray8, .size = {32, 32}, .color = {}, .hdr = {}}).has_value());
  Picture picture{.main = std::as_const(base).view(), .gain_map = {}, .auxiliary = {}, .metadata = {}};
  picture.gain_map = GainMap{.image = std::as_const(map).view(), .metadata = {}};
  picture.gain_map->metadata.alternate_hdr_headroom = 2;
  const auto packer = Packer::create(picture.main.format, {.format = Format::jpeg, .chroma_subsampling = {}}, pool);
  ASSERT_TRUE(packer.has_value());
  VectorSink sink;
  ASSERT_TRUE(packer->pack(picture, sink).has_value());
  const Bytes file = sink.take();

  constexpr std::uint64_t kBytes = 64 * 64 + 32 * 32;
  const auto tight = Unpacker::create(file, {.limits = {.max_memory_bytes = kBytes - 1}, .layouts = {}}, pool);
  ASSERT_TRUE(tight.has_value());
  EXPECT_FALSE(tight->info().has_gain_map);
  const auto exact = Unpacker::create(file, {.limits = {.max_memory_bytes = kBytes}, .layouts = {}}, pool);
  ASSERT_TRUE(exact.has_value());
  EXPECT_TRUE(exact->info().has_gain_map);
}

std::vector<const CodecDescriptor*> readable() {
  std::vector<const CodecDescriptor*> codecs;
  std::ranges::copy_if(codec_list(), std::back_inserter(codecs),
                       [](const CodecDescriptor* codec) { return codec->open_decoder != nullptr; });
  return codecs;
}

INSTANTIATE_TEST_SUITE_P(Every, LentMemory, testing::ValuesIn(readable()),
                         [](const auto& test) { return std::string(test.param->info.name); });

}  // namespace
}  // namespace imagepacker
