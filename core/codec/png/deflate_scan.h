// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace imagepacker {

/// Places in a deflate stream, in bits from its beginning.
struct DeflateEnd {
  std::uint64_t last_block;  ///< where the last block's header begins, whose first bit says that it is the last
  std::uint64_t end;         ///< behind the last block
};

/// Reads over a deflate stream (RFC 1951), which says nowhere how long its blocks are. nullopt when it is none.
std::optional<DeflateEnd> find_deflate_end(std::span<const std::uint8_t> stream);

}  // namespace imagepacker
