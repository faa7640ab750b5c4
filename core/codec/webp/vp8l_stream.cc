// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8l_stream.h"

#include <algorithm>
#include <new>

#include "base/text.h"
#include "base/try.h"
#include "container/riff.h"
#include "imagepacker/image.h"

namespace imagepacker::webp {
namespace {

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

Error error_from(WebPEncodingError error, Size size) {
  switch (error) {
    case VP8_ENC_ERROR_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BAD_WRITE:  // append_bytes fails for want of memory only
      return make_error(Errc::out_of_memory,
                        text("libwebp found no memory for a picture of ", size.width, "×", size.height, " pixels"));
    case VP8_ENC_ERROR_USER_ABORT:
      return make_error(Errc::cancelled, "packing was cancelled");
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

}  // namespace

Result<Bytes> make_vp8l_stream(const WebPConfig& config, WebPPicture& picture, const std::stop_token& stop) {
  Bytes file;
  picture.writer = append_bytes;
  picture.custom_ptr = &file;
  picture.progress_hook = go_on;
  picture.user_data = const_cast<std::stop_token*>(&stop);
  if (WebPEncode(&config, &picture) == 0) {
    return error_from(picture.error_code, {picture.width, picture.height});
  }
  IP_ASSIGN(const std::vector<RiffChunk> chunks, read_riff(file, "WEBP"));
  const auto stream = std::ranges::find(chunks, "VP8L", &RiffChunk::fourcc);
  if (stream == chunks.end()) {
    return make_error(Errc::codec_failed, "libwebp wrote a file without the VP8L chunk that was asked for");
  }
  return Bytes(stream->payload.begin(), stream->payload.end());
}

}  // namespace imagepacker::webp
