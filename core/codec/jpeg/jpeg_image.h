// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>
#include <vector>

#include "codec/jpeg/libjpeg_decode.h"
#include "container/jpeg_structure.h"
#include "image/image_buffer.h"
#include "imagepacker/notice.h"
#include "imagepacker/picture.h"
#include "imagepacker/task_pool.h"
#include "imagepacker/unpacker.h"

namespace imagepacker::jpeg {

/// The coefficients of a picture take as much memory as its samples so many times: two bytes each.
inline constexpr int kFramesOfCoefficients = 2;

/// One image of a JPEG file, its headers read and within the limits. Refers to the file.
struct JpegImage {
  JpegStructure structure;
  SampleWay way;
  ImageFormat format;  ///< the samples; colour by the profile where it is one that has a name
  Metadata metadata;   ///< `icc` empty for CMYK, whose samples are converted to sRGB
  Bytes cmyk_profile;
  std::vector<Notice> notices;  ///< of the metadata
};

/// Reads the headers of the image at the begin of `bytes`. Besides the limits on memory, scans are limited, and
/// pictures refused for which the file is too short.
Result<JpegImage> open_jpeg_image(ByteView bytes, const UnpackLimits& limits);

/// Whether decode_jpeg_image() can write into `target`, which has no padding: blocks are written as a whole.
bool fits_blocks(const JpegImage& image, const MutableImageView& target);

/// All samples of `image` into `samples`, an image of its format with room as fits_blocks() has it.
Status decode_jpeg_image(const JpegImage& image, const MutableImageView& samples, TaskPool& pool,
                         const std::stop_token& stop);

}  // namespace imagepacker::jpeg
