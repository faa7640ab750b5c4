// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "hdr/base_light.h"
#include "image/image_buffer.h"
#include "imagepacker/notice.h"
#include "imagepacker/picture.h"
#include "imagepacker/task_pool.h"
#include "imagepacker/unpacker.h"

namespace imagepacker {

/// A gain map as it stands in a file.
struct DecodedGainMap {
  ImageBuffer image;  ///< gray, YCbCr or RGB; its samples are data, not colour
  GainMapMetadata metadata;
  ColorSpace alternate;  ///< colour of the HDR rendition: the base's primaries where the metadata say so
  RgbPrecision precision = RgbPrecision::exact;  ///< what the file's readers make of base and map

  /// The samples, with the primaries and the curve of the rendition that they make.
  [[nodiscard]] ImageView view() const;
};

/// One frame with all that belongs to it.
struct DecodedPicture {
  ImageBuffer main;  ///< in the format of Decoder::info().main
  std::optional<DecodedGainMap> gain_map;
  Metadata metadata;  ///< as in the file; `icc` empty where the file has none
  std::int64_t duration_ns = 0;
};

/// The circumstances of one decode call. All borrowed for the call.
struct DecodeJob {
  TaskPool& pool;
  std::stop_token stop;
  std::vector<Notice>& notices;  ///< gets what had to be left out
  bool with_gain_map = true;
  /// Where the caller wants DecodedPicture::main, if anywhere: borrowed memory of info().main's format without padding.
  ImageBuffer* target = nullptr;
};

/// An encoded image whose headers have been read and are within the limits. One thread at a time.
class Decoder {
 public:
  virtual ~Decoder() = default;

  [[nodiscard]] virtual const ImageInfo& info() const = 0;

  /// Whether decode() can write into rows of these strides, which have no padding. If not, it is given no target.
  [[nodiscard]] virtual bool can_decode_into(const MutableImageView&) const { return false; }

  /// That of the file, as decode() gives it. Lives as long as the decoder.
  [[nodiscard]] virtual const Metadata& metadata() const = 0;

  /// The next of info().frames frames. Errors: corrupt_input, codec_failed with the library's text, limit_exceeded,
  /// out_of_memory, cancelled.
  virtual Result<DecodedPicture> decode(const DecodeJob& job) = 0;
};

/// Makes `samples` the job's target, or resets it to `format` when there is none.
Status place_samples(const DecodeJob& job, const ImageFormat& format, ImageBuffer& samples);

/// What all planes of a picture of `format`, which is valid, take without padding; the most that can be said where they
/// take more.
std::uint64_t sample_bytes(const ImageFormat& format);

/// limit_exceeded, naming sizes and limits, when a picture of `format` with `frames_held` decoded pictures of it at a
/// time is more than `limits` allow, `other_bytes` of samples being held already.
Status check_unpack_limits(const ImageFormat& format, int frames_held, const UnpackLimits& limits,
                           std::uint64_t other_bytes = 0);

}  // namespace imagepacker
