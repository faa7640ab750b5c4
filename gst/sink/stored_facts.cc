// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/stored_facts.h"

#include "imagepacker/task_pool.h"
#include "imagepacker/unpacker.h"

namespace imagepacker::element {

StoredFacts stored_facts(ByteView file, const PhotoOrder& order, const GstCaps* caps) {
  StoredFacts facts{.size = {}, .capture_time = order.capture_time};
  const GstStructure* const described = gst_caps_get_structure(caps, 0);
  const bool has_size = gst_structure_get_int(described, "width", &facts.size.width) != FALSE &&
                        gst_structure_get_int(described, "height", &facts.size.height) != FALSE;
  if (has_size && !order.destination->shows_time()) {
    return facts;
  }
  TaskPool nobody_else(1);
  const auto unpacker = Unpacker::create(file, {}, nobody_else);
  if (!unpacker) {
    return facts;
  }
  if (!has_size) {
    facts.size = unpacker->info().main.size;
  }
  if (const auto stored = exif_capture_time(unpacker->metadata().exif)) {
    facts.capture_time = *stored;
  }
  return facts;
}

}  // namespace imagepacker::element
