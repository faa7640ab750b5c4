// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/byte_writer.h"

namespace imagepacker {

/// Appends boxes of the ISO base media file format (ISO/IEC 14496-12 clause 4.2), nested as begin() and end() nest.
/// Lengths are filled in by end(). They have 32 bits: the caller sees to it that no box has 4 GiB.
class BmffWriter {
 public:
  /// Opens a box of four-character code `type`.
  BmffWriter& begin(std::string_view type);

  /// Opens a FullBox; `flags` in the low 24 bits.
  BmffWriter& begin_full(std::string_view type, std::uint8_t version, std::uint32_t flags);

  /// Closes the box opened last.
  BmffWriter& end();

  /// The fields of the box that is open.
  [[nodiscard]] ByteWriter& fields() { return bytes_; }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] Bytes take() { return bytes_.take(); }

 private:
  ByteWriter bytes_;
  std::vector<std::size_t> open_;  ///< positions of the length fields of the open boxes
};

}  // namespace imagepacker
