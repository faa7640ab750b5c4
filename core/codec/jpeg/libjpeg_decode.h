// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <stop_token>

#include "container/jpeg_structure.h"
#include "image/image_buffer.h"
#include "imagepacker/result.h"

namespace imagepacker {
class CmykConversion;
}

namespace imagepacker::jpeg {

/// What the components of a file are.
enum class FileColor : std::uint8_t { gray, ycbcr, rgb, cmyk };

/// How libjpeg-turbo hands a file's samples out.
struct SampleWay {
  FileColor color = FileColor::ycbcr;
  PixelFormat layout = PixelFormat::i420;
  bool has_raw_planes = false;    ///< the file's planes are the layout's; else libjpeg-turbo fills chroma up to 4:4:4
  bool is_inverted_cmyk = false;  ///< 255 is no ink: an Adobe marker is there
};

/// Decides by the headers of `image`. Errors: unsupported (a coding or a number of components that libjpeg-turbo can't
/// read), corrupt_input and codec_failed with its text.
Result<SampleWay> choose_sample_way(const JpegStructure& image);

/// Reads all samples into `target`, whose layout is way.layout and whose size the file's. `cmyk` is needed for
/// FileColor::cmyk only. Errors: corrupt_input when libjpeg-turbo meets damaged or missing data, with its text;
/// out_of_memory, cancelled.
Status decode_with_libjpeg(const JpegStructure& image, const SampleWay& way, const CmykConversion* cmyk,
                           MutableImageView target, const std::stop_token& stop);

}  // namespace imagepacker::jpeg
