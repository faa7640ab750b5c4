// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>
#include <vector>

#include "hdr/light_rows.h"
#include "hdr/piecewise_cubic.h"
#include "image/image_buffer.h"
#include "imagepacker/image.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// Columns and rows of a gain map for a picture of `size` at 1 / `scale` of its resolution: rounded, at least 1×1.
Size gain_map_size(Size size, int scale);

/// Whether readers take a map of that size for one of `picture`: they accept 1 % between the aspect ratios.
bool has_shape_of(Size map, Size picture);

/// Makes the one-channel gain map that undoes the tone map of section 5.4.1 of BT.2390: since the tone map scales all
/// three components alike, by a factor that depends on max(R, G, B) alone, so does the gain, exactly and without any
/// offset. A sample of a smaller map is the mean of the log2 gain over exactly the pixels (and parts of pixels) that it
/// covers. Immutable.
class GainMapMaker {
 public:
  /// `rows` is borrowed. `peak_nits`: that of the tone map, see content_peak_nits. `scale`: 1, 2 or 4.
  GainMapMaker(const LightRows& rows, double peak_nits, int scale);

  /// Gray, 8 bit, full range.
  [[nodiscard]] const ImageFormat& format() const { return format_; }

  /// Gain 0 to what lifts SDR white to the content's peak (at least 0.01), which is the alternate headroom too.
  [[nodiscard]] GainMapMetadata metadata() const;

  /// Fills `map`, which is reset to format(). Bytes do not depend on the pool.
  Status make(const ImageView& image, ImageBuffer& map, TaskPool& pool, const std::stop_token& stop) const;

 private:
  /// The samples of one axis of the picture that one sample of the map covers.
  struct Footprint {
    int first;
    int count;
    float first_weight;  ///< of the first and last: the covered part; all others count whole
    float last_weight;
  };

  /// What rows of the map are made in, one after the other.
  struct GainMemory {
    ImageBuffer scratch;
    std::vector<float> gains;
    std::vector<float> sums;
  };

  static std::vector<Footprint> footprints(int samples, int cells);
  Status make_rows(const ImageView& image, int first, int count, GainMemory& memory, const MutableImageView& map) const;
  void add_row(const float* gains, float weight, float* sums) const;

  const LightRows& rows_;
  ImageFormat format_;
  double gain_max_;
  LightCubic gain_;     ///< log2 gain in 0..1 of gain_max_
  bool pairs_columns_;  ///< every sample covers two whole columns
  std::vector<Footprint> columns_;
  std::vector<Footprint> lines_;
};

}  // namespace imagepacker
