// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/decoded_jpeg.h"

#include <cstdio>
// libjpeg's header needs the one above.
#include <jpeglib.h>

#include <cstdlib>

#include "base/longjmp_shield.h"

namespace imagepacker::jpeg {
namespace {

struct ErrorExit {
  jpeg_error_mgr base;
  LongjmpShield* shield;
};

[[noreturn]] void leave(j_common_ptr codec) {
  char message[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, message);
  reinterpret_cast<ErrorExit*>(codec->err)->shield->fail(message);
}

void leave_on_warning(j_common_ptr codec, int level) {
  if (level < 0) {
    leave(codec);
  }
}

struct Reader {
  LongjmpShield shield;
  ErrorExit error{};
  jpeg_decompress_struct codec{};

  void open(ByteView bytes) {
    codec.err = jpeg_std_error(&error.base);
    error.base.error_exit = leave;
    error.base.emit_message = leave_on_warning;
    error.shield = &shield;
    jpeg_create_decompress(&codec);
    jpeg_save_markers(&codec, JPEG_APP0 + 2, 0xFFFF);
    jpeg_mem_src(&codec, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_read_header(&codec, TRUE);
  }
  ~Reader() { jpeg_destroy_decompress(&codec); }
};

void read_header(Reader& reader, DecodedJpeg& result) {
  const jpeg_decompress_struct& codec = reader.codec;
  result.width = static_cast<int>(codec.image_width);
  result.height = static_cast<int>(codec.image_height);
  result.components = codec.num_components;
  result.progressive = codec.progressive_mode != 0;
  result.has_jfif = codec.saw_JFIF_marker != 0;
  result.luma_sampling = {codec.comp_info[0].h_samp_factor, codec.comp_info[0].v_samp_factor};
}

void read_blocks(Reader& reader, ByteView bytes, DecodedJpeg& result) {
  reader.open(bytes);
  jpeg_decompress_struct& codec = reader.codec;
  jvirt_barray_ptr* const arrays = jpeg_read_coefficients(&codec);
  result.restart_interval = static_cast<int>(codec.restart_interval);
  for (int c = 0; c < codec.num_components; ++c) {
    const jpeg_component_info& component = codec.comp_info[c];
    for (JDIMENSION row = 0; row < component.height_in_blocks; ++row) {
      JBLOCKARRAY const blocks =
          codec.mem->access_virt_barray(reinterpret_cast<j_common_ptr>(&codec), arrays[c], row, 1, FALSE);
      for (JDIMENSION column = 0; column < component.width_in_blocks; ++column) {
        result.blocks[static_cast<std::size_t>(c)].insert(result.blocks[static_cast<std::size_t>(c)].end(),
                                                          blocks[0][column], blocks[0][column] + 64);
      }
    }
  }
  jpeg_finish_decompress(&codec);
}

void read_samples(Reader& reader, ByteView bytes, DecodedJpeg& result) {
  reader.open(bytes);
  jpeg_decompress_struct& codec = reader.codec;
  read_header(reader, result);
  JOCTET* icc = nullptr;
  unsigned icc_bytes = 0;
  if (jpeg_read_icc_profile(&codec, &icc, &icc_bytes) != 0) {
    result.icc.assign(icc, icc + icc_bytes);
    std::free(icc);
  }
  codec.out_color_space = codec.jpeg_color_space;
  codec.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&codec);
  const std::size_t stride = codec.output_width * static_cast<std::size_t>(codec.num_components);
  result.samples.resize(stride * codec.output_height);
  while (codec.output_scanline < codec.output_height) {
    JSAMPROW row = result.samples.data() + codec.output_scanline * stride;
    jpeg_read_scanlines(&codec, &row, 1);
  }
  jpeg_finish_decompress(&codec);
}

}  // namespace

DecodedJpeg decode_jpeg(ByteView bytes) {
  DecodedJpeg result;
  Reader blocks;
  if (!blocks.shield.run([&] { read_blocks(blocks, bytes, result); })) {
    result.error = blocks.shield.message();
    return result;
  }
  Reader samples;
  if (!samples.shield.run([&] { read_samples(samples, bytes, result); })) {
    result.error = samples.shield.message();
  }
  return result;
}

}  // namespace imagepacker::jpeg
