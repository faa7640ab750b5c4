// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/gain_rows.h"

#include <algorithm>
#include <cmath>

#include "base/try.h"
#include "hdr/coded_row.h"
#include "hdr/gain_map_metadata.h"

namespace imagepacker {
namespace {

constexpr double kMaxStops = 16;

/// The map as it is read: data in full range. Exact where it isn't of 8 bit anyway: see BaseLight.
ImageFormat coded_format(const ImageFormat& map, RgbPrecision precision) {
  ImageFormat coded = map;
  const PixelFormatInfo& info = map.info();
  if (info.model == ColorModel::gray) {
    const bool has_bytes = info.depth == 8 && map.color.range == Range::full;
    coded.layout = has_bytes ? PixelFormat::gray8 : PixelFormat::gray16_le;
  } else {
    const bool has_bytes = info.depth == 8 && (info.model == ColorModel::rgb || precision == RgbPrecision::bytes);
    coded.layout = has_bytes ? PixelFormat::gbr : PixelFormat::rgba64_le;
    coded.color.matrix = Matrix::rgb;
  }
  coded.color.range = Range::full;
  coded.color.chroma_site = ChromaSite::unspecified;
  coded.alpha = Alpha::none;
  return coded;
}

}  // namespace

std::vector<GainRows::Tap> GainRows::taps(int pixels, int samples) {
  std::vector<Tap> result;
  result.reserve(static_cast<std::size_t>(pixels));
  for (int pixel = 0; pixel < pixels; ++pixel) {
    const double place = std::clamp((pixel + 0.5) * samples / pixels - 0.5, 0.0, samples - 1.0);
    const int first = static_cast<int>(place);
    result.push_back({first, std::min(first + 1, samples - 1), static_cast<float>(place - first)});
  }
  return result;
}

Result<GainRows> GainRows::create(const ImageFormat& map, Size base, const GainMapMetadata& metadata,
                                  RgbPrecision precision) {
  IP_ASSIGN(auto to_codes, ConversionPlan::create(map, coded_format(map, precision), 0));
  GainRows made(std::move(to_codes));
  const bool is_one_channel = map.info().model == ColorModel::gray && is_single_channel(metadata);
  for (std::size_t c = 0; c < (is_one_channel ? 1 : 3); ++c) {
    const GainMapMetadata::Channel channel = metadata.channels[c];
    made.gain_.emplace_back([channel](double coded_gain) {
      const double stops =
          channel.gain_min + (channel.gain_max - channel.gain_min) * std::pow(coded_gain, 1 / channel.gamma);
      return std::exp2(std::min(stops, kMaxStops));
    });
  }
  made.columns_ = taps(base.width, map.size.width);
  made.lines_ = taps(base.height, map.size.height);
  return made;
}

Status GainRows::prepare(const ImageView& map, int first, int count, Band& band) const {
  // Whole rows of chroma.
  band.first_row = lines_[static_cast<std::size_t>(first)].first & ~1;
  const int end =
      std::min((lines_[static_cast<std::size_t>(first + count - 1)].second + 2) & ~1, map.format.size.height);
  IP_ASSIGN(band.codes, ConvertedRows(to_codes_, map).rows(band.first_row, end - band.first_row, band.memory));
  const auto width = static_cast<std::size_t>(map.format.size.width);
  band.sample_row.resize(width);
  band.above.resize(width);
  band.below.resize(width);
  return {};
}

void GainRows::read(Band& band, int row, int channel, float* out) const {
  const PixelFormatInfo& info = band.codes.format.info();
  const int component = info.model == ColorModel::gray ? 0 : channel;
  const float step = 1.0F / static_cast<float>((1 << info.depth) - 1);
  const Tap& line = lines_[static_cast<std::size_t>(row)];
  const auto read_samples = [&](int map_row, std::vector<float>& samples) {
    read_codes(band.codes, component, map_row - band.first_row, band.sample_row.data());
    for (std::size_t x = 0; x < samples.size(); ++x) {
      samples[x] = static_cast<float>(band.sample_row[x]);
    }
  };
  read_samples(line.first, band.above);
  read_samples(line.second, band.below);
  for (std::size_t x = 0; x < band.above.size(); ++x) {
    band.above[x] = (band.above[x] + line.weight * (band.below[x] - band.above[x])) * step;
  }
  for (std::size_t x = 0; x < columns_.size(); ++x) {
    const Tap& column = columns_[x];
    const float a = band.above[static_cast<std::size_t>(column.first)];
    const float b = band.above[static_cast<std::size_t>(column.second)];
    out[x] = a + column.weight * (b - a);
  }
  const std::size_t table = is_one_channel() ? 0 : static_cast<std::size_t>(channel);
  look_up_row(gain_[table].view(), columns_.size(), out);
}

}  // namespace imagepacker
