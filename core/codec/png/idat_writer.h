// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "codec/png/strip_coder.h"
#include "codec/png/strip_coder_cache.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Puts the strips that several threads code into the sink in their order, one IDAT chunk each, as soon as all before
/// are there. All functions may be called from any thread.
class IdatWriter {
 public:
  /// Coders go to `cache` when their strip is written.
  IdatWriter(ByteSink& sink, std::size_t strip_count, StripCoderCache& cache)
      : sink_(sink), strip_count_(strip_count), cache_(cache) {}

  /// Takes a coder with strip `index` in it. After an error or an exception nothing more is written, and only the call
  /// that met it fails. Errors: those of the sink, limit_exceeded.
  Status finish_strip(std::size_t index, std::unique_ptr<StripCoder> coder);

 private:
  struct Finished {
    std::unique_ptr<StripCoder> coder;
    std::uint32_t crc;
  };

  Status write(const Finished& strip, bool is_last);

  ByteSink& sink_;
  const std::size_t strip_count_;
  StripCoderCache& cache_;
  std::mutex mutex_;
  std::map<std::size_t, Finished> waiting_;
  std::size_t next_ = 0;
  bool can_write_ = true;  ///< not while a strip is written, and never after one that could not be
  std::uint32_t adler32_ = 1;
};

}  // namespace imagepacker
