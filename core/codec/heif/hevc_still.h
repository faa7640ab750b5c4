// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "codec/heif/hevc_headers.h"
#include "imagepacker/image.h"
#include "imagepacker/options.h"
#include "imagepacker/result.h"

namespace imagepacker::heif {

/// How one picture is compressed.
struct HevcSettings {
  double qp = 23;  ///< see hevc_qp()
  /// Every frequency is quantised alike, as suits data and HDR, where the colour difference of pixels counts. Else high
  /// frequencies are coarser and chroma is finer, as suits the eye, and `qp` is that of hevc_qp().
  bool flat = false;
  bool lossless = false;
  int effort = PackingOptions::kDefaultEffort;
  /// Threads that work on the picture together, along wavefronts; the number is without influence on the bytes. 0 codes
  /// without wavefronts in one thread, which takes fewer bytes.
  unsigned wavefront_threads = 0;
};

/// One compressed picture.
struct HevcStill {
  ParameterSets sets;
  Bytes data;  ///< slice NAL units, each behind its length in four bytes
};

/// The smallest size not below `size` that the encoder codes as it is.
Size hevc_size(Size size, const PixelFormatInfo& layout);

/// True when pictures of `depth` bits can be encoded by this build.
bool hevc_has_depth(int depth);

/// Compresses `picture`: a planar gray, YCbCr or GBR layout of 8, 10 or 12 bit without alpha, of a
/// size that hevc_size() keeps, rows of words at even addresses. The colour space goes
/// into the VUI as it is. Equal input gives equal bytes: wavefronts are a matter of the settings, not of the number of
/// threads, the encoder's assembly is exact, and no version string is written. Any number of threads may call it.
/// Errors: codec_failed, out_of_memory.
Result<HevcStill> encode_hevc(const ImageView& picture, const HevcSettings& settings);

}  // namespace imagepacker::heif
