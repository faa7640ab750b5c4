// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <webp/encode.h>

#include "base/spares.h"
#include "codec/codec.h"
#include "codec/webp/vp8/key_frame.h"

namespace imagepacker::webp {

/// The project's own coder at the effort of `options`, 0..10, and one of its quantisation indices, 0 (fine) to 127.
vp8::KeyFrameSettings make_key_frame_settings(int effort, double quant_index);

/// Lossy WebP: colour by the project's own coder, alpha, which is kept exactly, by libwebp.
class Vp8Encoder final : public Encoder {
 public:
  /// `input`: i420 or a420. `alpha`: how alpha is coded, as make_lossless_config() makes it. `icc`: the profile for
  /// pictures that bring none.
  Vp8Encoder(ImageFormat input, const vp8::KeyFrameSettings& settings, const WebPConfig& alpha, Bytes icc)
      : input_(input), settings_(settings), alpha_(alpha), icc_(std::move(icc)) {}

  [[nodiscard]] const ImageFormat& input() const override { return input_; }
  Status encode(const EncodeJob& job, ByteSink& sink) const override;

 private:
  [[nodiscard]] Result<Bytes> encode_color(const EncodeJob& job) const;

  ImageFormat input_;
  vp8::KeyFrameSettings settings_;
  WebPConfig alpha_;
  Bytes icc_;
  mutable Spares<vp8::KeyFrameMemory> memory_;
};

}  // namespace imagepacker::webp
