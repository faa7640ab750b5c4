// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reader.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/text.h"
#include "debug.h"
#include "errors.h"

namespace imagepacker::element {
namespace {

/// A buffer mapped for reading as long as this lives.
class MappedBytes {
 public:
  explicit MappedBytes(GstBuffer* buffer)
      : buffer_(buffer), is_mapped_(gst_buffer_map(buffer, &map_, GST_MAP_READ) != FALSE) {}
  ~MappedBytes() {
    if (is_mapped_) {
      gst_buffer_unmap(buffer_, &map_);
    }
  }
  MappedBytes(const MappedBytes&) = delete;
  MappedBytes& operator=(const MappedBytes&) = delete;

  [[nodiscard]] bool is_mapped() const { return is_mapped_; }
  [[nodiscard]] ByteView bytes() const { return {reinterpret_cast<const std::byte*>(map_.data), map_.size}; }

 private:
  GstBuffer* const buffer_;
  GstMapInfo map_ = GST_MAP_INFO_INIT;
  const bool is_mapped_;
};

/// All bytes in one memory; nullptr when there is none. Appending buffers to each other would copy them again and
/// again.
BufferPtr joined(const std::vector<BufferPtr>& pieces, std::size_t bytes) {
  BufferPtr whole(gst_buffer_new_allocate(nullptr, bytes, nullptr));
  GstMapInfo map;
  if (whole == nullptr || !gst_buffer_map(whole.get(), &map, GST_MAP_WRITE)) {
    return nullptr;
  }
  std::size_t at = 0;
  for (const BufferPtr& piece : pieces) {
    at += gst_buffer_extract(piece.get(), 0, map.data + at, bytes - at);
  }
  gst_buffer_unmap(whole.get(), &map);
  return whole;
}

Error not_mapped(GstBuffer* buffer) {
  return make_error(Errc::unsupported,
                    text("a buffer of ", gst_buffer_get_size(buffer),
                         " bytes can't be mapped for reading; put an element in front that makes system memory of it"));
}

}  // namespace

Reader::Reader(GstElement* element, GstPad* sink_pad, GstPad* source_pad, std::unique_ptr<ReaderWork> work)
    : element_(element), sink_pad_(sink_pad), source_pad_(source_pad), work_(std::move(work)) {}

Reader::~Reader() {
  stop();
}

void Reader::framerate(gint& numerator, gint& denominator) const {
  numerator = 0;
  denominator = 1;
  if (GstCaps* const caps = gst_pad_get_current_caps(sink_pad_)) {
    const GstStructure* const structure = gst_caps_get_structure(caps, 0);
    if (!gst_structure_get_fraction(structure, "framerate", &numerator, &denominator)) {
      numerator = 0;
      denominator = 1;
    }
    gst_caps_unref(caps);
  }
}

void Reader::push_waiting() {
  if (!is_in_time_ && !waiting_.empty()) {
    // Bytes of a file have no place in what goes out.
    for (GstEvent*& event : waiting_) {
      if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT) {
        GstSegment segment;
        gst_segment_init(&segment, GST_FORMAT_TIME);
        GstEvent* const in_time = gst_event_new_segment(&segment);
        gst_event_set_seqnum(in_time, gst_event_get_seqnum(event));
        gst_event_unref(std::exchange(event, in_time));
      }
    }
  }
  for (GstEvent* const event : std::exchange(waiting_, {})) {
    gst_pad_push_event(source_pad_, event);
  }
}

bool Reader::push_caps(GstCaps* caps) {
  if (announced_ == nullptr || !gst_caps_is_equal(announced_, caps)) {
    if (!gst_pad_push_event(source_pad_, gst_event_new_caps(caps))) {
      return false;
    }
    gst_caps_replace(&announced_, caps);
  }
  push_waiting();
  return true;
}

GstFlowReturn Reader::push(BufferPtr buffer) {
  return gst_pad_push(source_pad_, buffer.release());
}

void Reader::push_event(GstEvent* event) {
  gst_pad_push_event(source_pad_, event);
}

// Images that all have something else to say must not fill the memory.
void Reader::post_new(const std::vector<Notice>& notices) {
  constexpr std::size_t kRemembered = 256;
  for (const Notice& notice : notices) {
    if (posted_.size() >= kRemembered) {
      posted_.clear();
    }
    if (posted_.insert(notice.message).second) {
      post_notice(element_, notice);
    }
  }
}

GstFlowReturn Reader::read(GstBuffer* image) {
  try {
    const MappedBytes file(image);
    auto flow = file.is_mapped() ? work_->read(*this, file.bytes(), image, stop_token())
                                 : Result<GstFlowReturn>(not_mapped(image));
    if (flow) {
      if (*flow == GST_FLOW_NOT_NEGOTIATED) {
        post_refusal(element_, announced_);
      }
      return flow_ = *flow;
    }
    post_reading_error(element_, flow.error());
    return flow_ = flow.error().code == Errc::cancelled ? GST_FLOW_FLUSHING : GST_FLOW_ERROR;
  } catch (const std::bad_alloc&) {
    post_error(element_, make_error(Errc::out_of_memory, "no memory to read the image"));
  } catch (const std::exception& exception) {
    post_error(element_, make_error(Errc::internal, exception.what()));
  }
  return flow_ = GST_FLOW_ERROR;
}

GstFlowReturn Reader::collect(GstBuffer* buffer) {
  BufferPtr piece(buffer);
  GST_OBJECT_LOCK(element_);
  const std::uint64_t most = work_->max_file_bytes();
  GST_OBJECT_UNLOCK(element_);
  const std::uint64_t size = gst_buffer_get_size(buffer);
  if (size > most - std::min(collected_bytes_, most)) {
    post_reading_error(element_, make_error(Errc::limit_exceeded, text("the file has more than ", most,
                                                                       " bytes; raise max-memory to read it")));
    return flow_ = GST_FLOW_ERROR;
  }
  if (size > 0) {
    collected_bytes_ += size;
    pieces_.push_back(std::move(piece));
  }
  return GST_FLOW_OK;
}

GstFlowReturn Reader::read_collected() {
  const std::vector<BufferPtr> pieces = std::exchange(pieces_, {});
  const BufferPtr whole = joined(pieces, std::exchange(collected_bytes_, 0));
  if (whole == nullptr) {
    post_error(element_, make_error(Errc::out_of_memory, "no memory to read the image"));
    return flow_ = GST_FLOW_ERROR;
  }
  GST_BUFFER_PTS(whole.get()) = 0;
  return read(whole.get());
}

GstFlowReturn Reader::chain(GstBuffer* buffer) {
  if (flow_ != GST_FLOW_OK && flow_ != GST_FLOW_NOT_LINKED) {
    gst_buffer_unref(buffer);
    return flow_;
  }
  if (!is_in_time_) {
    return collect(buffer);
  }
  const BufferPtr image(buffer);
  return read(image.get());
}

gboolean Reader::sink_event(GstEvent* event) {
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_CAPS:
      // Those of what goes out follow from the images.
      gst_event_unref(event);
      return TRUE;
    case GST_EVENT_STREAM_START:
      work_->clear_tags();
      break;
    case GST_EVENT_SEGMENT: {
      const GstSegment* segment = nullptr;
      gst_event_parse_segment(event, &segment);
      is_in_time_ = segment->format == GST_FORMAT_TIME;
      waiting_.push_back(event);
      if (announced_ != nullptr) {
        push_waiting();
      }
      return TRUE;
    }
    case GST_EVENT_TAG: {
      GstTagList* tags = nullptr;
      gst_event_parse_tag(event, &tags);
      work_->add_tags(tags);
      waiting_.push_back(event);
      if (announced_ != nullptr) {
        push_waiting();
      }
      return TRUE;
    }
    case GST_EVENT_EOS:
      // Upstream was told that the bytes were taken, and sends no more to be told otherwise.
      if (!is_in_time_ && flow_ == GST_FLOW_OK && read_collected() == GST_FLOW_NOT_LINKED) {
        post_no_link(element_);
      }
      break;
    case GST_EVENT_FLUSH_START:
      cancel();
      break;
    case GST_EVENT_FLUSH_STOP:
      rearm();
      break;
    default:
      break;
  }
  return gst_pad_event_default(sink_pad_, GST_OBJECT(element_), event);
}

std::stop_token Reader::stop_token() const {
  const std::lock_guard lock(stop_mutex_);
  return stop_.get_token();
}

void Reader::cancel() {
  const std::lock_guard lock(stop_mutex_);
  stop_.request_stop();
}

void Reader::rearm() {
  {
    const std::lock_guard lock(stop_mutex_);
    stop_ = std::stop_source();
  }
  pieces_.clear();
  collected_bytes_ = 0;
  flow_ = GST_FLOW_OK;
  for (GstEvent* const event : std::exchange(waiting_, {})) {
    gst_event_unref(event);
  }
}

void Reader::start() {
  rearm();
  is_in_time_ = false;
}

void Reader::stop() {
  rearm();
  work_->clear_tags();
  work_->release_memory();
  posted_.clear();
  gst_caps_replace(&announced_, nullptr);
}

}  // namespace imagepacker::element
