// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <webp/encode.h>

#include "codec/codec.h"

namespace imagepacker::webp {

/// Encodes one kind of picture with one configuration of libwebp.
class WebpEncoder final : public Encoder {
 public:
  /// `input`: i420, a420, bgrx or bgra, see WebpPixels. `icc`: the profile for pictures that bring none.
  WebpEncoder(ImageFormat input, const WebPConfig& config, Bytes icc)
      : input_(input), config_(config), icc_(std::move(icc)) {}

  [[nodiscard]] const ImageFormat& input() const override { return input_; }
  Status encode(const EncodeJob& job, ByteSink& sink) const override;

 private:
  ImageFormat input_;
  WebPConfig config_;
  Bytes icc_;
};

}  // namespace imagepacker::webp
