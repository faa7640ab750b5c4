// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Rows of one strip, filtered and compressed: a part of the deflate stream that ends on a byte boundary.
struct CodedStrip {
  Bytes deflate;
  std::uint32_t adler32 = 1;  ///< of the filtered bytes alone
  std::uint64_t filtered_bytes = 0;
};

/// Codes all rows of `rows` but, when `has_row_above`, the first, which only serves the filters.
/// `is_last`: the deflate stream ends with this strip.
Result<CodedStrip> code_strip(const ImageView& rows, bool has_row_above, bool is_last, int effort);

}  // namespace imagepacker
