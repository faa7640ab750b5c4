// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/thumbnail.h"

#include <utility>

#include "base/try.h"
#include "imagepacker/packer.h"
#include "scale/scaler.h"

namespace imagepacker {
namespace {

/// What fits an Exif segment of 64 KiB beside a well-filled directory.
constexpr std::uint64_t kMaxThumbnailBytes = 48 * 1024;
constexpr int kThumbnailQuality = 75;

}  // namespace

Result<Bytes> make_jpeg_thumbnail(const ImageView& image, int size, TaskPool& pool, const std::stop_token& stop) {
  if (format_info(Format::jpeg) == nullptr) {
    return Bytes{};
  }
  const PackingOptions options{.format = Format::jpeg,
                               .quality = kThumbnailQuality,
                               .chroma_subsampling = ChromaSubsampling::yuv420,
                               .desired_dynamic_range = DynamicRange::sdr,
                               .max_width = size,
                               .max_height = size,
                               .max_bytes = kMaxThumbnailBytes};
  IP_ASSIGN(const Packer packer, Packer::create(image.format, options, pool));
  VectorSink sink;
  IP_TRY(packer.pack({.main = image, .gain_map = {}, .auxiliary = {}, .metadata = {}}, sink, stop));
  return sink.take();
}

Status PreparedThumbnail::make(const ImageView& image, const ImageFormat& rendition, const CodecDescriptor& codec,
                               const PackingOptions& options, TaskPool& pool) {
  view_ = image;
  const Size size = fit_within(image.format.size, options.thumbnail_size, options.thumbnail_size);
  if (size != image.format.size) {
    IP_ASSIGN(const auto scaler, Scaler::create(image.format, size));
    IP_TRY(scaler.scale(image, buffer_, pool));
    view_ = std::as_const(buffer_).view();
  }
  ImageFormat small = rendition;
  small.size = size;
  small.alpha = Alpha::none;
  IP_ASSIGN(const auto encoder, codec.create_encoder(small, options));
  IP_ASSIGN(plan_, ConversionPlan::create(view_.format, encoder->input(), options.background));
  rows_.emplace(*plan_, view_);
  return {};
}

}  // namespace imagepacker
