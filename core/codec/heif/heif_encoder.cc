// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/heif_encoder.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "codec/heif/heif_file.h"
#include "codec/heif/picture_area.h"

namespace imagepacker::heif {
namespace {

/// What is coded for a picture of that size: whole chroma samples, and not less than the encoder takes. A clean
/// aperture cuts the rest off again, since HEVC's own crop counts in chroma samples.
Size coded_size(const ImageFormat& format) {
  const auto fit = [](int length, int log2_chroma) {
    const int step = 1 << log2_chroma;
    return std::max((length + step - 1) / step * step, kMinHevcDimension);
  };
  return {fit(format.size.width, format.info().log2_chroma_w), fit(format.size.height, format.info().log2_chroma_h)};
}

Result<CodedImage> encode_single(const ImageView& picture, Size visible, const HevcSettings& settings) {
  IP_ASSIGN(HevcStill still, encode_hevc(picture, settings));
  CodedImage image{.format = picture.format, .tile = picture.format.size};
  image.format.size = visible;
  image.tiles.push_back(std::move(still));
  return image;
}

Status check_stop(const EncodeJob& job) {
  if (job.stop.stop_requested()) {
    return make_error(Errc::cancelled, "the HEIF encode was cancelled");
  }
  return {};
}

HevcSettings with_threads(HevcSettings settings, unsigned threads) {
  settings.threads = threads;
  return settings;
}

}  // namespace

Status HeifEncoder::encode(const EncodeJob& job, ByteSink& sink) const {
  ImageBuffer buffer;
  IP_TRY(check_stop(job));
  IP_ASSIGN(const ImageView whole, whole_picture(job.image, buffer, job.pool));
  PictureArea area;
  IP_TRY(area.read(whole, 0, coded_size(input_)));
  IP_TRY(check_stop(job));
  const unsigned threads = job.pool.threads();
  IP_ASSIGN(CodedImage color, encode_single(area.color(), input_.size, with_threads(color_, threads)));
  std::optional<CodedImage> alpha;
  if (input_.has_alpha()) {
    IP_TRY(check_stop(job));
    IP_ASSIGN(alpha, encode_single(area.alpha(), input_.size, with_threads(alpha_, threads)));
  }
  IP_TRY(check_stop(job));
  IP_ASSIGN(const bmff::ItemFile file,
            make_file({.color = std::move(color), .alpha = std::move(alpha), .metadata = job.metadata}));
  return file.write(sink);
}

}  // namespace imagepacker::heif
