// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/hdr_reconstruction.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/try.h"
#include "color/matrix.h"
#include "color/primaries.h"
#include "color/transfer.h"
#include "hdr/gain_map_metadata.h"
#include "kernels/table_rows.h"

namespace imagepacker {
namespace {

/// Rows per task; even, for subsampled sources.
constexpr int kBandRows = 32;

constexpr int kTargetDepth = 12;
constexpr int kTargetMax = (1 << kTargetDepth) - 1;

/// The base in planes at full resolution, in its own depth.
ImageFormat coded_format(const ImageFormat& base) {
  ImageFormat coded = base;
  const bool is_deep = base.info().depth > 8;
  if (base.info().model == ColorModel::yuv && !is_deep) {
    // Rounded to 8 bit later, see yuv_to_rgb.
    coded.layout = base.has_alpha() ? PixelFormat::a444_12le : PixelFormat::y444_16le;
  } else {
    coded.layout = base.has_alpha() ? (is_deep ? PixelFormat::gbra_12le : PixelFormat::gbra)
                                    : (is_deep ? PixelFormat::gbr_12le : PixelFormat::gbr);
    coded.color.matrix = imagepacker::Matrix::rgb;
    coded.color.range = Range::full;
  }
  coded.color.chroma_site = ChromaSite::unspecified;
  coded.hdr = {};
  return coded;
}

ImageFormat coded_map_format(const ImageFormat& map) {
  ImageFormat coded = map;
  coded.layout = PixelFormat::gbr;
  coded.color.matrix = imagepacker::Matrix::rgb;
  coded.color.range = Range::full;
  coded.color.chroma_site = ChromaSite::unspecified;
  coded.alpha = Alpha::none;
  return coded;
}

std::array<std::array<float, 3>, 3> primaries_matrix(Primaries from, Primaries to) {
  std::array<std::array<float, 3>, 3> result{};
  const Matrix3 matrix = rgb_to_rgb(from, to);
  for (std::size_t i = 0; i < 3; ++i) {
    std::ranges::transform(matrix.rows[i], result[i].begin(), [](double value) { return static_cast<float>(value); });
  }
  return result;
}

const std::byte* row_of(const ImageView& view, int component, int row) {
  const Plane& plane = view.planes[view.format.info().components[static_cast<std::size_t>(component)].plane];
  return plane.bytes.data() + static_cast<std::size_t>(row) * plane.stride_bytes;
}

std::byte* row_of(const MutableImageView& view, int component, int row) {
  const MutablePlane& plane = view.planes[view.format.info().components[static_cast<std::size_t>(component)].plane];
  return plane.bytes.data() + static_cast<std::size_t>(row) * plane.stride_bytes;
}

/// `count` codes, of a byte or a little-endian word each.
void read_codes(const std::byte* row, bool is_deep, std::size_t count, std::uint16_t* codes) {
  for (std::size_t x = 0; x < count; ++x) {
    codes[x] = is_deep ? static_cast<std::uint16_t>(std::to_integer<unsigned>(row[2 * x]) |
                                                    std::to_integer<unsigned>(row[2 * x + 1]) << 8)
                       : std::to_integer<std::uint16_t>(row[x]);
  }
}

void write_code(std::byte* row, std::size_t x, int code) {
  row[2 * x] = static_cast<std::byte>(code & 0xFF);
  row[2 * x + 1] = static_cast<std::byte>(code >> 8);
}

}  // namespace

/// What one task works with.
struct HdrReconstruction::Work {
  explicit Work(std::size_t width, std::size_t map_width) : gain(width), map_row(map_width) {
    for (std::size_t c = 0; c < 3; ++c) {
      codes[c].resize(width);
      light[c].resize(width);
    }
  }

  std::array<std::vector<std::uint16_t>, 3> codes;
  std::array<std::vector<float>, 3> light;
  std::vector<float> gain;
  std::vector<float> map_row;
};

ImageFormat reconstructed_format(const ImageFormat& base) {
  ImageFormat format = base;
  format.layout = base.has_alpha() ? PixelFormat::gbra_12le : PixelFormat::gbr_12le;
  format.color = {.primaries = Primaries::bt2020, .transfer = Transfer::pq};
  format.hdr = {};
  if (!base.has_alpha()) {
    format.alpha = Alpha::none;
  }
  return format;
}

HdrReconstruction::HdrReconstruction(ConversionPlan base_codes, std::optional<ConversionPlan> map_codes,
                                     const GainMapMetadata& metadata)
    : base_codes_(std::move(base_codes)),
      map_codes_(std::move(map_codes)),
      metadata_(metadata),
      is_one_channel_(!map_codes_ && is_single_channel(metadata)),
      to_target_{},
      pq_([](double light) { return pq_inverse_eotf(light * kSdrWhiteNits); }) {}

Result<HdrReconstruction> HdrReconstruction::create(const ImageFormat& base, const ImageFormat& map,
                                                    const GainMapMetadata& metadata) {
  const ImageFormat coded = coded_format(base);
  IP_ASSIGN(auto base_codes, ConversionPlan::create(base, coded, 0));
  std::optional<ConversionPlan> map_codes;
  if (map.info().model != ColorModel::gray || map.layout != PixelFormat::gray8) {
    IP_ASSIGN(map_codes, ConversionPlan::create(map, coded_map_format(map), 0));
  }
  HdrReconstruction made(std::move(base_codes), std::move(map_codes), metadata);
  const bool is_yuv = coded.info().model == ColorModel::yuv;
  const int codes = 1 << (is_yuv ? base.info().depth : coded.info().depth);
  for (int code = 0; code < codes; ++code) {
    made.light_of_code_.push_back(
        static_cast<float>(sdr_to_linear(base.color.transfer, static_cast<double>(code) / (codes - 1))));
  }
  if (is_yuv) {
    const Coding coding = coding_of(ColorModel::yuv, base.info().depth, base.color);
    made.codes_per_step_ = static_cast<float>(
        coding_of(ColorModel::yuv, coded.info().depth, coded.color).to_rgb.rows[0][0] / coding.to_rgb.rows[0][0]);
    made.coded_neutral_ = static_cast<float>(coding_of(ColorModel::yuv, coded.info().depth, coded.color).offset[1]);
    made.even_columns_go_up_ = base.info().log2_chroma_h == 1;
    for (std::size_t i = 0; i < 3; ++i) {
      made.yuv_offset_[i] = static_cast<float>(coding.offset[i]);
      for (std::size_t j = 0; j < 3; ++j) {
        made.from_yuv_[i][j] = static_cast<float>(coding.to_rgb.rows[i][j] * (codes - 1));
      }
    }
  }
  Primaries gained = base.color.primaries;
  if (!metadata.use_base_color_space && !are_equal(map.color.primaries, base.color.primaries)) {
    made.to_alternate_ = primaries_matrix(base.color.primaries, map.color.primaries);
    gained = map.color.primaries;
  }
  made.to_target_ = primaries_matrix(gained, Primaries::bt2020);
  for (std::size_t c = 0; c < (made.is_one_channel_ ? 1 : 3); ++c) {
    const GainMapMetadata::Channel channel = metadata.channels[c];
    made.gain_.emplace_back([channel](double coded_gain) {
      const double stops =
          channel.gain_min + (channel.gain_max - channel.gain_min) * std::pow(coded_gain, 1 / channel.gamma);
      return std::exp2(std::min(stops, 16.0));
    });
  }
  made.columns_ = taps(base.size.width, map.size.width);
  made.lines_ = taps(base.size.height, map.size.height);
  return made;
}

std::vector<HdrReconstruction::Tap> HdrReconstruction::taps(int pixels, int samples) {
  std::vector<Tap> result;
  result.reserve(static_cast<std::size_t>(pixels));
  for (int pixel = 0; pixel < pixels; ++pixel) {
    const double place = std::clamp((pixel + 0.5) * samples / pixels - 0.5, 0.0, samples - 1.0);
    const int first = static_cast<int>(place);
    result.push_back({first, std::min(first + 1, samples - 1), static_cast<float>(place - first)});
  }
  return result;
}

/// Codes of 8-bit YCbCr, with the fractions that chroma has between its samples, become R'G'B' of 8 bit in full range.
/// Other readers round chroma to 8 bit first, and gains were computed for pixels like that. Where it lies in the middle
/// between two codes, libjpeg-turbo takes the upper and the lower one in turn, from column to column.
void HdrReconstruction::yuv_to_rgb(std::size_t width, Work& work) const {
  std::uint16_t* const first = work.codes[0].data();
  std::uint16_t* const second = work.codes[1].data();
  std::uint16_t* const third = work.codes[2].data();
  const auto rounded = [](float value) {
    return static_cast<std::uint16_t>(static_cast<int>(std::min(std::max(value, 0.0F), 255.0F) + 0.5F));
  };
  for (std::size_t x = 0; x < width; ++x) {
    const bool ties_go_up = (x % 2 == 0) == even_columns_go_up_;
    const auto whole = [&](std::uint16_t code) {
      // In sixteenths, which interpolation between 2 × 2 samples gives.
      const auto sixteenths = static_cast<int>(
          ((static_cast<float>(code) - coded_neutral_) * codes_per_step_ + yuv_offset_[1]) * 16 + 0.5F);
      return static_cast<float>((sixteenths + (ties_go_up ? 8 : 7)) / 16);
    };
    const float y =
        static_cast<float>(static_cast<int>(static_cast<float>(first[x]) * codes_per_step_ + 0.5F)) - yuv_offset_[0];
    const float cb = whole(second[x]) - yuv_offset_[1];
    const float cr = whole(third[x]) - yuv_offset_[2];
    const auto code = [&](std::size_t c) {
      return rounded((from_yuv_[c][0] * y + from_yuv_[c][1] * cb) + from_yuv_[c][2] * cr);
    };
    const std::uint16_t r = code(0);
    const std::uint16_t g = code(1);
    third[x] = code(2);
    first[x] = r;
    second[x] = g;
  }
}

/// The factor of `channel` for every pixel of `row`.
void HdrReconstruction::read_gain(const ImageView& map, int row, int channel, Work& work, float* out) const {
  const Tap& line = lines_[static_cast<std::size_t>(row)];
  const std::byte* const above = row_of(map, channel, line.first);
  const std::byte* const below = row_of(map, channel, line.second);
  for (std::size_t x = 0; x < work.map_row.size(); ++x) {
    const auto a = static_cast<float>(std::to_integer<int>(above[x]));
    const auto b = static_cast<float>(std::to_integer<int>(below[x]));
    work.map_row[x] = (a + line.weight * (b - a)) * (1.0F / 255);
  }
  for (std::size_t x = 0; x < columns_.size(); ++x) {
    const Tap& column = columns_[x];
    const float a = work.map_row[static_cast<std::size_t>(column.first)];
    const float b = work.map_row[static_cast<std::size_t>(column.second)];
    out[x] = a + column.weight * (b - a);
  }
  look_up_row(gain_[static_cast<std::size_t>(channel)].view(), columns_.size(), out);
}

Status HdrReconstruction::make_rows(const ImageView& base, const ImageView& map, int first, int count,
                                    const MutableImageView& target) const {
  ImageBuffer scratch;
  const ConvertedRows converted(base_codes_, base);
  IP_ASSIGN(const ImageView coded, converted.rows(first, count, scratch));
  const std::size_t width = columns_.size();
  const bool is_deep = coded.format.info().depth > 8;
  Work work(width, static_cast<std::size_t>(map.format.size.width));
  for (int row = 0; row < count; ++row) {
    for (int c = 0; c < 3; ++c) {
      read_codes(row_of(coded, c, row), is_deep, width, work.codes[c].data());
    }
    if (coded.format.info().model == ColorModel::yuv) {
      yuv_to_rgb(width, work);
    }
    for (int c = 0; c < 3; ++c) {
      std::ranges::transform(work.codes[c], work.light[c].begin(),
                             [&](std::uint16_t code) { return light_of_code_[code]; });
    }
    float* const r = work.light[0].data();
    float* const g = work.light[1].data();
    float* const b = work.light[2].data();
    if (to_alternate_) {
      multiply_pixels(*to_alternate_, width, r, g, b);
    }
    for (int c = 0; c < 3; ++c) {
      if (c == 0 || !is_one_channel_) {
        read_gain(map, first + row, c, work, work.gain.data());
      }
      const GainMapMetadata::Channel& channel = metadata_.channels[static_cast<std::size_t>(c)];
      const auto base_offset = static_cast<float>(channel.base_offset);
      const auto alternate_offset = static_cast<float>(channel.alternate_offset);
      float* const light = work.light[static_cast<std::size_t>(c)].data();
      for (std::size_t x = 0; x < width; ++x) {
        light[x] = (light[x] + base_offset) * work.gain[x] - alternate_offset;
      }
    }
    multiply_pixels(to_target_, width, r, g, b);
    for (int c = 0; c < 3; ++c) {
      float* const light = work.light[static_cast<std::size_t>(c)].data();
      look_up_row(pq_.view(), width, light);
      std::byte* const out = row_of(target, c, first + row);
      for (std::size_t x = 0; x < width; ++x) {
        write_code(out, x, static_cast<int>(std::clamp(light[x], 0.0F, 1.0F) * kTargetMax + 0.5F));
      }
    }
    if (target.format.has_alpha()) {
      read_codes(row_of(coded, 3, row), is_deep, width, work.codes[0].data());
      const int most = (1 << coded.format.info().depth) - 1;
      std::byte* const out = row_of(target, 3, first + row);
      for (std::size_t x = 0; x < width; ++x) {
        write_code(out, x, (work.codes[0][x] * kTargetMax + most / 2) / most);
      }
    }
  }
  return {};
}

Status HdrReconstruction::make(const ImageView& base, const ImageView& map, ImageBuffer& target, TaskPool& pool,
                               const std::stop_token& stop) const {
  ImageBuffer map_buffer;
  ImageView gains = map;
  if (map_codes_) {
    const ConvertedRows converted(*map_codes_, map);
    IP_ASSIGN(gains, converted.rows(0, map.format.size.height, map_buffer));
  }
  IP_TRY(target.reset(reconstructed_format(base.format)));
  const MutableImageView view = target.view();
  const int height = view.format.size.height;
  return pool.for_each(static_cast<std::size_t>((height + kBandRows - 1) / kBandRows), [&](std::size_t band) -> Status {
    if (stop.stop_requested()) {
      return make_error(Errc::cancelled, "unpacking was cancelled");
    }
    const int first = static_cast<int>(band) * kBandRows;
    return make_rows(base, gains, first, std::min(kBandRows, height - first), view);
  });
}

}  // namespace imagepacker
