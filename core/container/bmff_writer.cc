// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/bmff_writer.h"

#include <cstdint>

namespace imagepacker {

BmffWriter& BmffWriter::begin(std::string_view type) {
  open_.push_back(bytes_.size());
  bytes_.u32be(0).append(type);
  return *this;
}

BmffWriter& BmffWriter::begin_full(std::string_view type, std::uint8_t version, std::uint32_t flags) {
  begin(type);
  bytes_.u32be(std::uint32_t{version} << 24 | flags);
  return *this;
}

BmffWriter& BmffWriter::end() {
  const std::size_t start = open_.back();
  open_.pop_back();
  bytes_.patch_u32be(start, static_cast<std::uint32_t>(bytes_.size() - start));
  return *this;
}

}  // namespace imagepacker
