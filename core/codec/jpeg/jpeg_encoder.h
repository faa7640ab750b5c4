// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "codec/codec.h"
#include "codec/jpeg/baseline_encode.h"
#include "container/jpeg_segments.h"

namespace imagepacker::jpeg {

/// What a picture is encoded with, decided once.
struct JpegSettings {
  ImageFormat input;
  BaselineSettings coding;
  BaselineSettings map_coding;  ///< of a gain map
  bool progressive = false;     ///< through libjpeg-turbo, with the quantisation tables alone
  Bytes icc;  ///< the profile that stands for `input`'s colour when the picture brings none; empty where none is needed
};

/// Compresses job.image and writes it behind `head`, which holds all application segments. Looks neither at the
/// metadata nor at the gain map.
Status encode_picture(const JpegSettings& settings, JpegSegmentWriter& head, const EncodeJob& job, ByteSink& sink);

class JpegEncoder final : public Encoder {
 public:
  explicit JpegEncoder(JpegSettings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] const ImageFormat& input() const override { return settings_.input; }
  Status encode(const EncodeJob& job, ByteSink& sink) const override;

 private:
  JpegSettings settings_;
};

}  // namespace imagepacker::jpeg
