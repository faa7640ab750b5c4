// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine.h"

#include <utility>

#include "base/try.h"
#include "frame.h"

namespace imagepacker::element {

Result<std::shared_ptr<const Engine>> Engine::create(const GstVideoInfo& input, const ImageFormat& source,
                                                     const PackingOptions& options, std::shared_ptr<TaskPool> pool) {
  auto engine = std::make_shared<Engine>(input, source, std::move(pool));
  IP_ASSIGN(engine->parallel_, Packer::create(source, options, *engine->pool_));
  IP_ASSIGN(engine->serial_, Packer::create(source, options, engine->calling_thread_));
  return std::shared_ptr<const Engine>(std::move(engine));
}

Result<BufferPtr> Engine::encode(GstBuffer* frame, const Metadata& metadata, bool all_threads,
                                 const std::stop_token& stop, std::vector<Notice>& notices) const {
  MappedFrame mapped;
  IP_TRY(mapped.map(input_, frame));
  Picture picture;
  picture.main = mapped.view(source_);
  picture.metadata = metadata;
  // Frames of a stream resemble each other: an eighth above the last one's size mostly is enough.
  const std::size_t last_size_bytes = last_size_bytes_.load(std::memory_order_relaxed);
  MemorySink sink(output_memory_, last_size_bytes + last_size_bytes / 8);
  IP_TRY((all_threads ? *parallel_ : *serial_).pack(picture, sink, stop, &notices));
  last_size_bytes_.store(sink.size_bytes(), std::memory_order_relaxed);
  return sink.take();
}

}  // namespace imagepacker::element
