// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <string_view>

#include "base/try.h"
#include "codec/codec.h"
#include "codec/jpeg/jpeg_copy.h"
#include "codec/jpeg/jpeg_decoder.h"
#include "codec/jpeg/jpeg_encoder.h"
#include "color/output_profile.h"
#include "container/jpeg_structure.h"

namespace imagepacker {
namespace {

/// libjpeg's JPEG_MAX_DIMENSION: what its decoders accept, a little below the 65535 of the format.
constexpr int kMaxDimension = 65500;

/// The layout that the coder reads: explicit subsampling as asked, else the source's own where JPEG decoders are sure
/// to have it. 4:1:1 has the chroma samples of 4:2:0 but lies in odd MCUs, so it becomes 4:2:0; RGB becomes 4:2:0.
PixelFormat choose_layout(const PixelFormatInfo& source, ChromaSubsampling wanted) {
  if (source.model == ColorModel::gray) {
    return PixelFormat::gray8;
  }
  switch (wanted) {
    case ChromaSubsampling::yuv420:
      return PixelFormat::i420;
    case ChromaSubsampling::yuv422:
      return PixelFormat::y42b;
    case ChromaSubsampling::yuv444:
      return PixelFormat::y444;
    case ChromaSubsampling::automatic:
      break;
  }
  if (source.model == ColorModel::rgb || source.log2_chroma_h == 1 || source.log2_chroma_w > 1) {
    return PixelFormat::i420;
  }
  return source.log2_chroma_w == 1 ? PixelFormat::y42b : PixelFormat::y444;
}

/// The source's own layout where the coder can read it as it is: the samples of `planar`, but with Cb and Cr in pairs.
bool is_paired_form(const PixelFormatInfo& source, const PixelFormatInfo& planar) {
  return source.packing == Packing::bytes && source.model == ColorModel::yuv && !source.has_alpha &&
         source.plane_count == 2 && source.log2_chroma_w == planar.log2_chroma_w &&
         source.log2_chroma_h == planar.log2_chroma_h;
}

/// What JFIF says of every picture: BT.601 matrix, full range, chroma in the middle (ITU-T T.871).
ColorSpace jfif_color(ColorSpace color) {
  color.matrix = Matrix::bt601;
  color.range = Range::full;
  color.chroma_site = ChromaSite::center;
  return color;
}

/// Effort 0 and 1: tables of annex K, so one pass and nothing kept. 2 and 3: tables made for the picture. 4 to 6: AC
/// values rounded down more often. 7 and up: AC values chosen by what they cost and gain.
jpeg::BaselineSettings choose_coding(const PackingOptions& options) {
  jpeg::BaselineSettings coding{
      .quant_tables = jpeg::standard_quant_tables(options.quality),
      .quantization = jpeg::Quantization::nearest,
      .huffman_tables = options.effort <= 1 ? HuffmanTables::standard : options.huffman_tables};
  if (options.effort >= 7) {
    coding.quantization = jpeg::Quantization::rate_distortion;
  } else if (options.effort >= 4) {
    coding.quantization = jpeg::Quantization::dead_zone;
  }
  return coding;
}

Result<std::unique_ptr<Encoder>> create_encoder(const ImageFormat& source, const PackingOptions& options) {
  if (options.progressive && options.huffman_tables == HuffmanTables::standard) {
    return make_error(Errc::unsupported,
                      "progressive is true and huffman-tables is standard, but those tables have no codes for "
                      "progressive scans; use huffman-tables=optimal or progressive=false");
  }
  jpeg::JpegSettings settings{
      .input = {.layout = choose_layout(source.info(), options.chroma_subsampling),
                .size = source.size,
                .color = jfif_color(source.color),
                .alpha = Alpha::none,
                .hdr = {}},
      .coding = choose_coding(options),
      .map_coding = {.quant_tables = jpeg::standard_quant_tables(options.gain_map_quality),
                     .quantization = jpeg::Quantization::nearest,
                     .huffman_tables = options.huffman_tables},
      .progressive = options.progressive,
      .icc = {},
  };
  IP_ASSIGN(settings.icc, make_output_profile(settings.input.color, settings.input.info().model));
  // libjpeg, which makes progressive scans, wants planes.
  if (settings.input.color == source.color && !options.progressive &&
      is_paired_form(source.info(), settings.input.info())) {
    settings.input.layout = source.layout;
  }
  return std::unique_ptr<Encoder>(std::make_unique<jpeg::JpegEncoder>(std::move(settings)));
}

constexpr std::array<std::string_view, 1> kMimeTypes = {"image/jpeg"};
constexpr std::array<std::string_view, 2> kExtensions = {"jpg", "jpeg"};

}  // namespace

const CodecDescriptor& jpeg_codec() {
  static const CodecDescriptor codec = {
      .info = {.format = Format::jpeg,
               .name = "jpeg",
               .long_name = "JPEG",
               .mime_types = kMimeTypes,
               .extensions = kExtensions,
               .max_width = kMaxDimension,
               .max_height = kMaxDimension,
               .can_lossy = true,
               .can_lossless = false,
               .can_alpha = false,
               .can_progressive = true,
               .can_hdr = true,
               .max_depth = 8,
               .can_gain_map = true},
      .create_encoder = create_encoder,
      .recognizes = is_jpeg,
      .open_decoder = jpeg::JpegDecoder::open,
      .read_metadata = jpeg::read_copied_metadata,
      .copy = jpeg::copy_jpeg,
  };
  return codec;
}

}  // namespace imagepacker
