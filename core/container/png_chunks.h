// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/byte_writer.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker {

// The structure around a PNG's compressed samples, W3C PNG (third edition) clauses 5 and 11. No pixel maths, no
// compression: what is compressed comes in compressed.

/// Clause 5.2.
inline constexpr std::array<std::uint8_t, 8> kPngSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

/// Bytes around the data of a chunk: length and type before it, CRC behind.
inline constexpr std::size_t kPngChunkHeadBytes = 8;
inline constexpr std::size_t kPngChunkTailBytes = 4;

/// Largest data of a chunk, clause 5.3.
inline constexpr std::uint32_t kPngMaxChunkBytes = 0x7FFFFFFF;

/// CRC-32 of a chunk's type and data (clause 5.5), continued from `crc` of what stands before `bytes`.
std::uint32_t png_crc32(ByteView bytes, std::uint32_t crc = 0);

/// Appends a whole chunk. `type`: four letters. Errors: limit_exceeded above kPngMaxChunkBytes.
Status append_png_chunk(ByteWriter& png, std::string_view type, ByteView data);

/// Colour types of clause 11.2.1 that are written.
enum class PngColorType : std::uint8_t { gray = 0, rgb = 2, rgba = 6 };

/// Data of IHDR: not interlaced.
Bytes png_ihdr(Size size, int bit_depth, PngColorType color_type);

/// Data of cICP, clause 11.3.2.6: RGB of full range. Both have H.273 codes.
Bytes png_cicp(Primaries primaries, Transfer transfer);

/// Data of mDCV, clause 11.3.2.7. Readers refuse luminances above what PNG's integers can be, which no display has:
/// those become the most that can be.
Bytes png_mdcv(const MasteringDisplay& display);

/// Data of cLLI, clause 11.3.2.8.
Bytes png_clli(const ContentLightLevel& level);

/// Data of iCCP, clause 11.3.2.3. `name`: 1 to 79 Latin-1 characters; `zlib_stream`: the compressed profile.
Bytes png_iccp(std::string_view name, ByteView zlib_stream);

/// Data of cHRM for BT.709 primaries with D65, clause 11.3.2.1.
Bytes png_chrm_bt709();

/// Data of gAMA, clause 11.3.2.2: the exponent from light to code value, times 100000.
Bytes png_gama(std::uint32_t gamma_100000);

/// Data of iTXt with an XMP packet (clause 11.3.3.4), not compressed, as XMP's PNG embedding asks.
/// Errors: invalid_argument for a packet with a NUL byte, which iTXt can't hold.
Result<Bytes> png_xmp_itxt(ByteView xmp);

}  // namespace imagepacker
