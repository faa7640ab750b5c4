// SPDX-License-Identifier: LGPL-2.1-or-later
// libjpeg's header needs the first two.
// clang-format off
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>
// clang-format on
#include <cstdlib>
#include <span>

#include "base/longjmp_shield.h"
#include "support/decode.h"

namespace imagepacker::testing {
namespace {

struct ErrorManager {
  jpeg_error_mgr base;  // first, so that libjpeg's pointer is ours
  LongjmpShield* shield;
};

void fail(j_common_ptr state) {
  char text[JMSG_LENGTH_MAX];
  (*state->err->format_message)(state, text);
  reinterpret_cast<ErrorManager*>(state->err)->shield->fail(text);
}

void no_warning(j_common_ptr state) {
  fail(state);  // a file of ours must not even make the decoder wonder
}

void split(const std::vector<JSAMPLE>& row, int components, DecodedImage& image, std::size_t first) {
  for (std::size_t c = 0; c < static_cast<std::size_t>(components); ++c) {
    for (std::size_t x = 0; x < static_cast<std::size_t>(image.size.width); ++x) {
      image.planes[c][first + x] = row[x * static_cast<std::size_t>(components) + c];
    }
  }
}

DecodedImage decode_jpeg(ByteView file, bool ycbcr) {
  DecodedImage image;
  std::vector<JSAMPLE> row;
  std::vector<std::byte> icc;
  jpeg_decompress_struct state{};
  ErrorManager errors{};
  LongjmpShield shield;
  state.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = fail;
  errors.base.emit_message = [](j_common_ptr common, int level) {
    if (level < 0) {
      no_warning(common);
    }
  };
  errors.shield = &shield;

  const bool begun = shield.run([&] {
    jpeg_create_decompress(&state);
    jpeg_mem_src(&state, reinterpret_cast<const unsigned char*>(file.data()), file.size());
    jpeg_save_markers(&state, JPEG_APP0 + 2, 0xFFFF);
    jpeg_read_header(&state, TRUE);
    state.dct_method = JDCT_ISLOW;
    if (state.num_components == 3) {
      state.out_color_space = ycbcr ? JCS_YCbCr : JCS_RGB;
    }
    jpeg_start_decompress(&state);
  });
  if (begun) {
    const int components = state.output_components;
    image.size = {static_cast<int>(state.output_width), static_cast<int>(state.output_height)};
    image.model = components == 1 ? ColorModel::gray : ycbcr ? ColorModel::yuv : ColorModel::rgb;
    image.log2_chroma_w = state.comp_info[0].h_samp_factor - 1;
    image.log2_chroma_h = state.comp_info[0].v_samp_factor - 1;
    row.resize(static_cast<std::size_t>(image.size.width) * static_cast<std::size_t>(components));
    for (std::size_t c = 0; c < static_cast<std::size_t>(components); ++c) {
      image.planes[c].resize(static_cast<std::size_t>(image.size.width) * static_cast<std::size_t>(image.size.height));
    }
    const bool read = shield.run([&] {
      JOCTET* profile = nullptr;
      unsigned int profile_bytes = 0;
      if (jpeg_read_icc_profile(&state, &profile, &profile_bytes) != FALSE) {
        const auto bytes = std::as_bytes(std::span(profile, profile_bytes));
        icc.assign(bytes.begin(), bytes.end());
        std::free(profile);
      }
      while (state.output_scanline < state.output_height) {
        const std::size_t first = std::size_t{state.output_scanline} * static_cast<std::size_t>(image.size.width);
        JSAMPROW rows = row.data();
        jpeg_read_scanlines(&state, &rows, 1);
        split(row, components, image, first);
      }
      jpeg_finish_decompress(&state);
    });
    image.icc = icc;
    if (!read) {
      image.error = shield.message();
    }
  } else {
    image.error = shield.message();
  }
  jpeg_destroy_decompress(&state);
  return image;
}

}  // namespace

DecodedImage decode_jpeg_ycbcr(ByteView file) {
  return decode_jpeg(file, true);
}

DecodedImage decode_jpeg_rgb(ByteView file) {
  return decode_jpeg(file, false);
}

}  // namespace imagepacker::testing
