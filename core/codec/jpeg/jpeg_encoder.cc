// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/jpeg_encoder.h"

#include "base/try.h"
#include "codec/jpeg/gain_map_jpeg.h"
#include "codec/jpeg/libjpeg_encode.h"
#include "container/jpeg_metadata.h"
#include "container/jpeg_segments.h"

namespace imagepacker::jpeg {

Status encode_picture(const JpegSettings& settings, JpegSegmentWriter& head, const EncodeJob& job, ByteSink& sink) {
  if (!settings.progressive) {
    return encode_baseline(settings.coding, head, job, sink);
  }
  IP_ASSIGN(
      const Bytes picture,
      encode_with_libjpeg({.quant_tables = settings.coding.quant_tables, .progressive = true}, job.image, job.stop));
  IP_TRY(sink.write(head.bytes()));
  return sink.write(picture);
}

Status JpegEncoder::encode(const EncodeJob& job, ByteSink& sink) const {
  if (job.gain_map != nullptr) {
    return encode_gain_map_jpeg(settings_, job, sink);
  }
  JpegSegmentWriter head;
  head.start_of_image();
  IP_TRY(append_jpeg_metadata(job.metadata, job.metadata.icc.empty() ? settings_.icc : job.metadata.icc, head));
  return encode_picture(settings_, head, job, sink);
}

}  // namespace imagepacker::jpeg
