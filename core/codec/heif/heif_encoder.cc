// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/heif_encoder.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/try.h"
#include "codec/heif/heif_file.h"
#include "codec/heif/heif_layout.h"
#include "codec/heif/picture_area.h"
#include "codec/heif/tiling.h"

namespace imagepacker::heif {
namespace {

Status check_stop(const EncodeJob& job) {
  if (job.stop.stop_requested()) {
    return make_error(Errc::cancelled, "the HEIF encode was cancelled");
  }
  return {};
}

/// The compressed tiles of the color planes and of alpha.
struct CodedTiles {
  std::vector<HevcStill> color;
  std::vector<HevcStill> alpha;  ///< empty where there is none
};

/// Codes the one tile `index`, which lies in `band` at the column `left`.
Status encode_tile(const ImageView& band, int left, Size size, std::size_t index, const HevcSettings& color,
                   const HevcSettings& alpha, CodedTiles& tiles) {
  PictureArea area;
  IP_TRY(area.read(band, left, size));
  IP_ASSIGN(tiles.color[index], encode_hevc(area.color(), color));
  if (!tiles.alpha.empty()) {
    IP_ASSIGN(tiles.alpha[index], encode_hevc(area.alpha(), alpha));
  }
  return {};
}

/// One picture, on which the encoder's own threads work together.
Status encode_single(const EncodeJob& job, const Tiling& tiling, HevcSettings color, HevcSettings alpha,
                     CodedTiles& tiles) {
  ImageBuffer buffer;
  IP_ASSIGN(const ImageView whole, read_band(job.image, 0, job.image.format().size.height, buffer, job.pool));
  IP_TRY(check_stop(job));
  color.wavefront_threads = alpha.wavefront_threads = job.pool.threads();
  return encode_tile(whole, 0, tiling.tile, 0, color, alpha, tiles);
}

/// A grid, whose tiles the pool's threads code side by side. What must be converted is converted one row of tiles at a
/// time, so that the picture never stands in memory as a whole.
Status encode_grid(const EncodeJob& job, const Tiling& tiling, const HevcSettings& color, const HevcSettings& alpha,
                   CodedTiles& tiles) {
  const int height = job.image.format().size.height;
  const int rows_at_once = job.image.is_window() ? tiling.rows : 1;
  ImageBuffer buffer;
  for (int row = 0; row < tiling.rows; row += rows_at_once) {
    const int top = row * tiling.tile.height;
    const int count = std::min(rows_at_once * tiling.tile.height, height - top);
    IP_ASSIGN(const ImageView band, read_band(job.image, top, count, buffer, job.pool));
    const auto in_band = static_cast<std::size_t>(rows_at_once * tiling.columns);
    const auto encode = [&](std::size_t index) -> Status {
      IP_TRY(check_stop(job));
      const int column = static_cast<int>(index) % tiling.columns;
      const int first = static_cast<int>(index) / tiling.columns * tiling.tile.height;
      return encode_tile(row_window(band, first, std::min(tiling.tile.height, count - first)),
                         column * tiling.tile.width, tiling.tile,
                         static_cast<std::size_t>(row * tiling.columns) + index, color, alpha, tiles);
    };
    IP_TRY(job.pool.for_each(in_band, encode));
  }
  return {};
}

/// A picture that goes along with that of `job`, as an image of its own.
Result<CodedImage> encode_beside(const EncodeJob& job, const RowSource& image, const HevcSettings& settings) {
  const EncodeJob own{.image = image, .metadata = job.metadata, .pool = job.pool, .stop = job.stop};
  const Tiling tiling = choose_tiling(image.format());
  CodedTiles tiles;
  tiles.color.resize(static_cast<std::size_t>(tiling.columns * tiling.rows));
  IP_TRY(tiling.is_grid() ? encode_grid(own, tiling, settings, settings, tiles)
                          : encode_single(own, tiling, settings, settings, tiles));
  IP_TRY(check_stop(job));
  return CodedImage{.format = image.format(), .tiling = tiling, .tiles = std::move(tiles.color)};
}

Result<GainMapContent> encode_gain_map(const EncodeJob& job, const HevcSettings& settings) {
  const GainMapPart& part = *job.gain_map;
  IP_ASSIGN(auto image, encode_beside(job, part.image, settings));
  return GainMapContent{.image = std::move(image),
                        .metadata = part.metadata,
                        .alternate = part.alternate,
                        .light_level = part.light_level};
}

}  // namespace

Status HeifEncoder::encode(const EncodeJob& job, ByteSink& sink) const {
  const Tiling tiling = choose_tiling(input_);
  const auto tile_count = static_cast<std::size_t>(tiling.columns * tiling.rows);
  CodedTiles tiles;
  tiles.color.resize(tile_count);
  tiles.alpha.resize(input_.has_alpha() ? tile_count : 0);
  IP_TRY(check_stop(job));
  IP_TRY(tiling.is_grid() ? encode_grid(job, tiling, color_, alpha_, tiles)
                          : encode_single(job, tiling, color_, alpha_, tiles));
  IP_TRY(check_stop(job));
  const auto image = [&](ImageFormat format, std::vector<HevcStill> stills) {
    return CodedImage{.format = std::move(format), .tiling = tiling, .tiles = std::move(stills)};
  };
  std::optional<CodedImage> alpha;
  if (input_.has_alpha()) {
    alpha = image(alpha_format(input_), std::move(tiles.alpha));
  }
  std::optional<GainMapContent> gain_map;
  if (job.gain_map != nullptr) {
    IP_ASSIGN(gain_map, encode_gain_map(job, map_));
  }
  std::optional<CodedImage> thumbnail;
  if (job.thumbnail != nullptr) {
    IP_ASSIGN(thumbnail, encode_beside(job, *job.thumbnail, color_));
  }
  IP_ASSIGN(bmff::ItemFile file, make_file({.color = image(color_format(input_), std::move(tiles.color)),
                                            .alpha = std::move(alpha),
                                            .gain_map = std::move(gain_map),
                                            .thumbnail = std::move(thumbnail),
                                            .metadata = job.metadata}));
  return std::move(file).write(sink);
}

}  // namespace imagepacker::heif
