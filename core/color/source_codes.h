// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "imagepacker/image.h"
#include "kernels/sample_rows.h"

namespace imagepacker {

/// One row of one component, sample beside sample.
struct CodeRow {
  const std::byte* samples = nullptr;  ///< at any address
  int sample_bytes = 1;                ///< 1, 2 or 4
  WordField field;                     ///< of samples of 2 and 4 bytes

  friend bool operator==(const CodeRow&, const CodeRow&) = default;
};

/// Reads a picture component by component. Rows of planes that hold one component are the picture's own memory; pixels
/// of several components are taken apart once for all of them, and the last rows are kept.
class SourceCodes {
 public:
  /// Rows of one plane that are valid at the same time.
  static constexpr int kRows = 4;

  /// `image` is valid and borrowed. Throws std::bad_alloc.
  explicit SourceCodes(const ImageView& image);

  /// Of the samples in rows: 1, 2 or 4.
  [[nodiscard]] int sample_bytes() const { return sample_bytes_; }

  /// Row `row`, in rows of the component. Good until kRows more rows of the same plane have been asked for.
  CodeRow row(int component, int row);

  /// The same as code − offset, exactly.
  void read(int component, int row, std::size_t count, float offset, float* out);

 private:
  /// The rows of one plane, taken apart.
  struct PlaneRows {
    std::array<int, kRows> numbers{};
    std::size_t pitch_bytes = 0;          ///< of one component's row
    std::unique_ptr<std::byte[]> memory;  ///< not a vector, which would write all of it beforehand
  };

  [[nodiscard]] std::byte* place(PlaneRows& rows, int slot, int lane) const;
  void take_apart(int plane, int row, PlaneRows& rows, int slot);
  void take_apart_422(const std::byte* from, PlaneRows& rows, int slot);
  void take_apart_v210(const std::byte* from, PlaneRows& rows, int slot);

  const ImageView& image_;
  const PixelFormatInfo& info_;
  int sample_bytes_;
  WordField field_;  ///< of components that all have the same
  std::array<PlaneRows, 3> planes_;
};

}  // namespace imagepacker
