// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/image_decoding.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "codec/heif/coded_picture.h"

namespace imagepacker::heif {
namespace {

/// More threads of their own than this no decoder of one picture makes use of.
constexpr unsigned kMaxDecoderThreads = 16;

void store_word(std::byte* at, unsigned value) {
  at[0] = static_cast<std::byte>(value & 0xFF);
  at[1] = static_cast<std::byte>(value >> 8);
}

unsigned load(const std::uint8_t* row, int x, int depth) {
  if (depth <= 8) {
    return row[x];
  }
  std::uint16_t word = 0;
  std::memcpy(&word, row + 2 * static_cast<std::ptrdiff_t>(x), sizeof word);
  return word;
}

/// How a plane of the target is filled.
struct Target {
  MutablePlane plane;
  Size size;
  int left = 0;  ///< of the target's first sample in the whole decoded plane
  int top = 0;
  int depth = 8;
  bool is_alpha = false;
};

/// A sample of `from` bits in `to`. Colour keeps its places (9 bits are the upper ones of 10), alpha its largest value.
unsigned adapted(unsigned value, int from, const Target& target) {
  const unsigned most = (1U << from) - 1;
  value = std::min(value, most);
  if (target.is_alpha) {
    return (value * ((1U << target.depth) - 1) + most / 2) / most;
  }
  return value << (target.depth - from);
}

/// Copies what of `source`, a tile at (x, y) of the whole plane, falls into the target.
void copy_tile(const CodedPlane& source, int x, int y, const Target& target) {
  const int first_x = std::max(x, target.left);
  const int first_y = std::max(y, target.top);
  const int end_x = std::min(x + source.size.width, target.left + target.size.width);
  const int end_y = std::min(y + source.size.height, target.top + target.size.height);
  const int bytes = target.depth > 8 ? 2 : 1;
  const bool is_same = source.depth == target.depth && (bytes == 1 || std::endian::native == std::endian::little);
  for (int row = first_y; row < end_y && first_x < end_x; ++row) {
    const std::uint8_t* const from = source.samples + (row - y) * source.stride_bytes;
    std::byte* const to = target.plane.bytes.data() +
                          static_cast<std::size_t>(row - target.top) * target.plane.stride_bytes +
                          static_cast<std::size_t>(first_x - target.left) * static_cast<std::size_t>(bytes);
    if (is_same) {
      std::memcpy(to, from + static_cast<std::ptrdiff_t>(first_x - x) * bytes,
                  static_cast<std::size_t>(end_x - first_x) * static_cast<std::size_t>(bytes));
      continue;
    }
    for (int column = first_x; column < end_x; ++column) {
      const unsigned value = adapted(load(from, column - x, source.depth), source.depth, target);
      if (bytes == 2) {
        store_word(to + 2 * static_cast<std::ptrdiff_t>(column - first_x), value);
      } else {
        to[column - first_x] = static_cast<std::byte>(value);
      }
    }
  }
}

/// The plane that takes coded component `component` (0 Y or G, 1 Cb or B, 2 Cr or R, 3 alpha).
Target target_of(const ImageItem& image, int component, const MutableImageView& view) {
  const PixelFormatInfo& info = view.format.info();
  // Planes of G, B, R stand in that order where those of Y, Cb, Cr do.
  const bool is_chroma = component == 1 || component == 2;
  const int shift_x = is_chroma ? info.log2_chroma_w : 0;
  const int shift_y = is_chroma ? info.log2_chroma_h : 0;
  const auto samples = [](int side, int shift) { return (side + (1 << shift) - 1) >> shift; };
  return {.plane = view.planes[static_cast<std::size_t>(component)],
          .size = {samples(view.format.size.width, shift_x), samples(view.format.size.height, shift_y)},
          .left = image.geometry.left >> shift_x,
          .top = image.geometry.top >> shift_y,
          .depth = info.depth,
          .is_alpha = component == 3};
}

/// The chroma of what has none.
void fill_neutral(const Target& target) {
  const unsigned neutral = 1U << (target.depth - 1);
  for (int y = 0; y < target.size.height; ++y) {
    std::byte* const row = target.plane.bytes.data() + static_cast<std::size_t>(y) * target.plane.stride_bytes;
    for (int x = 0; x < target.size.width; ++x) {
      if (target.depth > 8) {
        store_word(row + 2 * static_cast<std::ptrdiff_t>(x), neutral);
      } else {
        row[x] = static_cast<std::byte>(neutral);
      }
    }
  }
}

/// One tile of colour, or of alpha, on its way into `view`.
struct TileTask {
  const ImageItem& image;
  const CodedTiles& tiles;
  std::size_t index;
  bool is_alpha;
};

Status place(const CodedPicture& picture, const TileTask& task, const MutableImageView& view) {
  const CodedTiles& tiles = task.tiles;
  const int columns = tiles.columns;
  const int x = static_cast<int>(task.index) % columns * tiles.tile.width;
  const int y = static_cast<int>(task.index) / columns * tiles.tile.height;
  if (picture.chroma_format_idc != tiles.chroma_format_idc || picture.planes[0].size != tiles.tile) {
    return make_error(Errc::corrupt_input, text("the HEIF file is broken: its item ", tiles.items[task.index],
                                                " is not as its headers say"));
  }
  const int components = task.is_alpha || picture.chroma_format_idc == 0 ? 1 : 3;
  for (int c = 0; c < components; ++c) {
    const CodedPlane& plane = picture.planes[static_cast<std::size_t>(c)];
    const Target target = target_of(task.image, task.is_alpha ? 3 : c, view);
    if (plane.samples == nullptr || plane.depth != tiles.depth) {
      return make_error(Errc::corrupt_input, text("the HEIF file is broken: its item ", tiles.items[task.index],
                                                  " has another depth than its headers say"));
    }
    const PixelFormatInfo& info = view.format.info();
    copy_tile(plane, c == 0 ? x : x >> info.log2_chroma_w, c == 0 ? y : y >> info.log2_chroma_h, target);
  }
  return {};
}

Status decode_tile(const bmff::StoredItems& items, const TileTask& task, int threads, const MutableImageView& view) {
  const bmff::StoredItem& item = *items.find(task.tiles.items[task.index]);
  IP_ASSIGN(const Bytes data, bmff::read_item_data(items, item, items.file.size()));
  if (data.empty()) {
    // dav1d says so on the standard error, too.
    return make_error(Errc::corrupt_input, text("HEIF item ", item.id, " has no data"));
  }
  const bool is_av1 = item.type == "av01";
  const bmff::BoxView* const configuration = items.find_property(item, is_av1 ? "av1C" : "hvcC");
  const CodedItem coded{.configuration = configuration->payload,
                        .data = data,
                        .max_samples = static_cast<std::uint64_t>(task.tiles.tile.width) *
                                       static_cast<std::uint64_t>(task.tiles.tile.height),
                        .threads = threads};
  const auto use = [&](const CodedPicture& picture) { return place(picture, task, view); };
  return is_av1 ? decode_av1(coded, use) : decode_hevc(coded, use);
}

}  // namespace

Status decode_image(const bmff::StoredItems& items, const ImageItem& image, TaskPool& pool, const std::stop_token& stop,
                    ImageBuffer& samples) {
  IP_TRY(samples.reset(image.format));
  const MutableImageView view = samples.view();
  const PixelFormatInfo& info = image.format.info();
  if (image.color.chroma_format_idc == 0 && info.model != ColorModel::gray) {
    fill_neutral(target_of(image, 1, view));
    fill_neutral(target_of(image, 2, view));
  }
  const std::size_t colors = image.color.items.size();
  const std::size_t all = colors + image.alpha.items.size();
  // A picture of one piece is cut by its decoder, if it can be.
  const int threads = all == 1 ? static_cast<int>(std::min(pool.threads(), kMaxDecoderThreads)) : 1;
  return pool.for_each(all, [&](std::size_t index) -> Status {
    if (stop.stop_requested()) {
      return make_error(Errc::cancelled, "unpacking was cancelled");
    }
    const bool is_alpha = index >= colors;
    return decode_tile(items,
                       {.image = image,
                        .tiles = is_alpha ? image.alpha : image.color,
                        .index = is_alpha ? index - colors : index,
                        .is_alpha = is_alpha},
                       threads, view);
  });
}

}  // namespace imagepacker::heif
