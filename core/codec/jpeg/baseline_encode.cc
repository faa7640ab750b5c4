// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/baseline_encode.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <vector>

#include "base/try.h"
#include "codec/jpeg/bit_emitter.h"
#include "codec/jpeg/huffman_table.h"
#include "codec/jpeg/rate_distortion.h"
#include "codec/jpeg/strip_tokenizer.h"

namespace imagepacker::jpeg {
namespace {

using HuffmanSpecs = std::array<JpegHuffmanSpec, kHuffmanTables>;

/// Entropy-coded bytes of one strip.
class StripBytes {
 public:
  StripBytes(const TokenCodes& codes, ByteArea area) : codes_(&codes), area_(std::move(area)) {}

  void append(std::span<const Token> tokens) {
    constexpr std::size_t kBatchTokens = 2048;
    for (std::size_t at = 0; at < tokens.size(); at += kBatchTokens) {
      const auto batch = tokens.subspan(at, std::min(kBatchTokens, tokens.size() - at));
      area_.use_until(emit_tokens(batch, *codes_, state_, area_.room(max_emitted_bytes(batch.size()))));
    }
  }
  /// Ends the strip's segment with `marker` and hands all bytes over.
  ByteArea finish(std::uint8_t marker) {
    std::uint8_t* end = flush_bits(state_, area_.room(max_emitted_bytes(0) + 2));
    *end++ = 0xFF;
    *end++ = marker;
    area_.use_until(end);
    return std::move(area_);
  }
  void reserve(std::size_t bytes) { area_.room(bytes); }

 private:
  const TokenCodes* codes_;
  BitState state_;
  ByteArea area_;
};

/// Keeps a strip's tokens and counts them, for tables that are made afterwards.
class KeptTokens final : public TokenSink {
 public:
  explicit KeptTokens(CodingMemory& memory) : memory_(&memory) {}

  Result<Token*> room(std::size_t count) override {
    if (parts_.empty() || count > parts_.back().capacity - parts_.back().used) {
      if (count <= CodingMemory::kBlockTokens) {
        parts_.push_back({memory_->take_block(), CodingMemory::kBlockTokens});
      } else {
        parts_.push_back({std::make_unique_for_overwrite<Token[]>(count), count});
      }
    }
    return parts_.back().tokens.get() + parts_.back().used;
  }
  Status commit(std::size_t count) override {
    Part& part = parts_.back();
    count_tokens(std::span(part.tokens.get() + part.used, count), counts_);
    part.used += count;
    return {};
  }

  /// How often each symbol occurs.
  [[nodiscard]] TokenCounts counts() const {
    TokenCounts sums = counts_[0];
    std::ranges::transform(sums, counts_[1], sums.begin(), std::plus<>());
    return sums;
  }

  /// The strip's bytes with `marker` behind them.
  [[nodiscard]] ByteArea emit(const TokenCodes& codes, std::uint8_t marker) const {
    StripBytes bytes(codes, memory_->take_area());
    bytes.reserve(token_bits(counts(), codes) / 8 * 33 / 32 + max_emitted_bytes(CodingMemory::kBlockTokens / 16));
    for (const Part& part : parts_) {
      bytes.append({part.tokens.get(), part.used});
    }
    return bytes.finish(marker);
  }

  /// Gives the memory on.
  void clear() {
    for (Part& part : parts_) {
      if (part.capacity == CodingMemory::kBlockTokens) {
        memory_->give(std::move(part.tokens));
      }
    }
    parts_.clear();
  }

 private:
  struct Part {
    std::unique_ptr<Token[]> tokens;
    std::size_t capacity = 0;
    std::size_t used = 0;
  };
  CodingMemory* memory_;
  std::vector<Part> parts_;
  std::array<TokenCounts, 2> counts_{};
};

/// Turns tokens into bytes at once.
class CodedTokens final : public TokenSink {
 public:
  CodedTokens(const TokenCodes& codes, CodingMemory& memory) : bytes_(codes, memory.take_area()) {}

  Result<Token*> room(std::size_t count) override {
    if (count > capacity_) {
      tokens_ = std::make_unique_for_overwrite<Token[]>(count);
      capacity_ = count;
    }
    return tokens_.get();
  }
  Status commit(std::size_t count) override {
    bytes_.append({tokens_.get(), count});
    return {};
  }
  ByteArea finish(std::uint8_t marker) { return bytes_.finish(marker); }

 private:
  std::unique_ptr<Token[]> tokens_;
  std::size_t capacity_ = 0;
  StripBytes bytes_;
};

HuffmanSpecs standard_specs() {
  HuffmanSpecs specs;
  for (const bool is_chroma : {false, true}) {
    for (const bool is_ac : {false, true}) {
      specs[huffman_table_index(is_ac, is_chroma)] = standard_huffman_spec(is_ac, is_chroma);
    }
  }
  return specs;
}

HuffmanSpecs optimal_specs(const std::vector<KeptTokens>& strips) {
  std::array<std::array<std::uint64_t, 256>, kHuffmanTables> sums{};
  for (const KeptTokens& strip : strips) {
    const TokenCounts counts = strip.counts();
    for (std::size_t symbol = 0; symbol < counts.size(); ++symbol) {
      sums[symbol / 256][symbol % 256] += counts[symbol];
    }
  }
  sums[0][kRawBits] = 0;
  HuffmanSpecs specs;
  std::ranges::transform(sums, specs.begin(), [](const auto& counts) { return optimal_huffman_spec(counts); });
  return specs;
}

/// What stands between the application segments and the first strip.
void append_headers(const JpegLayout& layout, const QuantTables& quant_tables, const HuffmanSpecs& specs,
                    const std::vector<Strip>& strips, JpegSegmentWriter& head) {
  const auto headers = layout.headers();
  const auto components = std::span(headers).first(static_cast<std::size_t>(layout.component_count));
  const std::size_t tables = layout.component_count == 1 ? 1 : 2;
  for (std::size_t table = 0; table < tables; ++table) {
    head.quantization_table(static_cast<std::uint8_t>(table), in_zigzag_order(quant_tables[table]));
  }
  head.frame(JpegMarker::sof0, layout.size, components);
  for (std::size_t table = 0; table < tables; ++table) {
    for (const bool is_ac : {false, true}) {
      head.huffman_table(is_ac, static_cast<std::uint8_t>(table), specs[huffman_table_index(is_ac, table == 1)]);
    }
  }
  if (strips.size() > 1) {
    head.restart_interval(static_cast<std::uint16_t>(strips[0].mcu_rows * layout.mcu_columns));
  }
  head.scan(components);
}

std::array<AcBits, 2> ac_bits_of(const HuffmanSpecs& specs) {
  return {ac_bits(specs[huffman_table_index(true, false)]), ac_bits(specs[huffman_table_index(true, true)])};
}

/// A picture on its way: strips of it become bytes, in parallel.
class StripCoder {
 public:
  StripCoder(const JpegLayout& layout, const EncodeJob& job, CodingMemory& memory)
      : layout_(layout), job_(job), memory_(memory), strips_(cut_into_strips(layout)), bytes_(strips_.size()) {}
  ~StripCoder() {
    for (ByteArea& strip : bytes_) {
      memory_.give(std::move(strip));
    }
  }
  StripCoder(const StripCoder&) = delete;
  StripCoder& operator=(const StripCoder&) = delete;

  /// Samples to bytes in one go, with tables that are known.
  Status encode_with(const TransformSettings& settings, const TokenCodes& codes) {
    const StripTokenizer tokenizer(layout_, settings, job_.image, job_.stop);
    return job_.pool.for_each(strips_.size(), [&](std::size_t index) -> Status {
      CodedTokens tokens(codes, memory_);
      IP_TRY(tokenizer.run(strips_[index], tokens));
      bytes_[index] = tokens.finish(marker_after(index));
      return {};
    });
  }

  /// Samples to tokens, which are kept. Returns the tables for the counts of all strips.
  Result<HuffmanSpecs> tokenize(const TransformSettings& settings) {
    const StripTokenizer tokenizer(layout_, settings, job_.image, job_.stop);
    for (KeptTokens& strip : kept_) {
      strip.clear();
    }
    kept_.clear();
    kept_.reserve(strips_.size());
    for (std::size_t index = 0; index < strips_.size(); ++index) {
      kept_.emplace_back(memory_);
    }
    IP_TRY(job_.pool.for_each(strips_.size(),
                              [&](std::size_t index) { return tokenizer.run(strips_[index], kept_[index]); }));
    return optimal_specs(kept_);
  }

  /// The kept tokens to bytes.
  Status emit(const TokenCodes& codes) {
    return job_.pool.for_each(strips_.size(), [&](std::size_t index) -> Status {
      bytes_[index] = kept_[index].emit(codes, marker_after(index));
      kept_[index].clear();
      return {};
    });
  }

  [[nodiscard]] const std::vector<Strip>& strips() const { return strips_; }
  /// Entropy-coded segments and the markers behind them, in order.
  [[nodiscard]] const std::vector<ByteArea>& bytes() const { return bytes_; }

 private:
  [[nodiscard]] std::uint8_t marker_after(std::size_t index) const {
    return index + 1 == strips_.size() ? static_cast<std::uint8_t>(JpegMarker::eoi)
                                       : static_cast<std::uint8_t>(static_cast<unsigned>(JpegMarker::rst0) + index % 8);
  }

  const JpegLayout& layout_;
  const EncodeJob& job_;
  CodingMemory& memory_;
  std::vector<Strip> strips_;
  std::vector<KeptTokens> kept_;
  std::vector<ByteArea> bytes_;
};

/// Encodes with the tables of annex K, which it returns.
Result<HuffmanSpecs> encode_with_standard_tables(StripCoder& coder, TransformSettings transform, bool optimize) {
  const HuffmanSpecs specs = standard_specs();
  if (optimize) {
    transform.ac_bits = ac_bits_of(specs);
  }
  IP_TRY(coder.encode_with(transform, token_codes(specs)));
  return specs;
}

/// Encodes with the tables that suit the picture best, which it returns.
Result<HuffmanSpecs> encode_with_optimal_tables(StripCoder& coder, TransformSettings transform, bool optimize) {
  IP_ASSIGN(HuffmanSpecs specs, coder.tokenize(transform));
  if (optimize) {
    transform.ac_bits = ac_bits_of(specs);
    IP_ASSIGN(specs, coder.tokenize(transform));
  }
  IP_TRY(coder.emit(token_codes(specs)));
  return specs;
}

}  // namespace

Status encode_baseline(const BaselineSettings& settings, JpegSegmentWriter& head, const EncodeJob& job,
                       ByteSink& sink) {
  const JpegLayout layout = JpegLayout::of(job.image.format());
  StripCoder coder(layout, job, *settings.memory);
  const TransformSettings transform = {
      .quant_tables = settings.quant_tables,
      .rounding = settings.quantization == Quantization::nearest ? Rounding::nearest : Rounding::dead_zone,
      .ac_bits = {}};
  const bool optimize = settings.quantization == Quantization::rate_distortion;
  IP_ASSIGN(const HuffmanSpecs specs, settings.huffman_tables == HuffmanTables::standard
                                          ? encode_with_standard_tables(coder, transform, optimize)
                                          : encode_with_optimal_tables(coder, transform, optimize));
  append_headers(layout, settings.quant_tables, specs, coder.strips(), head);
  IP_TRY(sink.write(head.bytes()));
  for (const ByteArea& strip : coder.bytes()) {
    IP_TRY(sink.write(strip.view()));
  }
  return {};
}

}  // namespace imagepacker::jpeg
