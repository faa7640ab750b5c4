// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// IHDR, W3C PNG (third edition) clause 11.2.1.
struct PngHeader {
  Size size;
  int bit_depth = 0;
  int color_type = 0;
  bool is_interlaced = false;

  [[nodiscard]] bool has_palette() const { return color_type == 3; }
  [[nodiscard]] bool has_color() const { return (color_type & 2) != 0; }
  [[nodiscard]] bool has_alpha_channel() const { return (color_type & 4) != 0; }
  /// Samples of a pixel as they are stored.
  [[nodiscard]] int channels() const;
};

/// What a PNG file is made of. The views are borrowed from the file: the data of the first chunk of that type, with a
/// right CRC and where the standard allows it; empty where there is none.
struct PngStructure {
  PngHeader header;
  bool has_transparency = false;      ///< there is a sound tRNS before the samples
  std::uint64_t idat_bytes = 0;       ///< the whole compressed data
  ByteView cicp;                      ///< 4 bytes
  ByteView mdcv;                      ///< 24 bytes
  ByteView clli;                      ///< 8 bytes
  ByteView srgb;                      ///< 1 byte
  ByteView gama;                      ///< 4 bytes
  ByteView chrm;                      ///< 32 bytes
  ByteView iccp;                      ///< see split_iccp
  ByteView exif;                      ///< a TIFF structure
  ByteView xmp;                       ///< an iTXt with XMP, see split_xmp_itxt
  std::vector<std::string> left_out;  ///< sentences on chunks that were skipped because they are broken
};

/// True when `file` begins with a PNG's signature.
bool begins_as_png(ByteView file);

/// Reads all chunk headers of `file`. A file that is cut behind its first IDAT is taken as far as it goes.
/// Errors: corrupt_input.
Result<PngStructure> read_png_structure(ByteView file);

/// Text or a profile inside a chunk. Borrowed.
struct PngPayload {
  ByteView bytes;
  bool is_compressed = false;  ///< a zlib stream
};

/// The zlib stream of iCCP data, clause 11.3.2.3. Empty when there is none.
std::optional<PngPayload> split_iccp(ByteView iccp);

/// The XMP packet of iTXt data with the keyword XML:com.adobe.xmp, clause 11.3.3.4. Empty when that is broken.
std::optional<PngPayload> split_xmp_itxt(ByteView itxt);

/// Clauses 11.3.2.7 and 11.3.2.8, from 24 and 8 bytes.
MasteringDisplay parse_png_mdcv(ByteView mdcv);
ContentLightLevel parse_png_clli(ByteView clli);

}  // namespace imagepacker
