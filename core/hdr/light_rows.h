// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "color/conversion.h"
#include "color/curve_table.h"
#include "hdr/tone_curves.h"
#include "hdr/video_codes.h"
#include "image/image_buffer.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Reads how bright the pixels of an HDR picture are: max(R, G, B) of the light on a display, linear and relative to
/// SDR white, which is what BT.2390's curve, MaxCLL and the gain map depend on. Immutable.
class LightRows {
 public:
  /// `source`: HDR. `background` is what a picture with alpha is flattened onto, as in ConversionPlan::create; without
  /// one its colours are read as they are under their alpha, and as black where nothing of them is seen. Errors as
  /// there.
  static Result<LightRows> create(const ImageFormat& source, std::optional<std::uint32_t> background);

  /// The light of rows [first, first + count) of `image`, row after row without gaps, to `out`: finite, 0 to about 50.
  /// `first` and `count` as in RowSource::rows.
  Status read(const ImageView& image, int first, int count, ImageBuffer& scratch, float* out) const;

  [[nodiscard]] const ImageFormat& source() const { return source_; }

 private:
  /// What HLG needs besides a curve: display light per scene light depends on the luminance of the scene.
  struct SceneRendering {
    std::array<float, 3> luminance_weights;
    LightTable gain;
  };

  /// The way for any layout.
  struct General {
    ConversionPlan to_codes;           ///< R'G'B' in full range
    std::vector<float> light_of_code;  ///< by code; display light (PQ) or scene light (HLG)
    std::optional<SceneRendering> rendering;
  };

  /// The fast way, for the layouts that it knows.
  struct Video {
    VideoCodes codes;
    LightCurves light;
  };

  explicit LightRows(const ImageFormat& source) : source_(source) {}
  static Status read_general(const General& general, const ImageView& image, int first, int count, ImageBuffer& scratch,
                             float* out);

  ImageFormat source_;
  std::optional<General> general_;
  std::optional<Video> video_;
};

}  // namespace imagepacker
