// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "container/png_structure.h"
#include "imagepacker/byte_sink.h"

namespace imagepacker {

/// A PNG file as it would be without compression: libdeflate has decompressed its samples, in half of the time that
/// libpng's zlib needs. Refers to the file.
class PlainPng {
 public:
  /// Bytes beside the file and the picture: the compressed samples in one piece, and the decompressed ones.
  static std::uint64_t memory_bytes(const PngStructure& structure);

  /// Nothing where the file is not whole and sound with all checksums, or interlaced, or where there is no memory:
  /// libpng has its say on it then.
  static std::optional<PlainPng> make(ByteView file, const PngStructure& structure);

  /// The file, piece after piece. Checksums of its IDAT are wrong.
  [[nodiscard]] const std::vector<ByteView>& pieces() const { return pieces_; }

 private:
  void add_samples(std::size_t count, ByteView checksum);

  std::unique_ptr<std::byte[]> samples_;
  std::vector<Bytes> heads_;  ///< of the chunk and of the blocks in it
  std::vector<ByteView> pieces_;
};

}  // namespace imagepacker
