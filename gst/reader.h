// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/notice.h"
#include "imagepacker/result.h"
#include "memory_sink.h"

namespace imagepacker::element {

class Reader;

/// What an element makes of image files. The calls without remark come from the streaming thread.
class ReaderWork {
 public:
  virtual ~ReaderWork() = default;

  /// Makes of `file`, one whole image file, what goes out, and pushes it through `reader`. `image` is the buffer that
  /// brought it, or one without time where it came in pieces. Errors are for the bus; Errc::cancelled says nothing.
  virtual Result<GstFlowReturn> read(Reader& reader, ByteView file, GstBuffer* image, const std::stop_token& stop) = 0;

  /// Tags of the stream and its end.
  virtual void add_tags(const GstTagList*) {}
  virtual void clear_tags() {}

  /// The element stops: what is kept for the next picture goes.
  virtual void release_memory() {}

  /// Property `id` of the element, numbered as at installation; false when there is none such. Any thread, with the
  /// element's object lock.
  virtual bool set_property(guint id, const GValue* value) = 0;
  virtual bool get_property(guint id, GValue* value) const = 0;

  /// How many bytes of a file that comes in pieces are collected. Any thread, with the element's object lock.
  [[nodiscard]] virtual std::uint64_t max_file_bytes() const = 0;
};

/// The streaming side of an element with image files on its sink pad. In a stream in bytes (filesrc) all that comes
/// until its end is one file, in one in time each buffer is. Events that say what follows wait until caps are known.
class Reader {
 public:
  /// `element` owns the reader and both pads.
  Reader(GstElement* element, GstPad* sink_pad, GstPad* source_pad, std::unique_ptr<ReaderWork> work);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  [[nodiscard]] GstElement* element() const { return element_; }
  [[nodiscard]] GstPad* source_pad() const { return source_pad_; }
  [[nodiscard]] ReaderWork& work() { return *work_; }

  /// The framerate in the caps of the sink pad, 0/1 when they have none: a still picture.
  void framerate(gint& numerator, gint& denominator) const;

  /// Announces `caps` (borrowed) unless they are what was announced last, and lets out what waited for them.
  /// False when downstream refuses them. From ReaderWork::read.
  bool push_caps(GstCaps* caps);
  /// Pushes what push_caps() has announced. From ReaderWork::read.
  GstFlowReturn push(BufferPtr buffer);
  /// An event for downstream, behind the caps. From ReaderWork::read.
  void push_event(GstEvent* event);
  /// Posts what was not said of an earlier picture already.
  void post_new(const std::vector<Notice>& notices);

  /// The pad functions and state changes of the element.
  GstFlowReturn chain(GstBuffer* buffer);
  gboolean sink_event(GstEvent* event);
  void start();
  /// Gives up what is going on. Any thread.
  void cancel();
  void stop();

 private:
  GstFlowReturn read(GstBuffer* image);
  GstFlowReturn collect(GstBuffer* buffer);
  GstFlowReturn read_collected();
  void push_waiting();
  [[nodiscard]] std::stop_token stop_token() const;
  void rearm();

  GstElement* const element_;
  GstPad* const sink_pad_;
  GstPad* const source_pad_;
  const std::unique_ptr<ReaderWork> work_;

  bool is_in_time_ = false;
  std::vector<BufferPtr> pieces_;
  std::uint64_t collected_bytes_ = 0;
  GstCaps* announced_ = nullptr;
  std::vector<GstEvent*> waiting_;    ///< owned
  GstFlowReturn flow_ = GST_FLOW_OK;  ///< what became of the last image
  std::set<std::string> posted_;
  mutable std::mutex stop_mutex_;
  std::stop_source stop_;  ///< under stop_mutex_
};

/// Makes the type of an element `name` with pads "sink" and "src"; `class_init` adds their templates, description and
/// properties. `make_work` is called for each element. Once per name.
GType register_reader_type(const char* name, void (*class_init)(GstElementClass*, gconstpointer data),
                           gconstpointer data, std::unique_ptr<ReaderWork> (*make_work)(GstElement*));

}  // namespace imagepacker::element
