// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "codec/png/strip_coder.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Puts the strips that several threads code into the sink in their order, one IDAT chunk each, as soon as all before
/// are there; lends out the coders. All functions may be called from any thread.
class IdatWriter {
 public:
  IdatWriter(ByteSink& sink, std::size_t strip_count) : sink_(sink), strip_count_(strip_count) {}

  /// A coder that no other thread has.
  std::unique_ptr<StripCoder> take_coder();

  /// Takes the coder back with strip `index` in it. Errors: sink_failed.
  Status finish_strip(std::size_t index, std::unique_ptr<StripCoder> coder);

 private:
  struct Finished {
    std::unique_ptr<StripCoder> coder;
    std::uint32_t crc;
  };

  Status write(const Finished& strip, bool is_last);

  ByteSink& sink_;
  const std::size_t strip_count_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<StripCoder>> idle_;
  std::map<std::size_t, Finished> waiting_;
  std::size_t next_ = 0;
  std::uint32_t adler32_ = 1;
};

}  // namespace imagepacker
