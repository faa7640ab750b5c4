// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideoencoder.h>

#include <exception>
#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/text.h"
#include "encode_watch.h"
#include "engine.h"
#include "frame_queue.h"

namespace imagepacker::element {

/// A frame of a stream between handle_frame and its push.
class FrameInFlight final : public QueuedFrame {
 public:
  /// `encoder` and its `statistics` outlive it.
  FrameInFlight(GstVideoEncoder* encoder, EncodeStatistics& statistics, GstVideoCodecFrame* frame,
                std::shared_ptr<const Metadata> metadata, std::shared_ptr<const Engine> engine, std::stop_token stop)
      : encoder_(encoder),
        statistics_(statistics),
        frame_(frame),
        metadata_(std::move(metadata)),
        engine_(std::move(engine)),
        stop_(std::move(stop)) {}
  ~FrameInFlight() override {
    if (frame_ != nullptr) {
      gst_video_codec_frame_unref(frame_);
    }
  }
  FrameInFlight(const FrameInFlight&) = delete;
  FrameInFlight& operator=(const FrameInFlight&) = delete;

  void work(bool is_alone) override {
    try {
      EncodeWatch watch(GST_ELEMENT(encoder_), statistics_, frame_->input_buffer);
      bytes_ = engine_->encode(frame_->input_buffer, *metadata_, is_alone, stop_, notices_);
      watch.set_done(bytes_.has_value());
    } catch (const std::exception& exception) {
      bytes_ = make_error(Errc::out_of_memory, text("no memory to encode a frame: ", exception.what()));
    }
  }

  /// Both belong to the caller then.
  GstVideoCodecFrame* take_frame() { return std::exchange(frame_, nullptr); }
  Result<BufferPtr> take_bytes() { return std::move(bytes_); }

  [[nodiscard]] const std::vector<Notice>& notices() const { return notices_; }

 private:
  GstVideoEncoder* const encoder_;
  EncodeStatistics& statistics_;
  GstVideoCodecFrame* frame_;
  std::shared_ptr<const Metadata> metadata_;
  std::shared_ptr<const Engine> engine_;
  std::stop_token stop_;
  Result<BufferPtr> bytes_ = BufferPtr();
  std::vector<Notice> notices_;
};

}  // namespace imagepacker::element
