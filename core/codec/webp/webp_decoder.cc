// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/webp_decoder.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "base/byte_reader.h"
#include "base/text.h"
#include "base/try.h"
#include "codec/webp/stored_quality.h"
#include "codec/webp/webp_color.h"
#include "color/profile_color.h"
#include "metadata/exif_document.h"

namespace imagepacker::webp {
namespace {

using Demuxer = std::unique_ptr<WebPDemuxer, void (*)(WebPDemuxer*)>;
using AnimDecoder = std::unique_ptr<WebPAnimDecoder, void (*)(WebPAnimDecoder*)>;

const std::uint8_t* data_of(ByteView bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

WebPData webp_data(ByteView file) {
  return {.bytes = data_of(file), .size = file.size()};
}

std::string_view status_text(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY:
      return "out of memory";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "unsupported feature";
    case VP8_STATUS_NOT_ENOUGH_DATA:
      return "not enough data";
    default:
      return "bitstream error";
  }
}

Error decode_error(VP8StatusCode status) {
  const Errc code = status == VP8_STATUS_OUT_OF_MEMORY ? Errc::out_of_memory : Errc::corrupt_input;
  return make_error(code, text("the WebP is broken: libwebp says \"", status_text(status), "\""));
}

Bytes chunk_of(const WebPDemuxer* demuxer, const char* fourcc) {
  WebPChunkIterator chunk;
  Bytes payload;
  if (WebPDemuxGetChunk(demuxer, fourcc, 1, &chunk) != 0) {
    const auto* const first = reinterpret_cast<const std::byte*>(chunk.chunk.bytes);
    payload.assign(first, first + chunk.chunk.size);
    WebPDemuxReleaseChunkIterator(&chunk);
  }
  return payload;
}

Metadata read_metadata(const WebPDemuxer* demuxer) {
  Metadata metadata;
  metadata.icc = chunk_of(demuxer, "ICCP");
  metadata.xmp = chunk_of(demuxer, "XMP ");
  metadata.exif = chunk_of(demuxer, "EXIF");
  const ByteView tiff = without_exif_prefix(metadata.exif);
  metadata.exif.erase(metadata.exif.begin(), metadata.exif.end() - static_cast<std::ptrdiff_t>(tiff.size()));
  metadata.orientation = exif_orientation(metadata.exif);
  return metadata;
}

/// The coded form of the picture.
enum class Coding { lossy, lossless, animation };

ImageFormat format_of(Coding coding, bool has_alpha, Size size, ByteView icc) {
  ImageFormat format{.size = size};
  if (!icc.empty()) {
    const ProfileColor color = profile_color(icc);
    format.color.primaries = color.primaries;
    format.color.transfer = color.transfer;
  }
  if (coding == Coding::lossy) {
    format.layout = has_alpha ? PixelFormat::a420 : PixelFormat::i420;
    format.color = lossy_color(format.color);
  } else {
    // A frame need not cover the canvas, what it leaves is transparent.
    format.layout = has_alpha || coding == Coding::animation ? PixelFormat::rgba : PixelFormat::rgb;
    format.color = lossless_color(format.color);
  }
  format.alpha = format.info().has_alpha ? Alpha::straight : Alpha::none;
  return format;
}

/// How many pictures stand in memory, with what libwebp needs beside ours: lossless pictures, and alpha of lossy ones,
/// are decoded to ARGB before they are converted, and alpha stands in a plane of libwebp's as well. An animation keeps
/// two canvases besides, and a frame may be of either kind.
int frames_held(Coding coding, bool has_alpha) {
  switch (coding) {
    case Coding::lossy:
      return has_alpha ? 3 : 1;
    case Coding::lossless:
      return 2;
    case Coding::animation:
      return 5;
  }
  return 0;
}

Status check_limits(Coding coding, const ImageFormat& format, const UnpackLimits& limits) {
  ImageFormat largest = format;
  if (coding == Coding::lossless) {
    largest.layout = PixelFormat::rgba;
  }
  return check_unpack_limits(largest, frames_held(coding, format.has_alpha()), limits);
}

class WebpDecoder final : public Decoder {
 public:
  WebpDecoder(ByteView file, Coding coding, ImageInfo info, Metadata metadata)
      : file_(file),
        coding_(coding),
        info_(std::move(info)),
        metadata_(std::move(metadata)),
        animation_(nullptr, WebPAnimDecoderDelete) {}

  [[nodiscard]] const ImageInfo& info() const override { return info_; }
  [[nodiscard]] const Metadata& metadata() const override { return metadata_; }

  // libwebp takes any stride that is an int and writes the samples of a row and nothing else.
  [[nodiscard]] bool can_decode_into(const MutableImageView& image) const override {
    return std::ranges::all_of(image.planes, [](const MutablePlane& plane) { return plane.stride_bytes <= INT_MAX; });
  }

  Result<DecodedPicture> decode(const DecodeJob& job) override {
    if (job.stop.stop_requested()) {
      return make_error(Errc::cancelled, "unpacking was cancelled");
    }
    DecodedPicture decoded;
    IP_TRY(place_samples(job, info_.main, decoded.main));
    if (coding_ == Coding::animation) {
      IP_ASSIGN(decoded.duration_ns, next_frame(decoded.main.view(), job.pool.threads() > 1));
    } else {
      IP_TRY(decode_still(decoded.main.view(), job.pool.threads() > 1));
    }
    decoded.metadata = metadata_;
    return decoded;
  }

 private:
  [[nodiscard]] Status decode_still(const MutableImageView& image, bool use_threads) const;
  Result<std::int64_t> next_frame(const MutableImageView& image, bool use_threads);

  ByteView file_;
  Coding coding_;
  ImageInfo info_;
  Metadata metadata_;
  AnimDecoder animation_;  ///< from the first frame on
  int last_end_ms_ = 0;
};

void lend_planes(const MutableImageView& image, WebPDecBuffer& output) {
  const auto plane = [&](std::size_t index) {
    return reinterpret_cast<std::uint8_t*>(image.planes[index].bytes.data());
  };
  const auto stride = [&](std::size_t index) { return static_cast<int>(image.planes[index].stride_bytes); };
  const auto size = [&](std::size_t index) { return image.planes[index].bytes.size(); };
  output.is_external_memory = 1;
  if (image.format.info().model == ColorModel::rgb) {
    output.colorspace = image.format.layout == PixelFormat::rgba ? MODE_RGBA : MODE_RGB;
    output.u.RGBA = {.rgba = plane(0), .stride = stride(0), .size = size(0)};
    return;
  }
  const bool has_alpha = image.format.layout == PixelFormat::a420;
  output.colorspace = has_alpha ? MODE_YUVA : MODE_YUV;
  output.u.YUVA = {.y = plane(0),
                   .u = plane(1),
                   .v = plane(2),
                   .a = has_alpha ? plane(3) : nullptr,
                   .y_stride = stride(0),
                   .u_stride = stride(1),
                   .v_stride = stride(2),
                   .a_stride = has_alpha ? stride(3) : 0,
                   .y_size = size(0),
                   .u_size = size(1),
                   .v_size = size(2),
                   .a_size = has_alpha ? size(3) : 0};
}

Status WebpDecoder::decode_still(const MutableImageView& image, bool use_threads) const {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) {
    return make_error(Errc::codec_failed, "libwebp is of another version than its headers");
  }
  config.options.use_threads = use_threads ? 1 : 0;
  lend_planes(image, config.output);
  const VP8StatusCode status = WebPDecode(data_of(file_), file_.size(), &config);
  return status == VP8_STATUS_OK ? Status() : Status(decode_error(status));
}

Result<std::int64_t> WebpDecoder::next_frame(const MutableImageView& image, bool use_threads) {
  if (animation_ == nullptr) {
    WebPAnimDecoderOptions options;
    WebPAnimDecoderOptionsInit(&options);
    options.color_mode = MODE_RGBA;
    options.use_threads = use_threads ? 1 : 0;
    const WebPData data = webp_data(file_);
    animation_.reset(WebPAnimDecoderNew(&data, &options));
    if (animation_ == nullptr) {
      return make_error(Errc::codec_failed, "libwebp can't begin with the animation");
    }
  }
  std::uint8_t* canvas = nullptr;
  int end_ms = 0;
  if (WebPAnimDecoderGetNext(animation_.get(), &canvas, &end_ms) == 0) {
    return make_error(Errc::corrupt_input, "the WebP is broken: libwebp can't decode the animation's next frame");
  }
  const std::size_t row_bytes = plane_row_bytes(image.format.info(), 0, image.format.size);
  for (int y = 0; y < image.format.size.height; ++y) {
    const auto row = static_cast<std::size_t>(y);
    std::memcpy(image.planes[0].bytes.data() + row * image.planes[0].stride_bytes, canvas + row * row_bytes, row_bytes);
  }
  const std::int64_t duration_ms = std::int64_t{end_ms} - last_end_ms_;
  last_end_ms_ = end_ms;
  constexpr std::int64_t kNanosecondsPerMillisecond = 1000000;
  return std::max<std::int64_t>(duration_ms, 0) * kNanosecondsPerMillisecond;
}

}  // namespace

bool begins_as_webp(ByteView file) {
  ByteReader reader(file);
  return reader.take_if("RIFF") && !reader.take(4).empty() && reader.take_if("WEBP");
}

Result<std::unique_ptr<Decoder>> open_webp(ByteView file, const UnpackLimits& limits) {
  WebPBitstreamFeatures features;
  if (const VP8StatusCode status = WebPGetFeatures(data_of(file), file.size(), &features); status != VP8_STATUS_OK) {
    return decode_error(status);
  }
  enum : int { kUndefinedOrMixed = 0, kLossy = 1, kLossless = 2 };
  const Coding coding = features.has_animation != 0    ? Coding::animation
                        : features.format == kLossless ? Coding::lossless
                                                       : Coding::lossy;
  const Size size{features.width, features.height};
  ImageInfo info{.format = Format::webp};
  info.main = format_of(coding, features.has_alpha != 0, size, {});
  IP_TRY(check_limits(coding, info.main, limits));
  const WebPData data = webp_data(file);
  const Demuxer demuxer(WebPDemux(&data), WebPDemuxDelete);
  if (demuxer == nullptr) {
    return make_error(Errc::corrupt_input,
                      text("the WebP of ", file.size(), " bytes is cut, or its chunks contradict each other"));
  }
  Metadata metadata = read_metadata(demuxer.get());
  info.main = format_of(coding, features.has_alpha != 0, size, metadata.icc);
  info.orientation = metadata.orientation;
  info.is_lossless = coding == Coding::lossless;
  if (coding == Coding::animation) {
    info.frames = static_cast<int>(WebPDemuxGetI(demuxer.get(), WEBP_FF_FRAME_COUNT));
  } else if (coding == Coding::lossy) {
    info.quality = stored_quality(file);
  }
  return std::unique_ptr<Decoder>(std::make_unique<WebpDecoder>(file, coding, std::move(info), std::move(metadata)));
}

}  // namespace imagepacker::webp
