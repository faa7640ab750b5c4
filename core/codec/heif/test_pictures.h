// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

#include "codec/heif/decoded_plane.h"
#include "image/image_buffer.h"
#include "imagepacker/image.h"

namespace imagepacker::heif {

/// A planar picture with memory of its own: smooth slopes, edges and a little noise, the same in every run.
class TestPicture {
 public:
  explicit TestPicture(const ImageFormat& format);

  [[nodiscard]] ImageView view() const { return buffer_.view(); }

  /// The planes as a decoder without loss would give them.
  [[nodiscard]] std::array<DecodedPlane, 4> planes() const;

 private:
  ImageBuffer buffer_;
};

/// The planes of a planar picture, alpha as the fourth.
std::array<DecodedPlane, 4> planes_of(const ImageView& source);

/// Peak signal-to-noise ratio in dB, 999 when equal. The planes have the same size.
double psnr(const DecodedPlane& a, const DecodedPlane& b);

}  // namespace imagepacker::heif
