// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: make-seeds FORMAT FOLDER: small images of one format, for the unpack fuzzers to begin with.
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "image/image_buffer.h"
#include "imagepacker/packer.h"

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

bool write_seed(const std::string& path, PixelFormat layout, const ColorSpace& color, const PackingOptions& options) {
  TaskPool pool(1);
  ImageBuffer buffer;
  const Picture picture = picture_of(buffer, layout, color);
  const auto packer = Packer::create(picture.main.format, options, pool);
  VectorSink sink;
  if (!packer.has_value() || !packer->pack(picture, sink).has_value()) {
    return false;
  }
  const Bytes bytes = sink.take();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: make-seeds FORMAT FOLDER\n");
    return 2;
  }
  const std::string name = argv[1];
  const ColorSpace hdr{.primaries = Primaries::bt2020, .transfer = Transfer::pq};
  const ColorSpace yuv{.matrix = Matrix::bt601};
  int seeds = 0;
  for (const FormatInfo& info : supported_formats()) {
    if (info.name != name) {
      continue;
    }
    const std::string begin = std::string(argv[2]) + "/seed-";
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
        }
      }
    }
  }
  std::printf("%d seeds for %s\n", seeds, argv[1]);
  return seeds > 0 ? 0 : 1;
}
