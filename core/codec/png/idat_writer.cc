// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/idat_writer.h"

#include <libdeflate.h>

#include <utility>

#include "base/byte_writer.h"
#include "base/text.h"
#include "base/try.h"
#include "container/png_chunks.h"

namespace imagepacker {
namespace {

constexpr std::string_view kType = "IDAT";

}  // namespace

Status IdatWriter::finish_strip(std::size_t index, std::unique_ptr<StripCoder> coder) {
  const auto data = coder->compressed();
  std::uint32_t crc = libdeflate_crc32(0, kType.data(), kType.size());
  crc = libdeflate_crc32(crc, data.data(), data.size());

  const std::lock_guard lock(mutex_);
  waiting_.emplace(index, Finished{std::move(coder), crc});
  for (auto strip = waiting_.find(next_); strip != waiting_.end() && can_write_; strip = waiting_.find(next_)) {
    can_write_ = false;
    IP_TRY(write(strip->second, next_ + 1 == strip_count_));
    cache_.give(std::move(strip->second.coder));
    waiting_.erase(strip);
    ++next_;
    can_write_ = true;
  }
  return {};
}

Status IdatWriter::write(const Finished& strip, bool is_last) {
  adler32_ = combine_adler32(adler32_, strip.coder->adler32(), strip.coder->filtered_bytes());
  ByteWriter stream_end;
  if (is_last) {
    stream_end.u32be(adler32_);
  }
  const auto data = std::as_bytes(strip.coder->compressed());
  const std::size_t size = data.size() + stream_end.size();
  if (size > kPngMaxChunkBytes) {
    return make_error(Errc::limit_exceeded,
                      text("a strip of the picture takes ", size, " bytes; a PNG chunk holds ", kPngMaxChunkBytes));
  }
  ByteWriter head;
  head.u32be(static_cast<std::uint32_t>(size)).append(kType);
  IP_TRY(sink_.write(head.bytes()));
  IP_TRY(sink_.write(data));
  const std::uint32_t crc = png_crc32(stream_end.bytes(), strip.crc);
  stream_end.u32be(crc);
  return sink_.write(stream_end.bytes());
}

}  // namespace imagepacker
