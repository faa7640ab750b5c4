// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "imagepacker/export.h"
#include "imagepacker/result.h"

namespace imagepacker {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

/// Where encoded bytes go, in order, never revisited. Calls for one picture come from one thread at a time.
class IMAGEPACKER_API ByteSink {
 public:
  virtual ~ByteSink();

  /// Takes all of `bytes` or fails (Errc::sink_failed, Errc::no_space); after a failure no more is written for that
  /// picture. The bytes are borrowed for the call.
  virtual Status write(ByteView bytes) = 0;
};

/// Collects the bytes of a picture in memory.
class IMAGEPACKER_API VectorSink final : public ByteSink {
 public:
  Status write(ByteView bytes) override;

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

}  // namespace imagepacker
