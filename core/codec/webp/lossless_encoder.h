// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <webp/encode.h>

#include "codec/codec.h"

namespace imagepacker::webp {

/// Lossless WebP, coded by libwebp.
class LosslessEncoder final : public Encoder {
 public:
  /// `input`: bgrx or bgra. `config`: as make_lossless_config() makes it. `icc`: the profile for pictures that bring
  /// none.
  LosslessEncoder(ImageFormat input, const WebPConfig& config, Bytes icc)
      : input_(input), config_(config), icc_(std::move(icc)) {}

  [[nodiscard]] const ImageFormat& input() const override { return input_; }
  Status encode(const EncodeJob& job, ByteSink& sink) const override;

 private:
  ImageFormat input_;
  WebPConfig config_;
  Bytes icc_;
};

}  // namespace imagepacker::webp
