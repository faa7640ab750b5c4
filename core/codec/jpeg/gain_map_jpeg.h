// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "codec/codec.h"
#include "codec/jpeg/jpeg_encoder.h"

namespace imagepacker::jpeg {

/// Encodes job.image as the SDR base and *job.gain_map behind it, both at a time: one file that is an Ultra HDR JPEG
/// (hdrgm and GContainer XMP, multi-picture index) and an ISO 21496-1 one. Where the gain map does not work in the
/// base's colour space, which XMP can't state, it is of the latter kind only.
/// Errors: of Encoder::encode; corrupt_input for XMP metadata that is not well-formed, which nothing can be merged
/// into.
Status encode_gain_map_jpeg(const JpegSettings& settings, const EncodeJob& job, ByteSink& sink);

}  // namespace imagepacker::jpeg
