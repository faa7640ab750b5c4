// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/lossless_encoder.h"

#include <array>
#include <memory>

#include "base/try.h"
#include "codec/webp/argb_pixels.h"
#include "codec/webp/vp8l_stream.h"
#include "container/riff.h"
#include "container/riff_webp.h"

namespace imagepacker::webp {

Status LosslessEncoder::encode(const EncodeJob& job, ByteSink& sink) const {
  if (job.stop.stop_requested()) {
    return make_error(Errc::cancelled, "packing was cancelled");
  }
  WebPPicture picture;
  if (WebPPictureInit(&picture) == 0) {
    return make_error(Errc::codec_failed, "libwebp has another interface than the one this was built with");
  }
  // Frees what libwebp allocates inside; the pixels aren't its own.
  const std::unique_ptr<WebPPicture, void (*)(WebPPicture*)> picture_guard(&picture, WebPPictureFree);
  ArgbPixels pixels;
  IP_TRY(pixels.attach(job, picture));
  IP_ASSIGN(const Bytes stream, make_vp8l_stream(config_, picture, job.stop));
  const std::array<RiffChunk, 1> image = {{{.fourcc = "VP8L", .payload = stream}}};
  return write_webp({.size = input_.size,
                     .image = image,
                     .icc = job.metadata.icc.empty() ? ByteView(icc_) : ByteView(job.metadata.icc),
                     .exif = job.metadata.exif,
                     .xmp = job.metadata.xmp},
                    sink);
}

}  // namespace imagepacker::webp
