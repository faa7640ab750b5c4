// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/options.h"
#include "imagepacker/result.h"

namespace imagepacker::testing {

/// One try at packing that `spec` describes byte by byte: layout, size, colour, options, metadata, planes that may be
/// cut, strides that may be wrong. Missing bytes read as 0, so that every spec means something.
struct HostilePack {
  ImageFormat format;
  PackingOptions options;
  Result<Bytes> bytes;
};
HostilePack hostile_pack(std::span<const std::uint8_t> spec);

}  // namespace imagepacker::testing
