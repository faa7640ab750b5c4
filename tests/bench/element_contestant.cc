// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/check/gstharness.h>

#include <stdexcept>

#include "contestant.h"

namespace imagepacker::bench {
namespace {

struct HarnessTeardown {
  void operator()(GstHarness* harness) const { gst_harness_teardown(harness); }
};

File take_bytes(GstBuffer* buffer) {
  GstMapInfo map;
  gst_buffer_map(buffer, &map, GST_MAP_READ);
  File file(map.data, map.data + map.size);
  gst_buffer_unmap(buffer, &map);
  gst_buffer_unref(buffer);
  return file;
}

class ElementContestant final : public Contestant {
 public:
  ElementContestant(const std::string& line, const Frame& frame) : harness_(gst_harness_new_parse(line.c_str())) {
    gst_harness_set_live(harness_.get(), FALSE);
    gst_harness_set_src_caps_str(harness_.get(), frame.caps.c_str());
  }

  File pack(const Frame& frame, int times) override {
    GstBuffer* last = nullptr;
    int pulled = 0;
    for (int i = 0; i < times; ++i) {
      // Shares the memory, so that nothing is copied.
      GstBuffer* const buffer = gst_buffer_copy(frame.buffer.get());
      GST_BUFFER_PTS(buffer) = next_pts_;
      next_pts_ += GST_SECOND / 25;
      if (gst_harness_push(harness_.get(), buffer) != GST_FLOW_OK) {
        throw std::runtime_error("an element refuses the frame");
      }
      // As sinks do, so that files don't pile up.
      while (GstBuffer* const file = gst_harness_try_pull(harness_.get())) {
        gst_clear_buffer(&last);
        last = file;
        ++pulled;
      }
    }
    for (; pulled < times; ++pulled) {
      gst_clear_buffer(&last);
      last = gst_harness_pull(harness_.get());
      if (last == nullptr) {
        throw std::runtime_error("an element gives no file");
      }
    }
    return take_bytes(last);
  }

 private:
  std::unique_ptr<GstHarness, HarnessTeardown> harness_;
  GstClockTime next_pts_ = 0;
};

}  // namespace

std::unique_ptr<Contestant> make_element_contestant(const std::string& line, const Frame& frame) {
  // The harness ends the process when an element is missing.
  GError* error = nullptr;
  GstElement* bin = gst_parse_bin_from_description(line.c_str(), TRUE, &error);
  gst_clear_object(&bin);
  if (error != nullptr) {
    const std::string message = error->message;
    g_clear_error(&error);
    throw std::runtime_error(message);
  }
  return std::make_unique<ElementContestant>(line, frame);
}

}  // namespace imagepacker::bench
