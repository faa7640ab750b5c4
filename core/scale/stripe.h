// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "image/image_buffer.h"
#include "imagepacker/result.h"
#include "scale/row_resampler.h"

namespace imagepacker {

/// Some rows of one component of a picture on its way to another size.
struct Stripe {
  const ImageView& source;
  const MutableImageView& target;
  int component;
  AxisScaling horizontal;
  AxisScaling vertical;  ///< of the whole component
  int first_row;         ///< in the target's component
  int row_count;
};

/// Scales one stripe. Colour of pictures with straight alpha is weighted by alpha, so that what is transparent leaves
/// no fringe; that of premultiplied ones goes along where alpha is clamped. Errors: as RowResampler. Throws
/// std::bad_alloc.
Status scale_stripe(const Stripe& stripe);

}  // namespace imagepacker
