// SPDX-License-Identifier: LGPL-2.1-or-later
// Inputs as an attacker or a careless caller would have them; worth most under the sanitizers.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>

#include "base/text.h"
#include "codec/codec_list.h"
#include "codec/jpeg/decoded_jpeg.h"
#include "codec/jpeg/test_pictures.h"

namespace imagepacker::jpeg {
namespace {

using Random = std::mt19937;

Bytes random_bytes(Random& random, std::size_t count) {
  Bytes bytes(count);
  for (std::byte& each : bytes) {
    each = static_cast<std::byte>(random());
  }
  return bytes;
}

/// A picture whose planes are heap blocks of exactly the bytes that a valid view needs: odd strides, the last row cut
/// behind its last sample.
struct TightPicture {
  TightPicture(Random& random, PixelFormat layout, Size size) {
    const ImageBuffer content = make_picture(layout, size, kAllContents[random() % std::size(kAllContents)], random());
    view = content.view();
    for (int p = 0; p < view.format.info().plane_count; ++p) {
      Plane& plane = view.planes[static_cast<std::size_t>(p)];
      const auto row_bytes = plane_row_bytes(view.format.info(), p, size);
      const auto rows = static_cast<std::size_t>(plane_height(view.format.info(), p, size));
      const std::size_t stride = row_bytes + random() % 5;
      const std::size_t count = stride * (rows - 1) + row_bytes;
      memory[static_cast<std::size_t>(p)] = std::make_unique<std::byte[]>(count);
      for (std::size_t y = 0; y < rows; ++y) {
        std::copy_n(plane.bytes.data() + y * plane.stride_bytes, row_bytes,
                    memory[static_cast<std::size_t>(p)].get() + y * stride);
      }
      plane = {{memory[static_cast<std::size_t>(p)].get(), count}, stride};
    }
  }
  ImageView view;
  std::array<std::unique_ptr<std::byte[]>, 4> memory;
};

PackingOptions random_options(Random& random) {
  PackingOptions options;
  options.quality = static_cast<int>(random() % 101);
  options.effort = static_cast<int>(random() % 11);
  options.progressive = random() % 4 == 0;
  options.huffman_tables = options.progressive || random() % 2 == 0 ? HuffmanTables::optimal : HuffmanTables::standard;
  return options;
}

TEST(JpegHostile, ReadsNothingBehindThePlanes) {
  Random random(2024);
  constexpr PixelFormat kLayouts[] = {PixelFormat::gray8, PixelFormat::i420, PixelFormat::y42b, PixelFormat::y444,
                                      PixelFormat::nv12,  PixelFormat::nv21, PixelFormat::nv16, PixelFormat::nv24};
  TaskPool pool(2);
  for (int round = 0; round < 150; ++round) {
    const int limit = round % 10 == 0 ? 700 : 70;
    const Size size = {1 + static_cast<int>(random() % limit), 1 + static_cast<int>(random() % limit)};
    const TightPicture picture(random, kLayouts[random() % std::size(kLayouts)], size);
    PackingOptions options = random_options(random);
    if (picture.view.format.info().plane_count == 2) {
      options.progressive = false;  // libjpeg reads planes only, so the packer would convert
    }
    ASSERT_TRUE(validate(picture.view).has_value());
    const auto encoder = find_codec(Format::jpeg)->create_encoder(picture.view.format, options);
    ASSERT_TRUE(encoder.has_value()) << encoder.error().message;
    ASSERT_EQ((*encoder)->input(), picture.view.format);
    const Metadata metadata = {.exif = random_bytes(random, random() % 3 == 0 ? random() % 65528 : 0),
                               .xmp = random_bytes(random, random() % 3 == 0 ? random() % 200000 : 0),
                               .icc = random_bytes(random, random() % 3 == 0 ? random() % 200000 : 0)};
    const ViewRows rows(picture.view);
    VectorSink sink;
    const Status status = (*encoder)->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = {}}, sink);
    ASSERT_TRUE(status.has_value()) << status.error().message;
    const DecodedJpeg decoded = decode_jpeg(sink.bytes());
    ASSERT_EQ(decoded.error, "") << size.width << "x" << size.height;
    ASSERT_EQ(decoded.width, size.width);
    ASSERT_EQ(decoded.height, size.height);
    ASSERT_EQ(decoded.icc.size(), metadata.icc.size());
  }
}

/// Rows that end in an error.
class FailingRows final : public RowSource {
 public:
  FailingRows(const ImageView& view, int fails_from) : view_(view), fails_from_(fails_from) {}
  [[nodiscard]] const ImageFormat& format() const override { return view_.format; }
  Result<ImageView> rows(int first, int count, ImageBuffer&) const override {
    if (first >= fails_from_) {
      return make_error(Errc::corrupt_input, text("row ", first));
    }
    return row_window(view_, first, count);
  }
  [[nodiscard]] bool is_window() const override { return true; }

 private:
  const ImageView& view_;
  int fails_from_;
};

class FailingSink final : public ByteSink {
 public:
  explicit FailingSink(int good_writes) : left_(good_writes) {}
  Status write(ByteView) override {
    EXPECT_GE(left_, 0) << "written to after a failure";
    if (left_-- == 0) {
      return make_error(Errc::sink_failed, "disk full");
    }
    return {};
  }

 private:
  int left_;
};

TEST(JpegHostile, HandsFailuresOn) {
  const ImageBuffer picture = make_picture(PixelFormat::i420, {1600, 1200}, Content::photo);
  const ImageView view = picture.view();
  const Metadata metadata;
  TaskPool pool(2);
  for (const PackingOptions& options : {PackingOptions{}, PackingOptions{.progressive = true},
                                        PackingOptions{.huffman_tables = HuffmanTables::standard}}) {
    const auto encoder = find_codec(Format::jpeg)->create_encoder(view.format, options);
    ASSERT_TRUE(encoder.has_value());
    for (const int fails_from : {0, 16, 800}) {
      VectorSink sink;
      const FailingRows rows(view, fails_from);
      const Status status = (*encoder)->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = {}}, sink);
      ASSERT_FALSE(status.has_value());
      EXPECT_EQ(status.error().code, Errc::corrupt_input);
    }
    for (const int good_writes : {0, 1}) {
      FailingSink sink(good_writes);
      const ViewRows rows(view);
      const Status status = (*encoder)->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = {}}, sink);
      ASSERT_FALSE(status.has_value());
      EXPECT_EQ(status.error().code, Errc::sink_failed);
    }
  }
}

TEST(JpegHostile, RefusesMetadataThatDoesNotFitBeforeItWrites) {
  const ImageBuffer picture = make_picture(PixelFormat::i420, {16, 16}, Content::photo);
  const ImageView view = picture.view();
  const auto encoder = find_codec(Format::jpeg)->create_encoder(view.format, {});
  TaskPool pool(1);
  VectorSink sink;
  const Metadata metadata = {.exif = Bytes(65528), .xmp = {}, .icc = {}};
  const ViewRows rows(view);
  const Status status = (*encoder)->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = {}}, sink);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Errc::limit_exceeded);
  EXPECT_TRUE(sink.bytes().empty());
}

TEST(JpegHostile, LongAndThinPicturesHaveWholeStrips) {
  TaskPool pool(2);
  for (const Size size : {Size{65500, 17}, Size{17, 65500}}) {
    const ImageBuffer picture = make_picture(PixelFormat::y444, size, Content::photo);
    const ImageView view = picture.view();
    const auto encoder = find_codec(Format::jpeg)->create_encoder(view.format, {.quality = 30});
    const ViewRows rows(view);
    VectorSink sink;
    const Metadata metadata;
    ASSERT_TRUE((*encoder)->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = {}}, sink).has_value());
    const DecodedJpeg decoded = decode_jpeg(sink.bytes());
    EXPECT_EQ(decoded.error, "");
    EXPECT_EQ(decoded.height, size.height);
  }
}

}  // namespace
}  // namespace imagepacker::jpeg
