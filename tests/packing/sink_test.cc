// SPDX-License-Identifier: LGPL-2.1-or-later
// What happens when bytes have nowhere to go, or nobody wants them any more.
#include <gtest/gtest.h>

#include <algorithm>
#include <stop_token>
#include <string>

#include "imagepacker/imagepacker.h"
#include "support/frame_content.h"
#include "support/raw_frame.h"

namespace imagepacker::testing {
namespace {

/// Takes `limit` bytes and refuses the write that would pass them.
class FullDisk final : public ByteSink {
 public:
  explicit FullDisk(std::size_t limit) : limit_(limit) {}

  Status write(ByteView bytes) override {
    EXPECT_FALSE(refused_) << "written to after a failure";
    if (written_ + bytes.size() > limit_) {
      refused_ = true;
      return make_error(Errc::sink_failed, "the disk is full");
    }
    written_ += bytes.size();
    return {};
  }

 private:
  std::size_t limit_;
  std::size_t written_ = 0;
  bool refused_ = false;
};

class Sink : public ::testing::TestWithParam<FormatInfo> {
 protected:
  Sink() {
    const ImageFormat format{.layout = PixelFormat::rgba, .size = {40, 30}, .color = {}, .alpha = Alpha::straight};
    frame_ = make_frame(photograph(format.size, ColorModel::rgb, format.color, false), format, 0);
  }

  [[nodiscard]] Packer packer() {
    auto created = Packer::create(frame_.format, {.format = GetParam().format}, pool_);
    EXPECT_TRUE(created.has_value()) << created.error().message;
    return std::move(created).value();
  }

  TaskPool pool_{2};
  RawFrame frame_;
};

TEST_P(Sink, FailureAtAnyByteIsReported) {
  const Packer packer = this->packer();
  VectorSink whole;
  ASSERT_TRUE(packer.pack({.main = frame_.view()}, whole));
  const std::size_t total = whole.bytes().size();
  for (std::size_t limit = 0; limit < total; limit += GetParam().format == Format::heif ? 97 : 1) {
    FullDisk disk(limit);
    const Status status = packer.pack({.main = frame_.view()}, disk);
    ASSERT_FALSE(status.has_value()) << "with room for " << limit << " of " << total << " bytes";
    ASSERT_EQ(Errc::sink_failed, status.error().code) << status.error().message;
    ASSERT_NE(std::string::npos, status.error().message.find("the disk is full")) << status.error().message;
  }
  FullDisk just_enough(total);
  EXPECT_TRUE(packer.pack({.main = frame_.view()}, just_enough));
}

TEST_P(Sink, CancelledBeforeItBegins) {
  std::stop_source stop;
  stop.request_stop();
  VectorSink sink;
  const Status status = packer().pack({.main = frame_.view()}, sink, stop.get_token());
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(Errc::cancelled, status.error().code);
}

INSTANTIATE_TEST_SUITE_P(Formats, Sink, ::testing::ValuesIn(supported_formats().begin(), supported_formats().end()),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace imagepacker::testing
