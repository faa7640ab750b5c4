// SPDX-License-Identifier: LGPL-2.1-or-later
// Packs a PPM file with a coder's own parameter instead of `quality`: the quality factor of libwebp, as it is by
// default; the quantisation index of the project's own VP8 coder; HEVC's QP. For the calibration of `quality`.
#ifdef HAVE_WEBP
#include <webp/encode.h>
#endif

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "base/try.h"
#include "codec/codec_list.h"
#include "color/conversion.h"
#ifdef HAVE_WEBP
#include "codec/webp/lossless_settings.h"
#include "codec/webp/vp8_encoder.h"
#endif
#ifdef HAVE_HEIF
#include "codec/heif/heif_encoder.h"
#include "codec/heif/heif_layout.h"
#endif

namespace imagepacker {
namespace {

Result<ImageBuffer> read_ppm(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  ImageFormat format{.layout = PixelFormat::rgb, .size = {}, .color = {}, .alpha = Alpha::none, .hdr = {}};
  int max_value = 0;
  file >> magic >> format.size.width >> format.size.height >> max_value;
  file.get();
  if (!file || magic != "P6" || max_value != 255) {
    return make_error(Errc::invalid_argument, std::string(path) + " is no binary PPM of 8 bit");
  }
  ImageBuffer picture;
  IP_TRY(picture.reset(format));
  const MutablePlane plane = picture.view().planes[0];
  for (std::size_t y = 0; y < static_cast<std::size_t>(format.size.height); ++y) {
    file.read(reinterpret_cast<char*>(plane.bytes.data() + y * plane.stride_bytes), format.size.width * 3);
  }
  return picture;
}

/// An encoder with its inner parameter set by hand; JPEG's is `quality` itself.
Result<std::unique_ptr<Encoder>> make_encoder(const std::string& format, double parameter, const ImageFormat& source) {
  if (format == "jpeg") {
    PackingOptions options{.format = Format::jpeg};
    options.quality = static_cast<int>(parameter);
    return find_codec(Format::jpeg)->create_encoder(source, options);
  }
#ifdef HAVE_WEBP
  if (format == "vp8") {
    const PackingOptions options{.format = Format::webp};
    IP_ASSIGN(const auto usual, find_codec(Format::webp)->create_encoder(source, options));
    IP_ASSIGN(const WebPConfig alpha, webp::make_lossless_config(options.effort));
    return std::unique_ptr<Encoder>(std::make_unique<webp::Vp8Encoder>(
        usual->input(), webp::make_key_frame_settings(options.effort, parameter), alpha, Bytes{}));
  }
#endif
#ifdef HAVE_HEIF
  if (format == "heif") {
    const ImageFormat input = heif::choose_input(source, {.format = Format::heif});
    const heif::HevcSettings settings{.qp = parameter};
    return std::unique_ptr<Encoder>(std::make_unique<heif::HeifEncoder>(input, settings, settings, settings));
  }
#endif
  return make_error(Errc::unsupported, "this build has no " + format);
}

#ifdef HAVE_WEBP
/// libwebp by itself, with its defaults but for the quality factor.
Result<Bytes> encode_with_libwebp(const ImageView& picture, float factor) {
  std::uint8_t* bytes = nullptr;
  const std::size_t count =
      WebPEncodeRGB(reinterpret_cast<const std::uint8_t*>(picture.planes[0].bytes.data()), picture.format.size.width,
                    picture.format.size.height, static_cast<int>(picture.planes[0].stride_bytes), factor, &bytes);
  const std::unique_ptr<std::uint8_t, void (*)(void*)> guard(bytes, WebPFree);
  if (count == 0) {
    return make_error(Errc::codec_failed, "libwebp failed");
  }
  const auto* const begin = reinterpret_cast<const std::byte*>(bytes);
  return Bytes(begin, begin + count);
}
#endif

Status write(const Bytes& bytes, const char* out) {
  std::ofstream file(out, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file) {
    return make_error(Errc::sink_failed, std::string("can't write ") + out);
  }
  return {};
}

Status run(const std::string& format, double parameter, const char* in, const char* out) {
  IP_ASSIGN(const ImageBuffer picture, read_ppm(in));
  const ImageView view = picture.view();
#ifdef HAVE_WEBP
  if (format == "webp") {
    IP_ASSIGN(const Bytes file, encode_with_libwebp(view, static_cast<float>(parameter)));
    return write(file, out);
  }
#endif
  IP_ASSIGN(const auto encoder, make_encoder(format, parameter, view.format));
  IP_ASSIGN(const auto plan, ConversionPlan::create(view.format, encoder->input(), 0xFFFFFF));
  const ConvertedRows rows(plan, view);
  TaskPool pool(1);
  VectorSink sink;
  const Metadata none;
  IP_TRY(encoder->encode({.image = rows, .metadata = none, .pool = pool, .stop = {}}, sink));
  return write(sink.bytes(), out);
}

}  // namespace
}  // namespace imagepacker

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: imagepacker-encode-with-parameter jpeg|webp|vp8|heif PARAMETER IN.ppm OUT\n";
    return 2;
  }
  const auto status = imagepacker::run(argv[1], std::atof(argv[2]), argv[3], argv[4]);
  if (!status.has_value()) {
    std::cerr << imagepacker::Status(status).error().message << "\n";
    return 1;
  }
  return 0;
}
