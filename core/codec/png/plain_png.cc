// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/plain_png.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <string_view>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "container/png_chunks.h"

namespace imagepacker {
namespace {

/// A stored block's length has 16 bits, RFC 1951 clause 3.2.4.
constexpr std::size_t kMaxStoredBytes = 65535;
constexpr std::size_t kChecksumBytes = 4;

/// Filter bytes and filtered rows, W3C PNG clause 9.
std::uint64_t filtered_bytes(const PngHeader& header) {
  const auto bits = static_cast<std::uint64_t>(header.size.width) * static_cast<std::uint64_t>(header.channels()) *
                    static_cast<std::uint64_t>(header.bit_depth);
  return ((bits + 7) / 8 + 1) * static_cast<std::uint64_t>(header.size.height);
}

struct Parts {
  ByteView before;             ///< the samples
  std::vector<ByteView> idat;  ///< data of the chunks
  ByteView behind;             ///< the samples
};

/// The file, when each of its chunks has the right checksum and the IDATs follow each other.
std::optional<Parts> find_parts(ByteView file) {
  Parts parts;
  ByteReader reader(file.subspan(kPngSignature.size()));
  bool is_behind = false;
  for (;;) {
    const std::size_t at = file.size() - reader.rest().size();
    const std::uint32_t size = reader.u32be();
    const ByteView type_and_data = reader.take(std::size_t{4} + std::min(size, kPngMaxChunkBytes));
    const std::uint32_t crc = reader.u32be();
    if (!reader.ok() || size > kPngMaxChunkBytes ||
        libdeflate_crc32(0, type_and_data.data(), type_and_data.size()) != crc) {
      return std::nullopt;
    }
    const std::string_view type(reinterpret_cast<const char*>(type_and_data.data()), 4);
    if (type == "IDAT") {
      if (is_behind) {
        return std::nullopt;
      }
      if (parts.idat.empty()) {
        parts.before = file.first(at);
      }
      parts.idat.push_back(type_and_data.subspan(4));
      parts.behind = reader.rest();
    } else {
      is_behind = !parts.idat.empty();
    }
    if (type == "IEND") {
      return is_behind ? std::optional(std::move(parts)) : std::nullopt;
    }
  }
}

std::unique_ptr<std::byte[]> allocate(std::size_t bytes) {
  return std::unique_ptr<std::byte[]>(new (std::nothrow) std::byte[bytes]);
}

/// True when `stream` is a zlib stream of exactly `count` bytes, which are put into `out`.
bool inflate_exactly(ByteView stream, std::size_t count, std::byte* out) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  std::size_t used = 0;
  std::size_t made = 0;
  return decompressor != nullptr &&
         libdeflate_zlib_decompress_ex(decompressor.get(), stream.data(), stream.size(), out, count, &used, &made) ==
             LIBDEFLATE_SUCCESS &&
         used == stream.size() && made == count;
}

}  // namespace

std::uint64_t PlainPng::memory_bytes(const PngStructure& structure) {
  return filtered_bytes(structure.header) + structure.idat_bytes;
}

std::optional<PlainPng> PlainPng::make(ByteView file, const PngStructure& structure) {
  if (structure.header.is_interlaced) {
    return std::nullopt;
  }
  const auto parts = find_parts(file);
  const std::size_t count = filtered_bytes(structure.header);
  if (!parts) {
    return std::nullopt;
  }
  PlainPng plain;
  plain.samples_ = allocate(count);
  std::unique_ptr<std::byte[]> joined;
  ByteView stream = parts->idat.front();
  if (parts->idat.size() > 1) {
    joined = allocate(structure.idat_bytes);
    if (joined == nullptr) {
      return std::nullopt;
    }
    std::byte* end = joined.get();
    for (const ByteView data : parts->idat) {
      end = std::copy(data.begin(), data.end(), end);
    }
    stream = {joined.get(), end};
  }
  if (plain.samples_ == nullptr || stream.size() < kChecksumBytes ||
      !inflate_exactly(stream, count, plain.samples_.get())) {
    return std::nullopt;
  }
  plain.pieces_.push_back(parts->before);
  plain.add_samples(count, stream.last(kChecksumBytes));
  plain.pieces_.push_back(parts->behind);
  return plain;
}

void PlainPng::add_samples(std::size_t count, ByteView checksum) {
  const std::size_t blocks = (count + kMaxStoredBytes - 1) / kMaxStoredBytes;
  constexpr std::size_t kStreamHeadBytes = 2;
  constexpr std::size_t kBlockHeadBytes = 5;
  const auto add_head = [this](ByteWriter& head) {
    heads_.push_back(head.take());
    pieces_.push_back(heads_.back());
  };
  ByteWriter begin;
  begin.u32be(static_cast<std::uint32_t>(kStreamHeadBytes + blocks * kBlockHeadBytes + count + kChecksumBytes));
  begin.append("IDAT").u8(0x78).u8(0x01);
  add_head(begin);
  for (std::size_t at = 0; at < count; at += kMaxStoredBytes) {
    const std::size_t size = std::min(kMaxStoredBytes, count - at);
    const bool is_last = at + size == count;
    ByteWriter head;
    const auto low = static_cast<std::uint8_t>(size & 0xFF);
    const auto high = static_cast<std::uint8_t>(size >> 8);
    head.u8(is_last ? 1 : 0).u8(low).u8(high).u8(static_cast<std::uint8_t>(~low)).u8(static_cast<std::uint8_t>(~high));
    add_head(head);
    pieces_.push_back({samples_.get() + at, size});
  }
  ByteWriter end;
  end.append(checksum).u32be(0);  // of the chunk there is none
  add_head(end);
}

}  // namespace imagepacker
