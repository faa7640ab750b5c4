// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/webp_encoder.h"

#include <new>

#include "base/text.h"
#include "base/try.h"
#include "codec/webp/webp_pixels.h"
#include "container/riff.h"
#include "container/riff_webp.h"

namespace imagepacker::webp {
namespace {

/// How libwebp may trade quality for its limits: prediction modes have 512 KiB, each token partition has 16 MiB.
struct Concession {
  int partition_limit;  ///< how much worse prediction modes may be chosen, 0..100
  int log2_partitions;  ///< 0..3
};
constexpr Concession kConcessions[] = {{0, 0}, {50, 3}, {100, 3}};

int append_bytes(const std::uint8_t* data, std::size_t size, const WebPPicture* picture) {
  auto& out = *static_cast<Bytes*>(picture->custom_ptr);
  const auto* const bytes = reinterpret_cast<const std::byte*>(data);
  try {
    out.insert(out.end(), bytes, bytes + size);
    return 1;
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

int go_on(int, const WebPPicture* picture) {
  return static_cast<const std::stop_token*>(picture->user_data)->stop_requested() ? 0 : 1;
}

bool is_overflow(WebPEncodingError error) {
  return error == VP8_ENC_ERROR_PARTITION0_OVERFLOW || error == VP8_ENC_ERROR_PARTITION_OVERFLOW;
}

Error error_from(WebPEncodingError error, Size size) {
  switch (error) {
    case VP8_ENC_ERROR_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BAD_WRITE:  // append_bytes fails for want of memory only
      return make_error(Errc::out_of_memory,
                        text("libwebp found no memory for a picture of ", size.width, "×", size.height, " pixels"));
    case VP8_ENC_ERROR_USER_ABORT:
      return make_error(Errc::cancelled, "packing was cancelled");
    case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
      return make_error(Errc::limit_exceeded,
                        text("the prediction modes of a picture of ", size.width, "×", size.height,
                             " pixels need more than the 512 KiB that lossy WebP has for them; use a lower quality, a "
                             "smaller size or lossless"));
    case VP8_ENC_ERROR_PARTITION_OVERFLOW:
      return make_error(Errc::limit_exceeded,
                        text("the coefficients of a picture of ", size.width, "×", size.height,
                             " pixels need more than the 8 × 16 MiB that lossy WebP has for them; use a lower quality "
                             "or a smaller size"));
    case VP8_ENC_ERROR_BAD_DIMENSION:
      return make_error(Errc::limit_exceeded,
                        text("a picture of ", size.width, "×", size.height, " pixels; WebP can hold 1×1 to ",
                             WEBP_MAX_DIMENSION, "×", WEBP_MAX_DIMENSION));
    case VP8_ENC_ERROR_FILE_TOO_BIG:
      return make_error(Errc::limit_exceeded, "the picture needs more than the 4 GiB that a WebP file can hold");
    default:
      return make_error(Errc::codec_failed, text("libwebp failed with its error ", static_cast<int>(error)));
  }
}

/// libwebp's file for `picture`, whose pixels are attached.
Result<Bytes> compress(WebPConfig config, WebPPicture& picture, const std::stop_token& stop) {
  Bytes file;
  picture.writer = append_bytes;
  picture.custom_ptr = &file;
  picture.progress_hook = go_on;
  picture.user_data = const_cast<std::stop_token*>(&stop);
  for (const Concession& concession : kConcessions) {
    config.partition_limit = concession.partition_limit;
    config.partitions = concession.log2_partitions;
    file.clear();
    if (WebPEncode(&config, &picture) != 0) {
      return file;
    }
    if (!is_overflow(picture.error_code)) {
      break;
    }
  }
  return error_from(picture.error_code, {picture.width, picture.height});
}

}  // namespace

Status WebpEncoder::encode(const EncodeJob& job, ByteSink& sink) const {
  if (job.stop.stop_requested()) {
    return make_error(Errc::cancelled, "packing was cancelled");
  }
  WebPPicture picture;
  if (WebPPictureInit(&picture) == 0) {
    return make_error(Errc::codec_failed, "libwebp has another interface than the one this was built with");
  }
  // Frees what libwebp allocates inside; the pixels aren't its own.
  const std::unique_ptr<WebPPicture, void (*)(WebPPicture*)> picture_guard(&picture, WebPPictureFree);
  WebpPixels pixels;
  IP_TRY(pixels.attach(job, picture));
  IP_ASSIGN(const Bytes file, compress(config_, picture, job.stop));
  IP_ASSIGN(std::vector<RiffChunk> chunks, read_riff(file, "WEBP"));
  // libwebp's own extended header knows nothing of metadata; write_webp makes another.
  std::erase_if(chunks, [](const RiffChunk& chunk) { return chunk.fourcc == "VP8X"; });
  return write_webp({.size = input_.size,
                     .image = chunks,
                     .icc = job.metadata.icc.empty() ? ByteView(icc_) : ByteView(job.metadata.icc),
                     .exif = job.metadata.exif,
                     .xmp = job.metadata.xmp},
                    sink);
}

}  // namespace imagepacker::webp
