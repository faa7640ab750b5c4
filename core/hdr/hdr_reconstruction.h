// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <optional>
#include <stop_token>

#include "color/curve_table.h"
#include "hdr/base_light.h"
#include "hdr/gain_rows.h"
#include "image/image_buffer.h"
#include "imagepacker/image.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// What an SDR picture of format `base` and its gain map make: R'G'B' of 12 bit, PQ and BT.2020, with the alpha of the
/// base, straight. 12 bit because the steps of PQ in 10 bit would add to those of the base.
ImageFormat reconstructed_format(const ImageFormat& base);

/// Makes the HDR rendition in full (ISO 21496-1 clause 6 with weight 1): base and map as `precision` says, the map
/// interpolated linearly, the full extent of one on that of the other. Immutable.
class HdrReconstruction {
 public:
  /// `map` is gray, YCbCr or RGB; its color names the primaries in which the gain applies when it is not the base's.
  /// `metadata` is valid with the base headroom below the alternate one. Errors: of ConversionPlan::create.
  static Result<HdrReconstruction> create(const ImageFormat& base, const ImageFormat& map,
                                          const GainMapMetadata& metadata, RgbPrecision precision);

  /// Fills `target`, which is reset to reconstructed_format(). Both views are valid and of create()'s formats. Bytes do
  /// not depend on the pool. Errors: out_of_memory, cancelled.
  Status make(const ImageView& base, const ImageView& map, ImageBuffer& target, TaskPool& pool,
              const std::stop_token& stop) const;

 private:
  using Matrix = std::array<std::array<float, 3>, 3>;

  HdrReconstruction(BaseLight base, GainRows gains, const GainMapMetadata& metadata);
  Status make_rows(const ImageView& base, const ImageView& map, int first, int count,
                   const MutableImageView& target) const;

  BaseLight base_;
  GainRows gains_;
  GainMapMetadata metadata_;
  std::optional<Matrix> to_alternate_;
  Matrix to_target_;
  LightTable pq_;
};

}  // namespace imagepacker
