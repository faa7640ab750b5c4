// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "imagepacker/image.h"

namespace imagepacker {

/// How the samples of a common layout of HDR video (4:2:0, more than 8 bit in little-endian words) become R'G'B'.
struct VideoCodes {
  /// Only where reads(source).
  explicit VideoCodes(const ImageFormat& source);

  static bool reads(const ImageFormat& source);

  /// What the nearer chroma samples weigh in the even and odd pixels of an axis.
  struct Upsampling {
    float even_before = 0;  ///< of the sample before
    float even_own = 1;
    float odd_own = 1;
    float odd_after = 0;
  };

  bool has_paired_chroma = false;  ///< Cb and Cr lie in turn in plane 1
  int shift = 0;                   ///< of the code in its word
  std::uint16_t mask = 0;          ///< of the code after the shift
  float luma_offset = 0;
  float chroma_offset = 0;
  float luma_scale = 1;
  float red_cr = 0, green_cb = 0, green_cr = 0, blue_cb = 0;
  Upsampling columns, rows;
};

}  // namespace imagepacker
