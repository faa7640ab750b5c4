// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/gain_map_jpeg.h"

#include <array>

#include "base/try.h"
#include "color/icc_profile.h"
#include "container/gain_map_xmp.h"
#include "container/jpeg_metadata.h"
#include "container/mpf.h"
#include "hdr/gain_map_metadata.h"

namespace imagepacker::jpeg {
namespace {

ByteView as_bytes(std::string_view chars) {
  return std::as_bytes(std::span(chars));
}

Result<Bytes> encode_map(const JpegSettings& settings, const EncodeJob& job) {
  const GainMapPart& part = *job.gain_map;
  JpegSegmentWriter head;
  head.start_of_image();
  if (part.metadata.use_base_color_space) {
    IP_TRY(append_jpeg_xmp(as_bytes(gain_map_packet(part.metadata)), {}, head));
  }
  IP_TRY(head.application(2, "gain-map metadata", kIso21496Signature, write_iso21496(part.metadata)));
  if (!part.metadata.use_base_color_space) {
    IP_ASSIGN(const Bytes icc,
              make_icc_profile({.primaries = part.alternate.primaries, .transfer = Transfer::srgb}, ColorModel::rgb));
    IP_TRY(append_jpeg_icc(icc, head));
  }
  JpegSettings map = settings;
  map.input = part.image.format();
  map.coding = settings.map_coding;
  const Metadata none;
  VectorSink sink;
  IP_TRY(encode_picture(map, head, {.image = part.image, .metadata = none, .pool = job.pool, .stop = job.stop}, sink));
  return sink.take();
}

/// From the first segment that is no application segment on.
Result<Bytes> encode_base(const JpegSettings& settings, const EncodeJob& job) {
  JpegSegmentWriter no_head;
  VectorSink sink;
  IP_TRY(encode_picture(settings, no_head, job, sink));
  return sink.take();
}

/// Readers of gain maps expect a profile even where others can do without.
Result<Bytes> base_profile(const JpegSettings& settings, const EncodeJob& job) {
  if (!job.metadata.icc.empty()) {
    return job.metadata.icc;
  }
  if (!settings.icc.empty()) {
    return settings.icc;
  }
  return make_icc_profile({.primaries = settings.input.color.primaries, .transfer = Transfer::srgb},
                          settings.input.info().model);
}

}  // namespace

Status encode_gain_map_jpeg(const JpegSettings& settings, const EncodeJob& job, ByteSink& sink) {
  std::array<Bytes, 2> parts;
  const Status done = job.pool.for_each(parts.size(), [&](std::size_t index) -> Status {
    IP_ASSIGN(parts[index], index == 0 ? encode_base(settings, job) : encode_map(settings, job));
    return {};
  });
  IP_TRY(done);
  const auto& [base, map] = parts;

  Metadata metadata = job.metadata;
  std::string directory;
  if (job.gain_map->metadata.use_base_color_space) {
    directory = gain_map_directory(map.size());
    IP_ASSIGN(metadata.xmp, merge_gain_map_directory(job.metadata.xmp, directory));
  }
  IP_ASSIGN(const Bytes icc, base_profile(settings, job));
  JpegSegmentWriter head;
  head.start_of_image();
  IP_TRY(append_jpeg_metadata(metadata, icc, head, directory));
  IP_TRY(head.application(2, "gain-map versions", kIso21496Signature, write_iso21496_versions()));
  IP_TRY(append_mpf(base.size(), map.size(), head));
  IP_TRY(sink.write(head.bytes()));
  IP_TRY(sink.write(base));
  return sink.write(map);
}

}  // namespace imagepacker::jpeg
