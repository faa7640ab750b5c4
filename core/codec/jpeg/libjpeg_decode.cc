// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/libjpeg_decode.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "codec/jpeg/jpeg_layout.h"
#include "codec/jpeg/libjpeg_reader.h"
#include "color/cmyk_conversion.h"

namespace imagepacker::jpeg {
namespace {

constexpr int kMaxSampling = 4;
constexpr int kMaxMcuRows = kMaxSampling * kBlockSize;

/// The layout whose planes a YCbCr file has, if there is one.
std::optional<PixelFormat> planes_of(const JpegFrameHeader& frame) {
  const auto& [luma, cb, cr, unused] = frame.components;
  if (cb.horizontal_sampling != cr.horizontal_sampling || cb.vertical_sampling != cr.vertical_sampling ||
      luma.horizontal_sampling % cb.horizontal_sampling != 0 || luma.vertical_sampling % cb.vertical_sampling != 0) {
    return std::nullopt;
  }
  const int columns = luma.horizontal_sampling / cb.horizontal_sampling;
  const int rows = luma.vertical_sampling / cb.vertical_sampling;
  if (rows == 1) {
    switch (columns) {
      case 1:
        return PixelFormat::y444;
      case 2:
        return PixelFormat::y42b;
      case 4:
        return PixelFormat::y41b;
      default:
        return std::nullopt;
    }
  }
  return rows == 2 && columns == 2 ? std::optional(PixelFormat::i420) : std::nullopt;
}

Result<FileColor> color_of(J_COLOR_SPACE space, int components) {
  switch (space) {
    case JCS_GRAYSCALE:
      return FileColor::gray;
    case JCS_YCbCr:
      return FileColor::ycbcr;
    case JCS_RGB:
      return FileColor::rgb;
    case JCS_CMYK:
    case JCS_YCCK:
      return FileColor::cmyk;
    default:
      return make_error(Errc::unsupported, text("a JPEG of ", components, " components; 1, 3 and 4 can be read"));
  }
}

J_COLOR_SPACE output_space(FileColor color) {
  switch (color) {
    case FileColor::gray:
      return JCS_GRAYSCALE;
    case FileColor::ycbcr:
      return JCS_YCbCr;
    case FileColor::rgb:
      return JCS_RGB;
    case FileColor::cmyk:
      return JCS_CMYK;
  }
  return JCS_UNKNOWN;
}

JSAMPLE* row_of(const MutablePlane& plane, int row) {
  return reinterpret_cast<JSAMPLE*>(plane.bytes.data()) + static_cast<std::size_t>(row) * plane.stride_bytes;
}

/// Blocks of eight rows straight into the planes. Columns beyond the picture's fall into the padding of the rows, rows
/// below the picture into a row of their own.
Status read_planes(LibjpegReader& reader, const MutableImageView& target) {
  jpeg_decompress_struct& codec = reader.codec();
  std::array<std::array<JSAMPROW, kMaxMcuRows>, 3> rows{};
  std::array<JSAMPARRAY, 3> planes{};
  const PixelFormatInfo& info = target.format.info();
  std::size_t longest = 0;
  for (int c = 0; c < info.plane_count; ++c) {
    planes[c] = rows[c].data();
    longest = std::max(longest, target.planes[c].stride_bytes);
  }
  std::vector<JSAMPLE> below(longest);
  JSAMPLE* const spare = below.data();
  return reader.run([&] {
    codec.raw_data_out = TRUE;
    jpeg_start_decompress(&codec);
    const int mcu_rows = codec.max_v_samp_factor * kBlockSize;
    for (int mcu_row = 0; codec.output_scanline < codec.output_height; ++mcu_row) {
      for (int c = 0; c < info.plane_count; ++c) {
        const int count = codec.comp_info[c].v_samp_factor * kBlockSize;
        const int end = plane_height(info, c, target.format.size);
        for (int y = 0; y < count; ++y) {
          const int row = mcu_row * count + y;
          rows[c][y] = row < end ? row_of(target.planes[c], row) : spare;
        }
      }
      jpeg_read_raw_data(&codec, planes.data(), static_cast<JDIMENSION>(mcu_rows));
    }
    jpeg_finish_decompress(&codec);
  });
}

/// Row after row of interleaved samples; chroma is filled up by libjpeg-turbo.
Status read_rows(LibjpegReader& reader, FileColor color, const CmykConversion* cmyk, const MutableImageView& target) {
  jpeg_decompress_struct& codec = reader.codec();
  const auto width = static_cast<std::size_t>(target.format.size.width);
  const bool is_direct = color == FileColor::rgb || color == FileColor::gray;
  std::vector<JSAMPLE> samples(is_direct ? 0 : width * 4);
  JSAMPLE* const scratch = samples.data();
  return reader.run([&] {
    jpeg_start_decompress(&codec);
    while (codec.output_scanline < codec.output_height) {
      const int y = static_cast<int>(codec.output_scanline);
      JSAMPROW row = is_direct ? row_of(target.planes[0], y) : scratch;
      jpeg_read_scanlines(&codec, &row, 1);
      if (color == FileColor::cmyk) {
        cmyk->convert(scratch, width, row_of(target.planes[0], y));
      } else if (color == FileColor::ycbcr) {
        for (std::size_t c = 0; c < 3; ++c) {
          JSAMPLE* const out = row_of(target.planes[c], y);
          for (std::size_t x = 0; x < width; ++x) {
            out[x] = scratch[3 * x + c];
          }
        }
      }
    }
    jpeg_finish_decompress(&codec);
  });
}

/// Opens `image` and makes sure that libjpeg-turbo has read of it what the structure says, by which memory is measured.
Status open_checked(LibjpegReader& reader, const JpegStructure& image) {
  IP_TRY(reader.open(image.bytes));
  const jpeg_decompress_struct& codec = reader.codec();
  const JpegFrameHeader& frame = image.frame;
  bool is_same = codec.image_width == static_cast<JDIMENSION>(frame.size.width) &&
                 codec.image_height == static_cast<JDIMENSION>(frame.size.height) &&
                 codec.num_components == frame.component_count;
  for (int c = 0; is_same && c < frame.component_count; ++c) {
    is_same = codec.comp_info[c].h_samp_factor == frame.components[static_cast<std::size_t>(c)].horizontal_sampling &&
              codec.comp_info[c].v_samp_factor == frame.components[static_cast<std::size_t>(c)].vertical_sampling;
  }
  return is_same ? Status() : make_error(Errc::corrupt_input, "the JPEG's frame header is ambiguous");
}

}  // namespace

Result<SampleWay> choose_sample_way(const JpegStructure& image) {
  const std::stop_token never;
  LibjpegReader reader(never);
  IP_TRY(open_checked(reader, image));
  const jpeg_decompress_struct& codec = reader.codec();
  SampleWay way;
  IP_ASSIGN(way.color, color_of(codec.jpeg_color_space, codec.num_components));
  switch (way.color) {
    case FileColor::gray:
      way.layout = PixelFormat::gray8;
      way.has_raw_planes = true;
      break;
    case FileColor::ycbcr: {
      const auto planes = planes_of(image.frame);
      way.layout = planes.value_or(PixelFormat::y444);
      way.has_raw_planes = planes.has_value();
      break;
    }
    case FileColor::rgb:
    case FileColor::cmyk:
      way.layout = PixelFormat::rgb;
      way.is_inverted_cmyk = codec.saw_Adobe_marker != 0;
      break;
  }
  return way;
}

Status decode_with_libjpeg(const JpegStructure& image, const SampleWay& way, const CmykConversion* cmyk,
                           MutableImageView target, const std::stop_token& stop) {
  LibjpegReader reader(stop);
  IP_TRY(open_checked(reader, image));
  jpeg_decompress_struct& codec = reader.codec();
  codec.out_color_space = way.has_raw_planes ? codec.jpeg_color_space : output_space(way.color);
  codec.dct_method = JDCT_ISLOW;
  return way.has_raw_planes ? read_planes(reader, target) : read_rows(reader, way.color, cmyk, target);
}

}  // namespace imagepacker::jpeg
