// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/jpeg_decoder.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "codec/jpeg/quality_estimate.h"
#include "container/jpeg_metadata_reading.h"

namespace imagepacker::jpeg {

JpegDecoder::JpegDecoder(JpegImage primary, std::optional<JpegGainMap> gain_map)
    : primary_(std::move(primary)),
      gain_map_(std::move(gain_map)),
      info_{.format = Format::jpeg,
            .main = primary_.format,
            .orientation = primary_.metadata.orientation,
            .frames = 1,
            .is_lossless = false,
            .has_gain_map = gain_map_.has_value(),
            .quality = estimate_quality(primary_.structure.head)} {}

Result<std::unique_ptr<Decoder>> JpegDecoder::open(ByteView file, const UnpackLimits& limits) {
  IP_ASSIGN(auto primary, open_jpeg_image(file, limits));
  IP_ASSIGN(auto gain_map, find_gain_map(file, primary, limits, primary.notices));
  return std::unique_ptr<Decoder>(new JpegDecoder(std::move(primary), std::move(gain_map)));
}

Result<DecodedPicture> JpegDecoder::decode(const DecodeJob& job) {
  DecodedPicture picture;
  IP_TRY(place_samples(job, primary_.format, picture.main));
  Result<std::optional<DecodedGainMap>> map = std::optional<DecodedGainMap>();
  const bool with_map = job.with_gain_map && gain_map_.has_value();
  const Status done = job.pool.for_each(with_map ? 2 : 1, [&](std::size_t index) -> Status {
    if (index == 0) {
      return decode_jpeg_image(primary_, picture.main.view(), job.pool, job.stop);
    }
    auto decoded = decode_gain_map(*gain_map_, job.pool, job.stop);
    if (decoded.has_value()) {
      map = std::optional(std::move(*decoded));
    } else {
      map = std::move(decoded).error();
    }
    return {};
  });
  IP_TRY(done);
  picture.metadata = primary_.metadata;
  job.notices.insert(job.notices.end(), primary_.notices.begin(), primary_.notices.end());
  note_unread_metadata(primary_.structure.head, job.notices);
  if (map.has_value()) {
    picture.gain_map = std::move(*map);
    return picture;
  }
  if (map.error().code == Errc::cancelled || map.error().code == Errc::out_of_memory) {
    return std::move(map).error();
  }
  job.notices.push_back({Notice::Kind::metadata_dropped, text("the gain map is left out: ", map.error().message)});
  return picture;
}

}  // namespace imagepacker::jpeg
