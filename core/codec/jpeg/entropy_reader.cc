// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/entropy_reader.h"

#include "container/jpeg_segments.h"

namespace imagepacker::jpeg {

EntropyReader EntropyReader::refilled_slowly(EntropyReader reader) {
  // The fast way leaves bits of a byte that is still to come.
  reader.bits_ &= reader.count_ == 0 ? 0 : ~std::uint64_t{0} << (64 - reader.count_);
  while (reader.count_ <= kRefilledBits) {
    std::uint64_t byte = 0;
    if (reader.next_ < reader.end_ && *reader.next_ != 0xFF) {
      byte = *reader.next_++;
    } else if (reader.end_ - reader.next_ >= 2 && reader.next_[1] == 0) {
      byte = 0xFF;
      reader.next_ += 2;
    } else {
      reader.made_up_ += 8;
    }
    reader.bits_ |= byte << (56 - reader.count_);
    reader.count_ += 8;
  }
  return reader;
}

bool EntropyReader::at_marker() {
  // Whole bytes that were read but not used are either made up or too many.
  const bool is_used_up = count_ >= made_up_ && count_ - made_up_ < 8 && end_ - next_ >= 2 && next_[0] == 0xFF;
  bits_ = 0;
  count_ = 0;
  made_up_ = 0;
  return is_used_up;
}

std::uint8_t EntropyReader::take_marker() {
  if (end_ - next_ < 2 || next_[0] != 0xFF) {
    return 0;
  }
  const std::uint8_t marker = next_[1];
  next_ += 2;
  return marker;
}

std::vector<ByteView> restart_intervals(ByteView data, std::size_t count) {
  std::vector<ByteView> intervals{data};
  const auto* const begin = reinterpret_cast<const std::uint8_t*>(data.data());
  const auto* const end = begin + data.size();
  for (const std::uint8_t* at = begin;;) {
    at = static_cast<const std::uint8_t*>(std::memchr(at, 0xFF, static_cast<std::size_t>(end - at)));
    if (at == nullptr || end - at < 2) {
      return {};
    }
    const unsigned marker = at[1];
    at += 2;
    if (marker == static_cast<unsigned>(JpegMarker::eoi)) {
      return intervals.size() == count ? intervals : std::vector<ByteView>();
    }
    if (marker == 0) {
      continue;
    }
    if (intervals.size() >= count ||
        marker != static_cast<unsigned>(JpegMarker::rst0) + (intervals.size() - 1) % kRestartMarkers) {
      return {};
    }
    intervals.push_back(data.subspan(static_cast<std::size_t>(at - begin)));
  }
}

}  // namespace imagepacker::jpeg
