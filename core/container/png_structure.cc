// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/png_structure.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string_view>

#include "base/byte_reader.h"
#include "base/text.h"
#include "base/try.h"
#include "container/png_chunks.h"

namespace imagepacker {
namespace {

constexpr std::string_view kXmpKeyword{"XML:com.adobe.xmp\0", 18};
constexpr std::size_t kHeaderBytes = 13;

/// A chunk that is kept for later, and what its data must be.
struct KnownChunk {
  std::string_view type;
  ByteView PngStructure::*member;
  std::size_t bytes;  ///< of its data, 0 = any
  bool is_early;      ///< only in front of palette and samples, clause 5.6
};
constexpr std::array kKnownChunks = {
    KnownChunk{"cICP", &PngStructure::cicp, 4, true},  KnownChunk{"mDCV", &PngStructure::mdcv, 24, true},
    KnownChunk{"mDCv", &PngStructure::mdcv, 24, true},  // the draft's name
    KnownChunk{"cLLI", &PngStructure::clli, 8, true},  KnownChunk{"cLLi", &PngStructure::clli, 8, true},
    KnownChunk{"sRGB", &PngStructure::srgb, 1, true},  KnownChunk{"gAMA", &PngStructure::gama, 4, true},
    KnownChunk{"cHRM", &PngStructure::chrm, 32, true}, KnownChunk{"iCCP", &PngStructure::iccp, 0, true},
    KnownChunk{"eXIf", &PngStructure::exif, 0, false}, KnownChunk{"iTXt", &PngStructure::xmp, 0, false},
};

bool begins_with(ByteView bytes, std::string_view prefix) {
  return ByteReader(bytes).take_if(prefix);
}

Result<PngHeader> parse_ihdr(ByteView data) {
  ByteReader reader(data);
  const std::uint32_t width = reader.u32be();
  const std::uint32_t height = reader.u32be();
  PngHeader header;
  header.bit_depth = reader.u8();
  header.color_type = reader.u8();
  const int compression = reader.u8();
  const int filter = reader.u8();
  const int interlace = reader.u8();
  constexpr auto kMaxSide = static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max());
  if (!reader.ok() || width == 0 || height == 0 || width > kMaxSide || height > kMaxSide) {
    return make_error(Errc::corrupt_input, text("the PNG header states a picture of ", width, "×", height, " pixels"));
  }
  const int depth = header.bit_depth;
  const bool is_power = depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
  const int type = header.color_type;
  const bool fits = type == 0 || (type == 3 && depth <= 8) || ((type == 2 || type == 4 || type == 6) && depth >= 8);
  if (!is_power || !fits) {
    return make_error(Errc::corrupt_input, text("the PNG header states ", depth, " bits per sample with colour type ",
                                                type, "; there is no such combination"));
  }
  if (compression != 0 || filter != 0 || interlace > 1) {
    return make_error(Errc::corrupt_input, text("the PNG header states compression ", compression, ", filter ", filter,
                                                ", interlace ", interlace, "; known are 0, 0 and 0 or 1"));
  }
  header.size = {static_cast<int>(width), static_cast<int>(height)};
  header.is_interlaced = interlace == 1;
  return header;
}

/// Says that a chunk is skipped.
void leave_out(std::string_view type, const std::string& reason, PngStructure& structure) {
  // A file may repeat a broken chunk without end; as many sentences as there are kinds are enough.
  if (structure.left_out.size() < kKnownChunks.size() + 1) {
    structure.left_out.push_back(text("the PNG's ", type, " is left out: ", reason));
  }
}

/// Keeps the data of a chunk that is wanted, if it is the first and sound.
void keep_chunk(std::string_view type, ByteView type_and_data, std::uint32_t crc, bool is_early,
                PngStructure& structure) {
  const auto* const known = std::ranges::find(kKnownChunks, type, &KnownChunk::type);
  const ByteView data = type_and_data.subspan(4);
  if (known == kKnownChunks.end() || !(structure.*(known->member)).empty() || data.empty() ||
      (type == "iTXt" && !begins_with(data, kXmpKeyword))) {
    return;
  }
  if (known->is_early && !is_early) {
    return leave_out(type, "it stands behind the palette or the samples", structure);
  }
  if ((known->bytes != 0 && data.size() != known->bytes) || png_crc32(type_and_data) != crc) {
    return leave_out(type, text("its length of ", data.size(), " bytes or its checksum is wrong"), structure);
  }
  structure.*(known->member) = data;
}

/// Whether readers take `trns` as the transparency of a picture, clause 11.3.1.1; others show it opaque.
bool is_transparency(const PngHeader& header, std::size_t palette_colors, ByteView trns) {
  if (header.has_palette()) {
    return !trns.empty() && trns.size() <= palette_colors;
  }
  return trns.size() == (header.has_color() ? 6U : 2U);
}

/// What of palette and transparency has been read so far.
struct PaletteState {
  bool has_palette = false;
  std::size_t colors = 0;         ///< of the palette
  bool has_transparency = false;  ///< a sound tRNS, whether it counts or not: no other one counts behind it
};

/// Notes a tRNS in front of the samples. Pictures with an alpha channel have none.
void note_transparency(ByteView type_and_data, std::uint32_t crc, PaletteState& state, PngStructure& structure) {
  const ByteView data = type_and_data.subspan(4);
  if (structure.header.has_alpha_channel() || state.has_transparency) {
    return;
  }
  if (!is_transparency(structure.header, state.colors, data) || png_crc32(type_and_data) != crc) {
    return leave_out("tRNS", text("its length of ", data.size(), " bytes, its place or its checksum is wrong"),
                     structure);
  }
  state.has_transparency = true;
  structure.has_transparency = true;
}

/// Notes a PLTE of `bytes` in front of the samples. A colour picture may have one that only suggests colours; libpng
/// nevertheless forgets a transparency in front of it, clause 5.6.
void note_palette(std::size_t bytes, PaletteState& state, PngStructure& structure) {
  constexpr std::size_t kMaxBytes = 768;
  state.has_palette = true;
  state.colors = std::min(bytes / 3, std::size_t{1} << std::min(structure.header.bit_depth, 8));
  if (structure.has_transparency && structure.header.has_color() && bytes % 3 == 0 && bytes <= kMaxBytes) {
    structure.has_transparency = false;
    leave_out("tRNS", "it stands in front of the palette", structure);
  }
}

}  // namespace

int PngHeader::channels() const {
  return (has_color() && !has_palette() ? 3 : 1) + (has_alpha_channel() ? 1 : 0);
}

bool begins_as_png(ByteView file) {
  return file.size() >= kPngSignature.size() &&
         std::memcmp(file.data(), kPngSignature.data(), kPngSignature.size()) == 0;
}

Result<PngStructure> read_png_structure(ByteView file) {
  if (!begins_as_png(file)) {
    return make_error(Errc::corrupt_input, "the file does not begin as a PNG");
  }
  PngStructure structure;
  ByteReader reader(file.subspan(kPngSignature.size()));
  bool has_header = false;
  PaletteState palette;
  while (true) {
    const std::uint32_t size = reader.u32be();
    const ByteView rest = reader.rest();
    reader.take(std::size_t{4} + std::min(size, kPngMaxChunkBytes));
    const std::uint32_t crc = reader.u32be();
    if (!reader.ok() || size > kPngMaxChunkBytes) {
      if (rest.size() > 4 && begins_with(rest, "IDAT")) {
        structure.idat_bytes += std::min<std::size_t>(rest.size() - 4, size);
      }
      break;
    }
    const ByteView type_and_data = rest.first(std::size_t{4} + size);
    const std::string_view type(reinterpret_cast<const char*>(rest.data()), 4);
    if (!has_header) {
      if (type != "IHDR" || size != kHeaderBytes || png_crc32(type_and_data) != crc) {
        return make_error(Errc::corrupt_input, "the PNG's first chunk is no sound IHDR");
      }
      IP_ASSIGN(structure.header, parse_ihdr(type_and_data.subspan(4)));
      has_header = true;
    } else if (type == "IDAT") {
      structure.idat_bytes += size;
    } else if (type == "IEND") {
      break;
    } else if (type == "PLTE" && structure.idat_bytes == 0) {
      note_palette(size, palette, structure);
    } else if (type == "tRNS" && structure.idat_bytes == 0) {
      note_transparency(type_and_data, crc, palette, structure);
    } else {
      keep_chunk(type, type_and_data, crc, !palette.has_palette && structure.idat_bytes == 0, structure);
    }
  }
  if (!has_header || structure.idat_bytes == 0) {
    return make_error(Errc::corrupt_input, text("the PNG of ", file.size(), " bytes ends before ",
                                                has_header ? "its samples" : "its header"));
  }
  return structure;
}

std::optional<PngPayload> split_iccp(ByteView iccp) {
  constexpr std::size_t kMaxNameBytes = 79;
  const auto end = std::ranges::find(iccp.first(std::min(iccp.size(), kMaxNameBytes + 1)), std::byte{0});
  ByteReader reader(iccp.subspan(static_cast<std::size_t>(end - iccp.begin())));
  const bool is_zlib = reader.u8() == 0 && reader.u8() == 0;  // the name's end, then the method
  if (!is_zlib || !reader.ok()) {
    return std::nullopt;
  }
  return PngPayload{.bytes = reader.rest(), .is_compressed = true};
}

std::optional<PngPayload> split_xmp_itxt(ByteView itxt) {
  ByteReader reader(itxt);
  if (!reader.take_if(kXmpKeyword)) {
    return std::nullopt;
  }
  const bool is_compressed = reader.u8() == 1;
  const int method = reader.u8();
  // Language and translated keyword, each ended by a zero.
  for (int text = 0; text < 2; ++text) {
    const ByteView rest = reader.rest();
    const auto end = std::ranges::find(rest, std::byte{0});
    reader.take(static_cast<std::size_t>(end - rest.begin()) + 1);
  }
  // Without compression there is no method either: the field is to be ignored.
  if (!reader.ok() || (is_compressed && method != 0)) {
    return std::nullopt;
  }
  return PngPayload{.bytes = reader.rest(), .is_compressed = is_compressed};
}

MasteringDisplay parse_png_mdcv(ByteView mdcv) {
  ByteReader reader(mdcv);
  MasteringDisplay display;
  for (Chromaticity* const point : {&display.red, &display.green, &display.blue, &display.white}) {
    point->x = reader.u16be();
    point->y = reader.u16be();
  }
  display.max_luminance = reader.u32be();
  display.min_luminance = reader.u32be();
  return display;
}

ContentLightLevel parse_png_clli(ByteView clli) {
  constexpr std::uint32_t kUnitsPerNit = 10000;
  const auto nits = [](std::uint32_t units) {
    return static_cast<std::uint16_t>(
        std::min<std::uint64_t>((std::uint64_t{units} + kUnitsPerNit / 2) / kUnitsPerNit, 0xFFFF));
  };
  ByteReader reader(clli);
  const std::uint16_t max_cll = nits(reader.u32be());
  return {.max_cll = max_cll, .max_fall = nits(reader.u32be())};
}

}  // namespace imagepacker
