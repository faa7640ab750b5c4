// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/color_math.h"

#include <cmath>

namespace imagepacker::testing {

LumaWeights luma_weights(Matrix matrix) {
  switch (matrix) {
    case Matrix::bt709:
      return {0.2126, 0.0722};
    case Matrix::bt2020_ncl:
      return {0.2627, 0.0593};
    case Matrix::fcc:
      return {0.30, 0.11};
    case Matrix::smpte240m:
      return {0.212, 0.087};
    default:
      return {0.299, 0.114};
  }
}

Triple ypbpr_from_rgb(const Triple& rgb, Matrix matrix) {
  const auto [kr, kb] = luma_weights(matrix);
  const double y = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2];
  return {y, 0.5 * (rgb[2] - y) / (1 - kb), 0.5 * (rgb[0] - y) / (1 - kr)};
}

Triple rgb_from_ypbpr(const Triple& ypbpr, Matrix matrix) {
  const auto [kr, kb] = luma_weights(matrix);
  const double red = ypbpr[0] + 2 * (1 - kr) * ypbpr[2];
  const double blue = ypbpr[0] + 2 * (1 - kb) * ypbpr[1];
  return {red, (ypbpr[0] - kr * red - kb * blue) / (1 - kr - kb), blue};
}

CodeScale luma_scale(Range range, int depth) {
  return range == Range::full ? CodeScale{0, std::ldexp(1.0, depth) - 1}
                              : CodeScale{std::ldexp(16.0, depth - 8), std::ldexp(219.0, depth - 8)};
}

CodeScale chroma_scale(Range range, int depth) {
  return {std::ldexp(1.0, depth - 1), range == Range::full ? std::ldexp(1.0, depth) - 1 : std::ldexp(224.0, depth - 8)};
}

}  // namespace imagepacker::testing
