// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/base_light.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "color/matrix.h"
#include "color/transfer.h"
#include "hdr/coded_row.h"

namespace imagepacker {
namespace {

constexpr int kMaxByte = 255;

/// What codes() gives: R'G'B' where they are codes of 8 bit already; YCbCr at full resolution, to be rounded; else
/// R'G'B' so fine that nothing is rounded.
ImageFormat coded_format(const ImageFormat& base, RgbPrecision precision) {
  ImageFormat coded = base;
  const PixelFormatInfo& info = base.info();
  coded.color.chroma_site = ChromaSite::unspecified;
  coded.hdr = {};
  if (base.has_alpha()) {
    // Curves need the colour itself.
    coded.alpha = Alpha::straight;
  }
  if (info.depth == 8 && info.model == ColorModel::yuv && precision == RgbPrecision::bytes && !base.has_alpha()) {
    coded.layout = PixelFormat::y444_16le;
    return coded;
  }
  const bool has_bytes = info.depth == 8 && info.model != ColorModel::yuv &&
                         (info.model == ColorModel::rgb || base.color.range == Range::full);
  coded.layout = !has_bytes ? PixelFormat::rgba64_le : base.has_alpha() ? PixelFormat::gbra : PixelFormat::gbr;
  coded.color.matrix = Matrix::rgb;
  coded.color.range = Range::full;
  return coded;
}

}  // namespace

BaseLight::Row::Row(std::size_t width) {
  for (std::size_t c = 0; c < 3; ++c) {
    codes[c].resize(width);
    light[c].resize(width);
  }
}

BaseLight::BaseLight(ConversionPlan to_codes, const ImageFormat& base)
    : to_codes_(std::move(to_codes)),
      light_of_code_([transfer = base.color.transfer](double coded) { return sdr_to_linear(transfer, coded); }) {
  for (int code = 0; code <= kMaxByte; ++code) {
    light_of_byte_.push_back(
        static_cast<float>(sdr_to_linear(base.color.transfer, static_cast<double>(code) / kMaxByte)));
  }
}

Result<BaseLight> BaseLight::create(const ImageFormat& base, RgbPrecision precision) {
  const ImageFormat coded = coded_format(base, precision);
  IP_ASSIGN(auto to_codes, ConversionPlan::create(base, coded, 0));
  BaseLight made(std::move(to_codes), base);
  if (coded.info().model == ColorModel::yuv) {
    const Coding own = coding_of(ColorModel::yuv, base.info().depth, base.color);
    const Coding fine = coding_of(ColorModel::yuv, coded.info().depth, coded.color);
    Rounding rounding;
    rounding.codes_per_step = static_cast<float>(fine.to_rgb.rows[0][0] / own.to_rgb.rows[0][0]);
    rounding.coded_neutral = static_cast<float>(fine.offset[1]);
    rounding.even_columns_go_up = base.info().log2_chroma_h == 1;
    for (std::size_t i = 0; i < 3; ++i) {
      rounding.offset[i] = static_cast<float>(own.offset[i]);
      for (std::size_t j = 0; j < 3; ++j) {
        rounding.to_rgb[i][j] = static_cast<float>(own.to_rgb.rows[i][j] * kMaxByte);
      }
    }
    made.rounding_ = rounding;
  }
  return made;
}

Result<ImageView> BaseLight::codes(const ImageView& base, int first, int count, ImageBuffer& scratch) const {
  return ConvertedRows(to_codes_, base).rows(first, count, scratch);
}

/// Where chroma lies in the middle between two codes, libjpeg-turbo takes the upper and the lower one in turn, from
/// column to column.
void BaseLight::round_to_rgb(const Rounding& rounding, std::size_t width, Row& row) const {
  std::uint16_t* const first = row.codes[0].data();
  std::uint16_t* const second = row.codes[1].data();
  std::uint16_t* const third = row.codes[2].data();
  const auto rounded = [](float value) {
    return static_cast<std::uint16_t>(static_cast<int>(std::min(std::max(value, 0.0F), 255.0F) + 0.5F));
  };
  for (std::size_t x = 0; x < width; ++x) {
    const bool ties_go_up = (x % 2 == 0) == rounding.even_columns_go_up;
    const auto whole = [&](std::uint16_t code) {
      // In sixteenths, which interpolation between 2 × 2 samples gives.
      const auto sixteenths = static_cast<int>(
          ((static_cast<float>(code) - rounding.coded_neutral) * rounding.codes_per_step + rounding.offset[1]) * 16 +
          0.5F);
      return static_cast<float>((sixteenths + (ties_go_up ? 8 : 7)) / 16);
    };
    const float y =
        static_cast<float>(static_cast<int>(static_cast<float>(first[x]) * rounding.codes_per_step + 0.5F)) -
        rounding.offset[0];
    const float cb = whole(second[x]) - rounding.offset[1];
    const float cr = whole(third[x]) - rounding.offset[2];
    const auto code = [&](std::size_t c) {
      return rounded((rounding.to_rgb[c][0] * y + rounding.to_rgb[c][1] * cb) + rounding.to_rgb[c][2] * cr);
    };
    const std::uint16_t r = code(0);
    const std::uint16_t g = code(1);
    third[x] = code(2);
    first[x] = r;
    second[x] = g;
  }
}

void BaseLight::read(const ImageView& codes, int row, Row& into) const {
  const auto width = static_cast<std::size_t>(codes.format.size.width);
  for (int c = 0; c < 3; ++c) {
    read_codes(codes, c, row, into.codes[static_cast<std::size_t>(c)].data());
  }
  if (rounding_) {
    round_to_rgb(*rounding_, width, into);
  }
  const bool has_bytes = rounding_ || codes.format.info().depth == 8;
  const float step = 1.0F / static_cast<float>((1 << codes.format.info().depth) - 1);
  for (std::size_t c = 0; c < 3; ++c) {
    float* const light = into.light[c].data();
    const std::uint16_t* const from = into.codes[c].data();
    for (std::size_t x = 0; x < width; ++x) {
      light[x] = has_bytes ? light_of_byte_[from[x]] : static_cast<float>(from[x]) * step;
    }
    if (!has_bytes) {
      look_up_row(light_of_code_.view(), width, light);
    }
  }
}

void BaseLight::read_alpha(const ImageView& codes, int row, int most, std::uint16_t* out) const {
  read_codes(codes, 3, row, out);
  const int own_most = (1 << codes.format.info().depth) - 1;
  for (int x = 0; x < codes.format.size.width; ++x) {
    out[x] = static_cast<std::uint16_t>((out[x] * most + own_most / 2) / own_most);
  }
}

}  // namespace imagepacker
