// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "color/source_codes.h"
#include "image/image_buffer.h"
#include "kernels/sample_rows.h"

namespace imagepacker {

/// Writes a picture component by component. Rows of planes that hold one component are written in place; pixels of
/// several components are put together when all of them are there. Rows are in rows of the component.
class TargetCodes {
 public:
  /// `image` is borrowed. Throws std::bad_alloc.
  explicit TargetCodes(const MutableImageView& image);

  /// Where the codes of a row can be written sample beside sample, as bytes or (layouts of words) as words with
  /// field(component); nullptr for layouts that only write() can fill.
  std::byte* place(int component, int row);
  [[nodiscard]] WordField field(int component) const;
  [[nodiscard]] int sample_bytes() const { return sample_bytes_; }

  /// Rounds values + offset to codes, see floats_to_codes().
  void write(int component, int row, int count, const float* values, float offset);

  /// Takes a row of codes as it is; it has the same sample_bytes() and as many bits, and stays as it is until the row
  /// is finished.
  void copy(int component, int row, int count, const CodeRow& codes);

  /// The highest code, which is opaque alpha.
  void fill_with_highest(int component, int row, int count);

  /// Called when a row of luma (RGB, alpha) or of chroma is complete.
  void finish_row(bool is_chroma, int row);

  /// Called before the first sample of a luma row is written.
  void begin_row(int row);

 private:
  static constexpr int kLanes = 4;
  [[nodiscard]] bool is_in_place(int component) const;
  [[nodiscard]] std::byte* own_lane(std::size_t index);

  const MutableImageView& image_;
  const PixelFormatInfo& info_;
  int sample_bytes_;                    ///< 1 or 2; 0 for layouts that are scattered sample by sample
  std::array<int, 4> pixel_samples_{};  ///< samples of a pixel in each plane
  std::size_t pitch_bytes_ = 0;
  std::array<const std::byte*, kLanes> lanes_{};  ///< where the samples of pixels are to be taken from
  std::vector<std::byte> memory_;  ///< a component each; no layout has more than one plane of such pixels
  std::vector<float> highest_;
};

}  // namespace imagepacker
