// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "color/conversion.h"
#include "color/curve_table.h"
#include "hdr/base_light.h"
#include "image/image_buffer.h"
#include "imagepacker/image.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Reads the factors of a gain map (ISO 21496-1 clause 6.2 with weight 1) for the pixels of its base: interpolated
/// linearly, the full extent of one on that of the other. Immutable.
class GainRows {
 public:
  /// Samples of the map for a band of the base's rows, and memory of one task.
  struct Band {
    ImageView codes;
    int first_row = 0;  ///< of the map
    ImageBuffer memory;
    std::vector<std::uint16_t> sample_row;
    std::vector<float> above;
    std::vector<float> below;
  };

  /// `map`: gray, YCbCr or RGB; `base`: the size of the base. With bytes, the map becomes R'G'B' of 8 bit first.
  /// Errors: of ConversionPlan::create.
  static Result<GainRows> create(const ImageFormat& map, Size base, const GainMapMetadata& metadata,
                                 RgbPrecision precision);

  /// The three factors of a pixel are one.
  [[nodiscard]] bool is_one_channel() const { return gain_.size() == 1; }

  /// Makes `band` ready for rows [first, first + count) of the base. Errors: out_of_memory.
  Status prepare(const ImageView& map, int first, int count, Band& band) const;

  /// The factors of `channel` in row `row` of the base, which lies in the band.
  void read(Band& band, int row, int channel, float* out) const;

 private:
  /// Samples of the map beside a pixel's place, and what the second weighs.
  struct Tap {
    int first;
    int second;
    float weight;
  };

  explicit GainRows(ConversionPlan to_codes) : to_codes_(std::move(to_codes)) {}
  static std::vector<Tap> taps(int pixels, int samples);

  ConversionPlan to_codes_;
  std::vector<CodeTable> gain_;  ///< one or three
  std::vector<Tap> columns_;
  std::vector<Tap> lines_;
};

}  // namespace imagepacker
