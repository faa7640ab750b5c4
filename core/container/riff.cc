// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/riff.h"

#include <algorithm>

#include "base/byte_writer.h"
#include "base/text.h"
#include "base/try.h"

namespace imagepacker {
namespace {

constexpr std::size_t kChunkHeaderBytes = 8;
constexpr std::size_t kFourccBytes = 4;
constexpr std::string_view kRiff = "RIFF";

/// The size field is even and counts everything behind itself. RFC 9649 clause 2.4 ends it there; libwebp
/// reads no more.
constexpr std::uint64_t kMaxRiffSize = 0xFFFFFFF6;

std::string_view fourcc_at(ByteView bytes, std::size_t position) {
  return {reinterpret_cast<const char*>(bytes.data()) + position, kFourccBytes};
}

std::uint32_t u32le_at(ByteView bytes, std::size_t position) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= std::to_integer<std::uint32_t>(bytes[position + i]) << (8 * i);
  }
  return value;
}

}  // namespace

Result<std::vector<RiffChunk>> read_riff(ByteView file, std::string_view form) {
  if (file.size() < kChunkHeaderBytes + kFourccBytes || fourcc_at(file, 0) != kRiff ||
      fourcc_at(file, kChunkHeaderBytes) != form) {
    return make_error(Errc::corrupt_input, text("the bytes do not begin with the RIFF header of a ", form, " file"));
  }
  const std::uint32_t riff_size = u32le_at(file, kFourccBytes);
  if (riff_size < kFourccBytes || riff_size > file.size() - kChunkHeaderBytes) {
    return make_error(Errc::corrupt_input, text("the RIFF header announces ", riff_size, " bytes, there are ",
                                                file.size() - kChunkHeaderBytes));
  }
  ByteView rest = file.subspan(kChunkHeaderBytes + kFourccBytes, riff_size - kFourccBytes);
  std::vector<RiffChunk> chunks;
  while (!rest.empty()) {
    if (rest.size() < kChunkHeaderBytes) {
      return make_error(Errc::corrupt_input, text("a RIFF chunk header is cut after ", rest.size(), " bytes"));
    }
    const std::uint32_t size = u32le_at(rest, kFourccBytes);
    const std::string_view fourcc = fourcc_at(rest, 0);
    rest = rest.subspan(kChunkHeaderBytes);
    if (size > rest.size()) {
      return make_error(Errc::corrupt_input, text("a RIFF chunk announces ", size, " bytes, there are ", rest.size()));
    }
    if (chunks.size() == kMaxRiffChunks) {
      return make_error(Errc::limit_exceeded, text("the RIFF file has more than ", kMaxRiffChunks, " chunks"));
    }
    chunks.push_back({fourcc, rest.first(size)});
    const std::size_t padded = static_cast<std::size_t>(size) + size % 2;
    rest = rest.subspan(std::min(padded, rest.size()));
  }
  return chunks;
}

Status write_riff(std::string_view form, std::span<const RiffChunk> chunks, ByteSink& sink) {
  std::uint64_t riff_size = kFourccBytes;
  for (const RiffChunk& chunk : chunks) {
    const std::uint64_t payload = chunk.payload.size();
    const std::uint64_t padding = payload % 2;
    if (payload > kMaxRiffSize || riff_size + kChunkHeaderBytes + payload + padding > kMaxRiffSize) {
      return make_error(Errc::limit_exceeded,
                        text("with its ", chunk.fourcc, " chunk of ", payload, " bytes the file is longer than the ",
                             kMaxRiffSize, " bytes that a ", form, " file can hold"));
    }
    riff_size += kChunkHeaderBytes + payload + padding;
  }
  ByteWriter header;
  header.append(kRiff).u32le(static_cast<std::uint32_t>(riff_size)).append(form);
  IP_TRY(sink.write(header.bytes()));
  for (const RiffChunk& chunk : chunks) {
    ByteWriter chunk_header;
    chunk_header.append(chunk.fourcc).u32le(static_cast<std::uint32_t>(chunk.payload.size()));
    IP_TRY(sink.write(chunk_header.bytes()));
    IP_TRY(sink.write(chunk.payload));
    if (chunk.payload.size() % 2 != 0) {
      constexpr std::byte kPadding{0};
      IP_TRY(sink.write({&kPadding, 1}));
    }
  }
  return {};
}

}  // namespace imagepacker
