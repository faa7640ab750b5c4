// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "codec/codec.h"

namespace imagepacker::jpeg {

/// CodecDescriptor::read_metadata. The profile of CMYK pictures is among them, since they stay what they are.
Result<Metadata> read_copied_metadata(ByteView file, std::vector<Notice>& notices);

/// CodecDescriptor::copy. Segments of samples, and the gain map, are the old file's, byte for byte, unless the entropy
/// code is to be made anew or pixels are to be turned, the end marker is missing, or segments of applications stand
/// between scans that are not to be kept. Entropy-coded bytes that stay are not looked into: what is damaged in them
/// remains so.
Status copy_jpeg(const CopyJob& job, ByteSink& sink);

}  // namespace imagepacker::jpeg
