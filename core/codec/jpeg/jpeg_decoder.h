// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>

#include "codec/codec.h"
#include "codec/jpeg/gain_map_reading.h"
#include "codec/jpeg/jpeg_image.h"

namespace imagepacker::jpeg {

/// A JPEG file: its primary image, and the gain map behind it.
class JpegDecoder final : public Decoder {
 public:
  static Result<std::unique_ptr<Decoder>> open(ByteView file, const UnpackLimits& limits);

  [[nodiscard]] const ImageInfo& info() const override { return info_; }
  [[nodiscard]] bool can_decode_into(const MutableImageView& target) const override {
    return fits_blocks(primary_, target);
  }
  [[nodiscard]] const Metadata& metadata() const override { return primary_.metadata; }
  Result<DecodedPicture> decode(const DecodeJob& job) override;

 private:
  JpegDecoder(JpegImage primary, std::optional<JpegGainMap> gain_map);

  JpegImage primary_;
  std::optional<JpegGainMap> gain_map_;
  ImageInfo info_;
};

}  // namespace imagepacker::jpeg
