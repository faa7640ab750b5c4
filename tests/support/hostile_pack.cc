// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/hostile_pack.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/try.h"
#include "imagepacker/imagepacker.h"

namespace imagepacker::testing {
namespace {

/// Pictures are mostly small, so that many are tried.
constexpr int kUsualLength = 96;

/// One in so many values is any at all, so that most specs have none or one that can't be.
constexpr int kSeldom = 64;

class SpecReader {
 public:
  explicit SpecReader(std::span<const std::uint8_t> spec) : rest_(spec) {}

  std::uint8_t byte() {
    if (rest_.empty()) {
      return 0;
    }
    const std::uint8_t value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  std::uint32_t word() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      value = value << 8 | byte();
    }
    return value;
  }
  /// True once in `times`.
  bool seldom(int times) { return byte() % times == times - 1; }

  /// A value from `first` to `last`, or seldom any at all.
  int mostly_in(int first, int last) {
    if (seldom(kSeldom)) {
      return static_cast<int>(word());
    }
    return first + static_cast<int>(word() % static_cast<std::uint32_t>(last - first + 1));
  }

  [[nodiscard]] std::span<const std::uint8_t> rest() const { return rest_; }

 private:
  std::span<const std::uint8_t> rest_;
};

template <class Enum>
Enum any_of(SpecReader& spec, std::initializer_list<Enum> usual) {
  if (spec.seldom(kSeldom)) {
    return static_cast<Enum>(spec.byte());
  }
  return usual.begin()[spec.byte() % usual.size()];
}

ImageFormat read_format(SpecReader& spec) {
  const auto formats = all_pixel_formats();
  const PixelFormatInfo& info = formats[spec.byte() % formats.size()];
  ImageFormat format{.layout = info.format};
  format.size = {spec.mostly_in(1, kUsualLength), spec.mostly_in(1, kUsualLength)};
  format.color.primaries = any_of(spec, {Primaries::bt709, Primaries::bt2020, Primaries::smpte_eg432,
                                         Primaries::smpte170m, Primaries::unspecified, Primaries::adobe_rgb});
  format.color.transfer = any_of(spec, {Transfer::srgb, Transfer::bt709, Transfer::pq, Transfer::hlg, Transfer::linear,
                                        Transfer::unspecified, Transfer::gamma22, Transfer::log100});
  format.color.matrix = info.model == ColorModel::rgb
                            ? any_of(spec, {Matrix::rgb})
                            : any_of(spec, {Matrix::bt709, Matrix::bt601, Matrix::bt2020_ncl, Matrix::unspecified});
  format.color.range = any_of(spec, {Range::limited, Range::full});
  format.color.chroma_site = any_of(
      spec, {ChromaSite::left, ChromaSite::center, ChromaSite::top_left, ChromaSite::unspecified, ChromaSite::bottom});
  format.alpha = any_of(spec, {Alpha::straight, Alpha::premultiplied, Alpha::none});
  if (spec.seldom(4)) {
    format.hdr.content_light_level =
        ContentLightLevel{static_cast<std::uint16_t>(spec.word()), static_cast<std::uint16_t>(spec.word())};
  }
  if (spec.seldom(4)) {
    format.hdr.mastering_display = MasteringDisplay{.max_luminance = spec.word(), .min_luminance = spec.word()};
  }
  return format;
}

PackingOptions read_options(SpecReader& spec) {
  PackingOptions options;
  options.format = any_of(spec, {Format::jpeg, Format::webp, Format::png, Format::heif});
  options.quality = spec.mostly_in(0, PackingOptions::kMaxQuality);
  options.lossless = spec.seldom(3);
  options.effort = spec.mostly_in(0, PackingOptions::kMaxEffort);
  options.chroma_subsampling =
      any_of(spec, {ChromaSubsampling::automatic, ChromaSubsampling::automatic, ChromaSubsampling::yuv420,
                    ChromaSubsampling::yuv422, ChromaSubsampling::yuv444});
  options.progressive = spec.seldom(8);
  options.background = spec.seldom(4) ? spec.word() : 0xFFFFFF;
  options.desired_dynamic_range =
      any_of(spec, {DynamicRange::automatic, DynamicRange::automatic, DynamicRange::automatic, DynamicRange::automatic,
                    DynamicRange::sdr, DynamicRange::sdr, DynamicRange::sdr, DynamicRange::hdr});
  options.max_width = spec.seldom(4) ? spec.mostly_in(0, kUsualLength) : 0;
  options.max_height = spec.seldom(4) ? spec.mostly_in(0, kUsualLength) : 0;
  options.max_bytes = spec.seldom(8) ? spec.word() % 4096 : 0;
  options.thumbnail_size = spec.seldom(8) ? spec.mostly_in(0, PackingOptions::kMaxThumbnailSize) : 0;
  options.keep_gps = !spec.seldom(4);
  options.apply_orientation = any_of(spec, {Orientation::normal, Orientation::normal, Orientation::transverse});
  return options;
}

Bytes read_blob(SpecReader& spec) {
  if (!spec.seldom(4)) {
    return {};
  }
  Bytes blob(spec.word() % 300);
  std::ranges::generate(blob, [&] { return static_cast<std::byte>(spec.byte()); });
  return blob;
}

/// Memory for the planes: right, or seldom too short or with a stride that can't be.
struct Planes {
  std::array<std::vector<std::byte>, 4> memory;
  ImageView view;
};

Planes read_planes(SpecReader& spec, const ImageFormat& format) {
  Planes planes{.memory = {}, .view = {.format = format, .planes = {}}};
  constexpr int kLongest = 4 * kUsualLength;
  const Size held{std::clamp(format.size.width, 1, kLongest), std::clamp(format.size.height, 1, kLongest)};
  for (std::size_t p = 0; p < format.info().plane_count; ++p) {
    const std::size_t row_bytes = plane_row_bytes(format.info(), static_cast<int>(p), held);
    const auto rows = static_cast<std::size_t>(plane_height(format.info(), static_cast<int>(p), held));
    const std::size_t stride = row_bytes + spec.byte() % 40;
    const std::size_t missing = spec.seldom(32) ? spec.byte() : 0;
    auto& memory = planes.memory[p];
    memory.resize(std::max(stride * (rows - 1) + row_bytes, missing) - missing);
    const auto content = spec.rest();
    for (std::size_t i = 0; i < memory.size(); ++i) {
      memory[i] = static_cast<std::byte>(content.empty() ? i * 37 >> 3 : content[i % content.size()]);
    }
    planes.view.planes[p] = {.bytes = memory, .stride_bytes = spec.seldom(32) ? spec.word() : stride};
  }
  return planes;
}

Result<Bytes> pack(const ImageFormat& format, const PackingOptions& options, const Picture& picture) {
  static TaskPool pool(2);
  IP_ASSIGN(const Packer packer, Packer::create(format, options, pool));
  VectorSink sink;
  IP_TRY(packer.pack(picture, sink));
  return sink.take();
}

}  // namespace

HostilePack hostile_pack(std::span<const std::uint8_t> bytes) {
  SpecReader spec(bytes);
  const ImageFormat format = read_format(spec);
  const PackingOptions options = read_options(spec);
  Picture picture;
  picture.metadata.exif = read_blob(spec);
  picture.metadata.xmp = read_blob(spec);
  picture.metadata.icc = read_blob(spec);
  picture.metadata.orientation = any_of(spec, {Orientation::normal, Orientation::rotate_90, Orientation::transverse});
  const Planes planes = read_planes(spec, format);
  picture.main = planes.view;
  return {format, options, pack(format, options, picture)};
}

}  // namespace imagepacker::testing
