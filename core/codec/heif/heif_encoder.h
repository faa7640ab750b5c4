// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "codec/codec.h"
#include "codec/heif/hevc_still.h"

namespace imagepacker::heif {

/// Writes HEIF files with HEVC inside, through encode_hevc() and make_file().
class HeifEncoder final : public Encoder {
 public:
  /// `input`: from choose_input(). `color`, `alpha` and `map`: settings of the picture, its alpha plane and its gain
  /// map; their `wavefront_threads` are set per job.
  HeifEncoder(ImageFormat input, const HevcSettings& color, const HevcSettings& alpha, const HevcSettings& map)
      : input_(std::move(input)), color_(color), alpha_(alpha), map_(map) {}

  [[nodiscard]] const ImageFormat& input() const override { return input_; }
  Status encode(const EncodeJob& job, ByteSink& sink) const override;

 private:
  ImageFormat input_;
  HevcSettings color_;
  HevcSettings alpha_;
  HevcSettings map_;
};

}  // namespace imagepacker::heif
