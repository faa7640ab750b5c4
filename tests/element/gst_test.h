// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/check/gstharness.h>
#include <gst/gst.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "imagepacker/options.h"

namespace imagepacker::test {

struct CapsUnref {
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
};
using CapsPtr = std::unique_ptr<GstCaps, CapsUnref>;

struct BufferUnref {
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
};
using BufferPtr = std::unique_ptr<GstBuffer, BufferUnref>;

struct TagsUnref {
  void operator()(GstTagList* tags) const { gst_tag_list_unref(tags); }
};
using TagsPtr = std::unique_ptr<GstTagList, TagsUnref>;

struct ObjectUnref {
  void operator()(gpointer object) const { gst_object_unref(object); }
};
template <class T>
using ObjectPtr = std::unique_ptr<T, ObjectUnref>;

/// The elements of this build, the one for every format first.
std::vector<std::string> element_names();
/// The element that packs `format` alone.
std::string element_name(Format format);
/// Names of the raw formats that the sink pads offer.
std::vector<std::string> raw_format_names();

std::string to_string(const GstCaps* caps);
/// Field `field` of the first structure as a string, "" when it is absent.
std::string field(const GstCaps* caps, const char* field);

/// "video/x-raw,format=…" of that size at 30 frames a second.
std::string raw_caps(std::string_view format, int width, int height);

/// A frame of `caps` with a picture in it that depends on `seed`, at the time of frame number `seed`.
/// `padding_bytes`: between rows and between planes, described by a GstVideoMeta.
BufferPtr make_frame(const std::string& caps, int seed = 0, int padding_bytes = 0);

/// The first bytes of a buffer's content.
std::string bytes_of(GstBuffer* buffer);
BufferPtr buffer_of(std::string_view bytes);

/// What a pipeline said on its bus.
struct BusError {
  std::string source;  ///< name of the element
  std::string message;
  std::string debug;
  GQuark domain = 0;
  int code = 0;
};

/// A pipeline made of a launch line, set to NULL at the end.
class Pipeline {
 public:
  explicit Pipeline(const std::string& launch_line);
  explicit Pipeline(GstElement* pipeline) : pipeline_(pipeline) {}
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  [[nodiscard]] GstElement* get() const { return pipeline_.get(); }
  [[nodiscard]] ObjectPtr<GstElement> element(const char* name) const;
  /// The caps that the pad of the element has negotiated, null if none.
  [[nodiscard]] CapsPtr caps(const char* element, const char* pad) const;

  /// Plays until the end of the stream; false after an error. The state stays PLAYING.
  bool run();
  /// Plays until `is_wanted` says so; false after an error, the end or a minute.
  bool run_until(const std::function<bool(GstMessage*)>& is_wanted);

  [[nodiscard]] const std::vector<BusError>& errors() const { return errors_; }
  [[nodiscard]] const std::vector<std::string>& infos() const { return infos_; }

 private:
  // A function of its own, that ThreadSanitizer can be told of.
  [[gnu::noinline]] bool read_messages(const std::function<bool(GstMessage*)>& is_wanted);

  ObjectPtr<GstElement> pipeline_;
  std::vector<BusError> errors_;
  std::vector<std::string> infos_;
};

/// One element between a source and a sink of the test's own.
class Harness {
 public:
  explicit Harness(const std::string& element_name, const char* wanted_caps = nullptr);
  ~Harness();
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;

  [[nodiscard]] GstHarness* get() const { return harness_; }
  [[nodiscard]] GstElement* element() const { return harness_->element; }

  template <class... Arguments>
  void set(const char* property, Arguments... value) {
    g_object_set(harness_->element, property, value..., nullptr);
  }
  void set_input(const std::string& caps) { gst_harness_set_src_caps_str(harness_, caps.c_str()); }
  GstFlowReturn push(BufferPtr frame) { return gst_harness_push(harness_, frame.release()); }
  /// The next picture; waits for it.
  BufferPtr pull() { return BufferPtr(gst_harness_pull(harness_)); }
  /// Pictures that are there and were not pulled yet.
  unsigned waiting() { return gst_harness_buffers_in_queue(harness_); }
  [[nodiscard]] CapsPtr output_caps() const { return CapsPtr(gst_pad_get_current_caps(harness_->sinkpad)); }
  /// Error messages that the element has posted since the last call.
  std::vector<BusError> errors();
  /// Texts of the warning messages that the element has posted since the last call; drops its other messages.
  std::vector<std::string> warnings();

 private:
  GstHarness* harness_;
  ObjectPtr<GstBus> bus_;
};

}  // namespace imagepacker::test
