// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/byte_sink.h"

#include <new>

#include "base/text.h"

namespace imagepacker {

ByteSink::~ByteSink() = default;

Status VectorSink::write(ByteView bytes) {
  try {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  } catch (const std::bad_alloc&) {
    return make_error(Errc::out_of_memory, text("no memory for ", bytes_.size() + bytes.size(), " encoded bytes"));
  }
  return {};
}

}  // namespace imagepacker
