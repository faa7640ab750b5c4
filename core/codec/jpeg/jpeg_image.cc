// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/jpeg_image.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "codec/decoder.h"
#include "codec/jpeg/jpeg_layout.h"
#include "codec/jpeg/sequential_decode.h"
#include "color/cmyk_conversion.h"
#include "color/profile_color.h"
#include "container/jpeg_metadata_reading.h"

namespace imagepacker::jpeg {
namespace {

/// Writers make about ten progressive scans. Each costs time for the whole picture, however short it is.
constexpr int kMaxScans = 100;

std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) {
  return (value + by - 1) / by;
}

bool has_several_scans(const JpegStructure& structure) {
  // A first scan that lacks components is followed by others. Its count is the byte behind marker and length.
  const std::size_t count_at = structure.scan_begin + 4;
  return structure.frame.is_progressive() || structure.scan_count > 1 ||
         (count_at < structure.bytes.size() &&
          std::to_integer<int>(structure.bytes[count_at]) < structure.frame.component_count);
}

std::uint64_t count_blocks(const JpegFrameHeader& frame) {
  std::uint64_t most_columns = 1;
  std::uint64_t most_rows = 1;
  for (const JpegFrameComponent& component : frame.components) {
    most_columns = std::max<std::uint64_t>(most_columns, component.horizontal_sampling);
    most_rows = std::max<std::uint64_t>(most_rows, component.vertical_sampling);
  }
  const auto width = static_cast<std::uint64_t>(frame.size.width);
  const auto height = static_cast<std::uint64_t>(frame.size.height);
  std::uint64_t blocks = 0;
  for (const JpegFrameComponent& component : frame.components) {
    blocks += divide_up(width * component.horizontal_sampling, most_columns * kBlockSize) *
              divide_up(height * component.vertical_sampling, most_rows * kBlockSize);
  }
  return blocks;
}

/// What can be told of the file before its samples are read: a file that is cut short, or says to be larger than it can
/// be, is refused before memory is taken.
Status check_length(const JpegStructure& structure) {
  const JpegFrameHeader& frame = structure.frame;
  if (structure.scan_count > kMaxScans) {
    return make_error(Errc::limit_exceeded,
                      text("the JPEG has ", structure.scan_count, " scans; at most ", kMaxScans, " are read"));
  }
  // Where samples are missing in the only scan, Huffman codes end before the last of them. Arithmetic ones never do.
  if (!structure.has_end && (has_several_scans(structure) || frame.is_arithmetic())) {
    return make_error(Errc::corrupt_input,
                      text("the JPEG of ", structure.bytes.size(), " bytes is cut short: it ends in its scan ",
                           structure.scan_count, " without an end marker"));
  }
  // Every block takes one bit or more of a Huffman code, arithmetic codes less.
  constexpr std::uint64_t kBitsPerByte = 8;
  if (!frame.is_arithmetic() && structure.entropy_coded_bytes < count_blocks(frame) / kBitsPerByte) {
    return make_error(Errc::corrupt_input,
                      text("the JPEG is cut short: ", structure.entropy_coded_bytes, " bytes of samples can't hold ",
                           frame.size.width, "×", frame.size.height, " pixels"));
  }
  return {};
}

ColorSpace color_of(const SampleWay& way, ByteView icc) {
  ColorSpace color;
  if (!icc.empty()) {
    const ProfileColor named = profile_color(icc);
    // One without the other is half a truth; the profile itself goes along.
    const bool is_named = named.transfer != Transfer::unspecified &&
                          (named.primaries != Primaries::unspecified || way.color == FileColor::gray);
    color.primaries = is_named ? named.primaries : Primaries::unspecified;
    color.transfer = is_named ? named.transfer : Transfer::unspecified;
  }
  if (way.layout != PixelFormat::rgb) {
    color.matrix = Matrix::bt601;
    color.chroma_site = way.layout == PixelFormat::gray8 || way.layout == PixelFormat::y444 ? ChromaSite::unspecified
                                                                                            : ChromaSite::center;
  }
  return color;
}

}  // namespace

Result<JpegImage> open_jpeg_image(ByteView bytes, const UnpackLimits& limits) {
  JpegImage image;
  IP_ASSIGN(image.structure, parse_jpeg(bytes));
  image.format = {.layout = PixelFormat::y444,
                  .size = image.structure.frame.size,
                  .color = {.matrix = Matrix::bt601},
                  .alpha = Alpha::none,
                  .hdr = {}};
  IP_TRY(check_unpack_limits(image.format, 0, limits));
  IP_TRY(check_length(image.structure));
  IP_ASSIGN(image.way, choose_sample_way(image.structure));
  IP_ASSIGN(image.metadata, read_jpeg_metadata(image.structure.head, image.notices));
  if (image.way.color == FileColor::cmyk) {
    image.cmyk_profile = std::exchange(image.metadata.icc, {});
    image.notices.push_back(
        {Notice::Kind::metadata_dropped,
         text("the CMYK picture was converted to sRGB ",
              image.cmyk_profile.empty() ? "with ideal inks, since it has no ICC profile" : "by its ICC profile")});
  }
  image.format.layout = image.way.layout;
  image.format.color = color_of(image.way, image.metadata.icc);
  // Beside the samples, progressive pictures need all coefficients.
  const int coefficients = has_several_scans(image.structure) ? kFramesOfCoefficients : 0;
  IP_TRY(check_unpack_limits(image.format, 1 + coefficients, limits));
  return image;
}

bool fits_blocks(const JpegImage& image, const MutableImageView& target) {
  const PixelFormatInfo& info = image.format.info();
  for (int p = 0; image.way.has_raw_planes && p < info.plane_count; ++p) {
    const MutablePlane& plane = target.planes[static_cast<std::size_t>(p)];
    const std::size_t columns = divide_up(plane_row_bytes(info, p, image.format.size), kBlockSize) * kBlockSize;
    const auto rows = static_cast<std::size_t>(plane_height(info, p, image.format.size));
    if (plane.stride_bytes < columns || plane.bytes.size() < (rows - 1) * plane.stride_bytes + columns) {
      return false;
    }
  }
  return true;
}

Status decode_jpeg_image(const JpegImage& image, const MutableImageView& samples, TaskPool& pool,
                         const std::stop_token& stop) {
  if (image.way.has_raw_planes) {
    IP_ASSIGN(const bool is_done, decode_sequential(image.structure, samples, pool, stop));
    if (is_done) {
      return {};
    }
  }
  std::optional<CmykConversion> cmyk;
  if (image.way.color == FileColor::cmyk) {
    cmyk.emplace(image.cmyk_profile, image.way.is_inverted_cmyk);
  }
  return decode_with_libjpeg(image.structure, image.way, cmyk ? &*cmyk : nullptr, samples, stop);
}

}  // namespace imagepacker::jpeg
