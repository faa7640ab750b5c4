// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "codec/heif/stream_color.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker::heif {

/// A plane as a video decoder gives it: bytes up to 8 bit, above that native 16-bit words. Borrowed.
struct CodedPlane {
  const std::uint8_t* samples = nullptr;
  std::ptrdiff_t stride_bytes = 0;
  Size size;
  int depth = 0;
};

/// A picture as a video decoder gives it: Y, Cb, Cr, or Y alone. Borrowed.
struct CodedPicture {
  int chroma_format_idc = 1;  ///< 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4
  std::array<CodedPlane, 3> planes;
};

/// What is decoded: the property with the decoder's configuration, and an item's data.
struct CodedItem {
  ByteView configuration;
  ByteView data;
  std::uint64_t max_samples = 0;  ///< luma; a stream that wants more is refused where its decoder can
  int threads = 1;                ///< that may work on this picture alone
};

/// Gets the decoded picture, valid for the call.
using UsePicture = std::function<Status(const CodedPicture&)>;

/// Decodes the first picture of an HEVC item with libde265, one with faults is none: those that one thread finds.
/// Errors: corrupt_input with the library's text, out_of_memory, those of `use`.
Status decode_hevc(const CodedItem& item, const UsePicture& use);

/// What the sequence header in the data of an AV1 item says. Nothing where there is none, and in a build without dav1d.
StreamColor read_av1_color(ByteView data);

/// As decode_hevc, for AV1 with dav1d; unsupported in a build without it.
Status decode_av1(const CodedItem& item, const UsePicture& use);

}  // namespace imagepacker::heif
