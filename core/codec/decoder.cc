// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/decoder.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker {
ImageView DecodedGainMap::view() const {
  ImageView samples = image.view();
  samples.format.color.primaries = alternate.primaries;
  samples.format.color.transfer = alternate.transfer;
  samples.format.alpha = Alpha::none;
  samples.format.hdr = {};
  return samples;
}

Status place_samples(const DecodeJob& job, const ImageFormat& format, ImageBuffer& samples) {
  if (job.target == nullptr) {
    return samples.reset(format);
  }
  samples = std::move(*job.target);
  return {};
}

std::uint64_t sample_bytes(const ImageFormat& format) {
  const PixelFormatInfo& info = format.info();
  std::uint64_t bytes = 0;
  for (int plane = 0; plane < info.plane_count; ++plane) {
    std::uint64_t plane_bytes = 0;
    if (__builtin_mul_overflow(plane_row_bytes(info, plane, format.size), plane_height(info, plane, format.size),
                               &plane_bytes) ||
        __builtin_add_overflow(bytes, plane_bytes, &bytes)) {
      return std::numeric_limits<std::uint64_t>::max();
    }
  }
  return bytes;
}

Status check_unpack_limits(const ImageFormat& format, int frames_held, const UnpackLimits& limits,
                           std::uint64_t other_bytes) {
  IP_TRY(validate(format));
  const auto [width, height] = format.size;
  const std::uint64_t pixels = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
  if (pixels > limits.max_pixels) {
    return make_error(Errc::limit_exceeded,
                      text("the image is ", width, "×", height, " = ", pixels, " pixels; at most ", limits.max_pixels,
                           " are allowed; raise max-pixels to read it"));
  }
  const std::uint64_t bytes = sample_bytes(format);
  const std::uint64_t left_bytes = limits.max_memory_bytes - std::min(limits.max_memory_bytes, other_bytes);
  if (frames_held > 0 && bytes > left_bytes / static_cast<std::uint64_t>(frames_held)) {
    return make_error(
        Errc::limit_exceeded,
        text("the image of ", width, "×", height, " pixels needs ", bytes, " bytes, ", frames_held, " times at once",
             other_bytes > 0 ? text(", beside ", other_bytes, " bytes of what belongs to it") : std::string(),
             "; at most ", limits.max_memory_bytes, " bytes are allowed; raise max-memory to read it"));
  }
  return {};
}

}  // namespace imagepacker
