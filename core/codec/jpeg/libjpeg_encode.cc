// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/libjpeg_encode.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "base/try.h"
#include "codec/jpeg/jpeg_layout.h"
#include "codec/jpeg/libjpeg_writer.h"

namespace imagepacker::jpeg {
namespace {

/// A whole picture's way through a LibjpegWriter.
class Compressor {
 public:
  explicit Compressor(const std::stop_token& stop) : writer_(stop) {}

  Status start(const JpegLayout& layout, const LibjpegSettings& settings) {
    jpeg_compress_struct& codec = writer_.codec();
    return writer_.run([&] {
      writer_.create();
      codec.image_width = static_cast<JDIMENSION>(layout.size.width);
      codec.image_height = static_cast<JDIMENSION>(layout.size.height);
      codec.input_components = layout.component_count;
      codec.in_color_space = layout.component_count == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
      jpeg_set_defaults(&codec);
      set_tables(settings);
      for (int c = 0; c < layout.component_count; ++c) {
        codec.comp_info[c].h_samp_factor = layout.components[c].h;
        codec.comp_info[c].v_samp_factor = layout.components[c].v;
      }
      codec.dct_method = JDCT_ISLOW;
      codec.raw_data_in = TRUE;
      codec.write_JFIF_header = FALSE;
      codec.write_Adobe_marker = FALSE;
      codec.optimize_coding = settings.optimal_huffman ? TRUE : FALSE;
      codec.restart_interval = static_cast<unsigned>(settings.restart_interval);
      if (settings.progressive) {
        jpeg_simple_progression(&codec);
      }
      jpeg_start_compress(&codec, TRUE);
    });
  }

  Status write(JSAMPIMAGE rows, int count) {
    return writer_.run([&] { jpeg_write_raw_data(&writer_.codec(), rows, static_cast<JDIMENSION>(count)); });
  }

  Result<Bytes> finish() {
    IP_TRY(writer_.run([&] { jpeg_finish_compress(&writer_.codec()); }));
    return writer_.take();
  }

 private:
  void set_tables(const LibjpegSettings& settings) {
    for (int table = 0; table < 2; ++table) {
      std::array<unsigned, 64> steps;
      std::ranges::copy(settings.quant_tables[static_cast<std::size_t>(table)], steps.begin());
      jpeg_add_quant_table(&writer_.codec(), table, steps.data(), 100, TRUE);
    }
  }

  LibjpegWriter writer_;
};

/// One MCU row of samples as libjpeg wants them: whole blocks, filled up with copies of the last column and row.
class PaddedRows {
 public:
  explicit PaddedRows(const JpegLayout& layout) : layout_(layout) {
    for (int c = 0; c < layout.component_count; ++c) {
      const ComponentLayout& component = layout.components[c];
      const auto rows = static_cast<std::size_t>(component.v * kBlockSize);
      const auto stride = static_cast<std::size_t>(layout.mcu_columns * component.h * kBlockSize);
      samples_[c].resize(rows * stride);
      rows_[c].resize(rows);
      for (std::size_t y = 0; y < rows; ++y) {
        rows_[c][y] = samples_[c].data() + y * stride;
      }
      image_[c] = rows_[c].data();
    }
  }

  void fill(const ImageView& band) {
    for (int c = 0; c < layout_.component_count; ++c) {
      const Plane& plane = band.planes[band.format.info().components[c].plane];
      const auto width = static_cast<std::size_t>(layout_.components[c].samples.width);
      const auto last_row = static_cast<std::size_t>(
          plane_height(band.format.info(), band.format.info().components[c].plane, band.format.size) - 1);
      const auto stride = samples_[c].size() / rows_[c].size();
      for (std::size_t y = 0; y < rows_[c].size(); ++y) {
        JSAMPROW const row = rows_[c][y];
        std::memcpy(row, plane.bytes.data() + std::min(y, last_row) * plane.stride_bytes, width);
        std::memset(row + width, row[width - 1], stride - width);
      }
    }
  }

  JSAMPIMAGE image() { return image_.data(); }

 private:
  const JpegLayout& layout_;
  std::array<std::vector<JSAMPLE>, 3> samples_;
  std::array<std::vector<JSAMPROW>, 3> rows_;
  std::array<JSAMPARRAY, 3> image_{};
};

}  // namespace

Result<Bytes> encode_with_libjpeg(const LibjpegSettings& settings, const RowSource& image,
                                  const std::stop_token& stop) {
  const JpegLayout layout = JpegLayout::of(image.format());
  Compressor compressor(stop);
  IP_TRY(compressor.start(layout, settings));
  PaddedRows rows(layout);
  ImageBuffer scratch;
  for (int first = 0; first < layout.size.height; first += layout.mcu_height) {
    if (stop.stop_requested()) {
      return make_error(Errc::cancelled, "packing was cancelled");
    }
    IP_ASSIGN(const ImageView band,
              image.rows(first, std::min(layout.mcu_height, layout.size.height - first), scratch));
    rows.fill(band);
    IP_TRY(compressor.write(rows.image(), layout.mcu_height));
  }
  return compressor.finish();
}

}  // namespace imagepacker::jpeg
