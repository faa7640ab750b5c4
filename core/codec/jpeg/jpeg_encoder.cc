// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/jpeg_encoder.h"

#include "base/try.h"
#include "codec/jpeg/baseline_encode.h"
#include "codec/jpeg/libjpeg_encode.h"
#include "container/jpeg_metadata.h"
#include "container/jpeg_segments.h"

namespace imagepacker::jpeg {

Status JpegEncoder::encode(const EncodeJob& job, ByteSink& sink) const {
  JpegSegmentWriter head;
  head.start_of_image();
  IP_TRY(append_jpeg_metadata(job.metadata, job.metadata.icc.empty() ? settings_.icc : job.metadata.icc, head));
  if (!settings_.progressive) {
    return encode_baseline(settings_.quant_tables, settings_.huffman_tables, head, job, sink);
  }
  IP_ASSIGN(const Bytes picture,
            encode_with_libjpeg({.quant_tables = settings_.quant_tables, .progressive = true}, job.image, job.stop));
  IP_TRY(sink.write(head.bytes()));
  return sink.write(picture);
}

}  // namespace imagepacker::jpeg
