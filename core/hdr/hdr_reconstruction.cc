// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/hdr_reconstruction.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/try.h"
#include "color/primaries.h"
#include "color/transfer.h"
#include "kernels/table_rows.h"

namespace imagepacker {
namespace {

/// Rows per task; even, for subsampled sources.
constexpr int kBandRows = 32;

constexpr int kTargetDepth = 12;
constexpr int kTargetMax = (1 << kTargetDepth) - 1;

std::array<std::array<float, 3>, 3> primaries_matrix(Primaries from, Primaries to) {
  std::array<std::array<float, 3>, 3> result{};
  const Matrix3 matrix = rgb_to_rgb(from, to);
  for (std::size_t i = 0; i < 3; ++i) {
    std::ranges::transform(matrix.rows[i], result[i].begin(), [](double value) { return static_cast<float>(value); });
  }
  return result;
}

std::byte* row_of(const MutableImageView& view, int component, int row) {
  const MutablePlane& plane = view.planes[view.format.info().components[static_cast<std::size_t>(component)].plane];
  return plane.bytes.data() + static_cast<std::size_t>(row) * plane.stride_bytes;
}

void write_code(std::byte* row, std::size_t x, int code) {
  row[2 * x] = static_cast<std::byte>(code & 0xFF);
  row[2 * x + 1] = static_cast<std::byte>(code >> 8);
}

}  // namespace

ImageFormat reconstructed_format(const ImageFormat& base) {
  ImageFormat format = base;
  format.layout = base.has_alpha() ? PixelFormat::gbra_12le : PixelFormat::gbr_12le;
  format.color = {.primaries = Primaries::bt2020, .transfer = Transfer::pq};
  format.hdr = {};
  format.alpha = base.has_alpha() ? Alpha::straight : Alpha::none;
  return format;
}

HdrReconstruction::HdrReconstruction(BaseLight base, GainRows gains, const GainMapMetadata& metadata)
    : base_(std::move(base)), gains_(std::move(gains)), metadata_(metadata), to_target_{}, pq_([](double light) {
        return pq_inverse_eotf(light * kSdrWhiteNits);
      }) {}

Result<HdrReconstruction> HdrReconstruction::create(const ImageFormat& base, const ImageFormat& map,
                                                    const GainMapMetadata& metadata, RgbPrecision precision) {
  IP_ASSIGN(auto light, BaseLight::create(base, precision));
  IP_ASSIGN(auto gains, GainRows::create(map, base.size, metadata, precision));
  HdrReconstruction made(std::move(light), std::move(gains), metadata);
  Primaries gained = base.color.primaries;
  if (!metadata.use_base_color_space && !are_equal(map.color.primaries, base.color.primaries)) {
    made.to_alternate_ = primaries_matrix(base.color.primaries, map.color.primaries);
    gained = map.color.primaries;
  }
  made.to_target_ = primaries_matrix(gained, Primaries::bt2020);
  return made;
}

Status HdrReconstruction::make_rows(const ImageView& base, const ImageView& map, int first, int count,
                                    const MutableImageView& target) const {
  ImageBuffer scratch;
  IP_ASSIGN(const ImageView codes, base_.codes(base, first, count, scratch));
  GainRows::Band band;
  IP_TRY(gains_.prepare(map, first, count, band));
  const auto width = static_cast<std::size_t>(base.format.size.width);
  BaseLight::Row base_row(width);
  std::vector<float> gain(width);
  for (int row = 0; row < count; ++row) {
    base_.read(codes, row, base_row);
    float* const r = base_row.light[0].data();
    float* const g = base_row.light[1].data();
    float* const b = base_row.light[2].data();
    if (to_alternate_) {
      multiply_pixels(*to_alternate_, width, r, g, b);
    }
    for (int c = 0; c < 3; ++c) {
      if (c == 0 || !gains_.is_one_channel()) {
        gains_.read(band, first + row, c, gain.data());
      }
      const GainMapMetadata::Channel& channel = metadata_.channels[static_cast<std::size_t>(c)];
      const auto base_offset = static_cast<float>(channel.base_offset);
      const auto alternate_offset = static_cast<float>(channel.alternate_offset);
      float* const light = base_row.light[static_cast<std::size_t>(c)].data();
      for (std::size_t x = 0; x < width; ++x) {
        light[x] = (light[x] + base_offset) * gain[x] - alternate_offset;
      }
    }
    multiply_pixels(to_target_, width, r, g, b);
    for (int c = 0; c < 3; ++c) {
      float* const light = base_row.light[static_cast<std::size_t>(c)].data();
      look_up_row(pq_.view(), width, light);
      std::byte* const out = row_of(target, c, first + row);
      for (std::size_t x = 0; x < width; ++x) {
        write_code(out, x, static_cast<int>(std::clamp(light[x], 0.0F, 1.0F) * kTargetMax + 0.5F));
      }
    }
    if (target.format.has_alpha()) {
      std::vector<std::uint16_t>& alpha = base_row.codes[0];
      base_.read_alpha(codes, row, kTargetMax, alpha.data());
      std::byte* const out = row_of(target, 3, first + row);
      for (std::size_t x = 0; x < width; ++x) {
        write_code(out, x, alpha[x]);
      }
    }
  }
  return {};
}

Status HdrReconstruction::make(const ImageView& base, const ImageView& map, ImageBuffer& target, TaskPool& pool,
                               const std::stop_token& stop) const {
  IP_TRY(target.reset(reconstructed_format(base.format)));
  const MutableImageView view = target.view();
  const int height = view.format.size.height;
  return pool.for_each(static_cast<std::size_t>((height + kBandRows - 1) / kBandRows), [&](std::size_t band) -> Status {
    if (stop.stop_requested()) {
      return make_error(Errc::cancelled, "unpacking was cancelled");
    }
    const int first = static_cast<int>(band) * kBandRows;
    return make_rows(base, map, first, std::min(kBandRows, height - first), view);
  });
}

}  // namespace imagepacker
