// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/size_search.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker {
namespace {

/// Remembers the size of everything but keeps only what fits.
class LimitedSink final : public ByteSink {
 public:
  explicit LimitedSink(std::uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  Status write(ByteView bytes) override {
    size_bytes_ += bytes.size();
    if (!fits()) {
      kept_ = {};
      return {};
    }
    return kept_.write(bytes);
  }

  [[nodiscard]] bool fits() const { return size_bytes_ <= limit_bytes_; }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] Bytes take() { return kept_.take(); }

 private:
  std::uint64_t limit_bytes_;
  std::uint64_t size_bytes_ = 0;
  VectorSink kept_;
};

}  // namespace

Result<Bytes> largest_that_fits(const PackingOptions& options, const FormatInfo& codec, const EncodeWith& encode) {
  PackingOptions attempt = options;
  std::uint64_t smallest = UINT64_MAX;
  const auto try_attempt = [&]() -> Result<std::optional<Bytes>> {
    LimitedSink sink(options.max_bytes);
    IP_TRY(encode(attempt, sink));
    smallest = std::min(smallest, sink.size_bytes());
    return sink.fits() ? std::optional(sink.take()) : std::nullopt;
  };

  const bool is_lossless = options.lossless || !codec.can_lossy;
  if (is_lossless) {
    for (; attempt.effort <= PackingOptions::kMaxEffort; ++attempt.effort) {
      IP_ASSIGN(auto bytes, try_attempt());
      if (bytes) {
        return std::move(*bytes);
      }
    }
    return make_error(Errc::limit_exceeded, text("the picture takes at least ", smallest, " bytes as lossless ",
                                                 codec.long_name, ", more than max-bytes ", options.max_bytes));
  }
  // Everything below `lowest_unknown` fits (with `best` the last of it), everything from `too_large` up does not. The
  // wanted quality is tried first: mostly it fits.
  std::optional<Bytes> best;
  int lowest_unknown = 0;
  int too_large = options.quality + 1;
  attempt.quality = options.quality;
  while (lowest_unknown < too_large) {
    IP_ASSIGN(auto bytes, try_attempt());
    if (bytes) {
      best = std::move(bytes);
      lowest_unknown = attempt.quality + 1;
    } else {
      too_large = attempt.quality;
    }
    attempt.quality = lowest_unknown + (too_large - lowest_unknown) / 2;
  }
  if (!best) {
    return make_error(Errc::limit_exceeded, text("even at quality 0 the picture takes ", smallest, " bytes as ",
                                                 codec.long_name, ", more than max-bytes ", options.max_bytes));
  }
  return std::move(*best);
}

}  // namespace imagepacker
