// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "codec/webp/vp8/macroblock.h"
#include "image/row_source.h"
#include "imagepacker/result.h"

namespace imagepacker::vp8 {

/// The samples of a row of macroblocks. What alpha hides is evened out, so that it takes few bits: see
/// even_out_hidden().
class SourceRows {
 public:
  /// Reads 16 rows of `image`, an i420 or a420 picture, from `first` on, or what there is. Errors: those of `image`.
  Status read(const RowSource& image, int first);

  /// The macroblock in `column`; beyond the picture's edges its last samples are repeated.
  void macroblock(int column, MacroblockSamples& samples) const;

 private:
  ImageBuffer scratch_;
  ImageView view_;
};

}  // namespace imagepacker::vp8
