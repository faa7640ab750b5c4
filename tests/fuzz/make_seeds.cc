// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: make-seeds KIND FOLDER: inputs for a fuzzer to begin with: small images of a format, or, for exif, xmp, icc
// and pack, what these read.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>

#include "color/icc_profile.h"
#include "image/image_buffer.h"
#include "imagepacker/packer.h"
#include "metadata/exif_document.h"
#include "metadata/xmp_packet.h"

namespace {

using namespace imagepacker;

constexpr Size kSize{40, 24};

Picture picture_of(ImageBuffer& buffer, PixelFormat layout, const ColorSpace& color) {
  const PixelFormatInfo& info = pixel_format_info(layout);
  const ImageFormat format{.layout = layout,
                           .size = kSize,
                           .color = color,
                           .alpha = info.has_alpha ? Alpha::straight : Alpha::none,
                           .hdr = {}};
  if (!buffer.reset(format).has_value()) {
    return {};
  }
  const MutableImageView view = buffer.view();
  for (int p = 0; p < info.plane_count; ++p) {
    const auto bytes = view.planes[p].bytes;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      bytes[at] = static_cast<std::byte>((at * 5 + at / view.planes[p].stride_bytes * 3) & 0x7F);
    }
  }
  constexpr char kXmp[] =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
      "<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/' dc:title='t'/></rdf:RDF></x:xmpmeta>";
  const ByteView xmp = std::as_bytes(std::span(kXmp, sizeof kXmp - 1));
  return {.main = view.as_const(),
          .gain_map = {},
          .auxiliary = {},
          .metadata = {.exif = {}, .xmp = {xmp.begin(), xmp.end()}, .icc = {}, .orientation = Orientation::rotate_90}};
}

bool write_file(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return !bytes.empty();
}

bool write_packed(const std::string& path, const Picture& picture, const PackingOptions& options) {
  TaskPool pool(1);
  const auto packer = Packer::create(picture.main.format, options, pool);
  VectorSink sink;
  return packer.has_value() && packer->pack(picture, sink).has_value() && write_file(path, sink.take());
}

bool write_seed(const std::string& path, PixelFormat layout, const ColorSpace& color, const PackingOptions& options) {
  ImageBuffer buffer;
  return write_packed(path, picture_of(buffer, layout, color), options);
}

/// An SDR picture with a gain map of three channels that applies in other primaries.
bool write_gain_map_seed(const std::string& path, const ColorSpace& yuv, const PackingOptions& options) {
  ImageBuffer base;
  ImageBuffer map;
  Picture picture = picture_of(base, PixelFormat::i420, yuv);
  picture.gain_map = GainMap{.image = picture_of(map, PixelFormat::rgb, {}).main, .metadata = {}};
  picture.gain_map->image.format.color.primaries = Primaries::bt2020;
  for (std::size_t c = 0; c < 3; ++c) {
    picture.gain_map->metadata.channels[c].gain_max = 3 - 0.5 * static_cast<double>(c);
  }
  picture.gain_map->metadata.alternate_hdr_headroom = 3;
  picture.gain_map->metadata.use_base_color_space = false;
  return write_packed(path, picture, options);
}

int write_images(const FormatInfo& info, const std::string& begin) {
  const ColorSpace hdr{.primaries = Primaries::bt2020, .transfer = Transfer::pq};
  const ColorSpace yuv{.matrix = Matrix::bt601};
  int seeds = 0;
  for (const bool lossless : {false, true}) {
    for (const bool progressive : {false, true}) {
      for (const HdrLayout hdr_layout : {HdrLayout::single, HdrLayout::gain_map}) {
        const PackingOptions options{.format = info.format,
                                     .quality = 60,
                                     .lossless = lossless,
                                     .effort = 1,
                                     .progressive = progressive,
                                     .hdr_layout = hdr_layout};
        const std::string kind =
            begin + std::to_string(lossless * 4 + progressive * 2 + (hdr_layout == HdrLayout::gain_map));
        seeds += write_seed(kind + "-rgba", PixelFormat::rgba, {}, options) ? 1 : 0;
        seeds += write_seed(kind + "-420", PixelFormat::i420, yuv, options) ? 1 : 0;
        seeds += write_seed(kind + "-422", PixelFormat::y42b, yuv, options) ? 1 : 0;
        seeds += write_seed(kind + "-gray", PixelFormat::gray8, yuv, options) ? 1 : 0;
        seeds += write_seed(kind + "-hdr", PixelFormat::rgba64_le, hdr, options) ? 1 : 0;
        seeds += write_gain_map_seed(kind + "-map", yuv, options) ? 1 : 0;
      }
    }
  }
  return seeds;
}

int write_exif(const std::string& begin) {
  auto document = ExifDocument::create();
  if (!document.has_value() || !write_file(begin + "empty", document->serialize().value())) {
    return 0;
  }
  for (const auto& [key, value] : {std::pair{"Exif.Image.Artist", "Zoe"},
                                   {"Exif.Photo.UserComment", "fog"},
                                   {"Exif.Photo.FNumber", "28/10"},
                                   {"Exif.Photo.DateTimeOriginal", "2026:03:04 05:06:07"},
                                   {"Exif.GPSInfo.GPSLatitude", "48/1 8/1 15/1"}}) {
    if (!document->set(key, value).has_value()) {
      return 1;
    }
  }
  return 1 + (write_file(begin + "full", document->serialize().value()) ? 1 : 0);
}

int write_xmp(const std::string& begin) {
  ImageBuffer buffer;
  return write_file(begin + "title", picture_of(buffer, PixelFormat::gray8, {.matrix = Matrix::bt601}).metadata.xmp)
             ? 1
             : 0;
}

int write_icc(const std::string& begin) {
  int seeds = 0;
  for (const ColorModel model : {ColorModel::rgb, ColorModel::gray}) {
    for (const Primaries primaries : {Primaries::bt709, Primaries::smpte_eg432, Primaries::bt2020}) {
      const auto profile = make_icc_profile({.primaries = primaries}, model);
      seeds += profile.has_value() && write_file(begin + std::to_string(seeds), *profile) ? 1 : 0;
    }
  }
  return seeds;
}

/// Specs of bytes that look random, the same ones each time.
int write_specs(const std::string& begin) {
  constexpr int kSpecs = 64;
  std::uint32_t state = 1;
  for (int seed = 0; seed < kSpecs; ++seed) {
    Bytes spec(200);
    for (std::byte& byte : spec) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<std::byte>(state >> 24);
    }
    write_file(begin + std::to_string(seed), spec);
  }
  return kSpecs;
}

int write_seeds(const std::string& kind, const std::string& begin) {
  for (const FormatInfo& info : supported_formats()) {
    if (info.name == kind) {
      return write_images(info, begin);
    }
  }
  return kind == "exif"   ? write_exif(begin)
         : kind == "xmp"  ? write_xmp(begin)
         : kind == "icc"  ? write_icc(begin)
         : kind == "pack" ? write_specs(begin)
                          : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: make-seeds KIND FOLDER\n");
    return 2;
  }
  const int seeds = write_seeds(argv[1], std::string(argv[2]) + "/seed-");
  std::printf("%d seeds for %s\n", seeds, argv[1]);
  return seeds > 0 ? 0 : 1;
}
