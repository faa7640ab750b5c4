// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/libjpeg_file.h"

#include <cmath>
#include <cstdio>
// libjpeg's header needs the one above.
#include <jpeglib.h>

#include <cstdlib>

namespace imagepacker::jpeg {

std::vector<std::uint8_t> smooth_samples(Size size, int components) {
  std::vector<std::uint8_t> samples;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      for (int c = 0; c < components; ++c) {
        samples.push_back(static_cast<std::uint8_t>(128 + 60 * std::sin(0.09 * x + c) + 60 * std::cos(0.07 * y - c)));
      }
    }
  }
  return samples;
}

Bytes write_with_libjpeg(const LibjpegFile& file) {
  jpeg_error_mgr errors;
  jpeg_compress_struct codec{};
  codec.err = jpeg_std_error(&errors);
  jpeg_create_compress(&codec);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&codec, &memory, &size);
  codec.image_width = static_cast<JDIMENSION>(file.size.width);
  codec.image_height = static_cast<JDIMENSION>(file.size.height);
  codec.input_components = file.components;
  codec.in_color_space = file.components == 1 ? JCS_GRAYSCALE : file.components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&codec);
  if (file.keeps_colors) {
    jpeg_set_colorspace(&codec, codec.in_color_space);
  } else if (file.components == 4) {
    jpeg_set_colorspace(&codec, JCS_YCCK);
  }
  if (!file.has_adobe_marker) {
    codec.write_Adobe_marker = FALSE;
  }
  codec.comp_info[0].h_samp_factor = file.luma_sampling[0];
  codec.comp_info[0].v_samp_factor = file.luma_sampling[1];
  for (int c = 1; c < file.components; ++c) {
    codec.comp_info[c].h_samp_factor = c == 3 ? file.luma_sampling[0] : 1;
    codec.comp_info[c].v_samp_factor = c == 3 ? file.luma_sampling[1] : 1;
  }
  jpeg_set_quality(&codec, file.quality, TRUE);
  codec.restart_interval = file.restart_interval;
  codec.restart_in_rows = static_cast<int>(file.restart_rows);
  codec.optimize_coding = file.optimal_huffman ? TRUE : FALSE;
  codec.arith_code = file.arithmetic ? TRUE : FALSE;
  if (file.progressive) {
    jpeg_simple_progression(&codec);
  }
  jpeg_start_compress(&codec, TRUE);
  auto samples = file.samples.empty() ? smooth_samples(file.size, file.components) : file.samples;
  while (codec.next_scanline < codec.image_height) {
    JSAMPROW row = samples.data() + static_cast<std::size_t>(codec.next_scanline) *
                                        static_cast<std::size_t>(file.size.width * file.components);
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  const auto* const begin = reinterpret_cast<const std::byte*>(memory);
  Bytes bytes(begin, begin + size);
  std::free(memory);
  return bytes;
}

}  // namespace imagepacker::jpeg
