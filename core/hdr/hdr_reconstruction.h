// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <optional>
#include <stop_token>
#include <vector>

#include "color/conversion.h"
#include "color/curve_table.h"
#include "image/image_buffer.h"
#include "imagepacker/image.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// What an SDR picture of format `base` and its gain map make: R'G'B' of 12 bit, PQ and BT.2020, with the alpha of the
/// base. 12 bit because the steps of PQ in 10 bit would add to those of the base.
ImageFormat reconstructed_format(const ImageFormat& base);

/// Makes the HDR rendition in full (ISO 21496-1 clause 6 with weight 1): the base's R'G'B' rounded to its own depth, as
/// other readers have it, and the map interpolated linearly, the full extent of one on that of the other. Immutable.
class HdrReconstruction {
 public:
  /// `map` is gray, YCbCr or RGB; its color names the primaries in which the gain applies when it is not the base's.
  /// `metadata` is valid with the base headroom below the alternate one. Errors: of ConversionPlan::create.
  static Result<HdrReconstruction> create(const ImageFormat& base, const ImageFormat& map,
                                          const GainMapMetadata& metadata);

  /// Fills `target`, which is reset to reconstructed_format(). Both views are valid and of create()'s formats. Bytes do
  /// not depend on the pool. Errors: out_of_memory, cancelled.
  Status make(const ImageView& base, const ImageView& map, ImageBuffer& target, TaskPool& pool,
              const std::stop_token& stop) const;

 private:
  /// Samples of the map beside a pixel's place, and what the second weighs.
  struct Tap {
    int first;
    int second;
    float weight;
  };
  using Matrix = std::array<std::array<float, 3>, 3>;
  struct Work;

  HdrReconstruction(ConversionPlan base_codes, std::optional<ConversionPlan> map_codes,
                    const GainMapMetadata& metadata);
  static std::vector<Tap> taps(int pixels, int samples);
  Status make_rows(const ImageView& base, const ImageView& map, int first, int count,
                   const MutableImageView& target) const;
  void yuv_to_rgb(std::size_t width, Work& work) const;
  void read_gain(const ImageView& map, int row, int channel, Work& work, float* out) const;

  ConversionPlan base_codes_;                ///< to planes of one resolution
  std::optional<ConversionPlan> map_codes_;  ///< of maps of three components to R, G, B
  GainMapMetadata metadata_;
  bool is_one_channel_;
  float codes_per_step_ = 1;  ///< codes of the base per code of those planes
  float coded_neutral_ = 0;   ///< chroma of gray in those planes
  bool even_columns_go_up_ = true;
  std::array<float, 3> yuv_offset_{};
  Matrix from_yuv_{};  ///< centred codes of 8-bit YCbCr to codes of R'G'B'
  std::vector<float> light_of_code_;
  std::optional<Matrix> to_alternate_;
  Matrix to_target_;
  std::vector<CodeTable> gain_;  ///< one or three
  LightTable pq_;
  std::vector<Tap> columns_;
  std::vector<Tap> lines_;
};

}  // namespace imagepacker
