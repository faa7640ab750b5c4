// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "hdr/video_kernels.h"
#include "image/row_source.h"

namespace imagepacker {

/// The fast way from HDR video to the SDR picture that JPEG takes, band by band: the tone map, primaries and sRGB curve
/// that a ConversionPlan would apply, within a code of its result. Borrows the picture.
class ToneMappedRows final : public RowSource {
 public:
  /// None where the general way has to be taken: `image` has a layout that VideoCodes does not read, or `target` is not
  /// 8-bit 4:2:0 in BT.601 full range with the sRGB curve. The tone map is for the peak that image.format states.
  static std::optional<ToneMappedRows> create(const ImageView& image, const ImageFormat& target);

  [[nodiscard]] const ImageFormat& format() const override { return target_; }
  Result<ImageView> rows(int first, int count, ImageBuffer& scratch) const override;
  [[nodiscard]] bool is_window() const override { return false; }

 private:
  ToneMappedRows(const ImageView& image, const ImageFormat& target);

  const ImageView& image_;
  ImageFormat target_;
  VideoCodes codes_;
  LightCurves light_;
  SdrCurves sdr_;
};

}  // namespace imagepacker
