// SPDX-License-Identifier: LGPL-2.1-or-later
#include "encode_watch.h"

#include <mutex>
#include <string>

#include "base/text.h"
#include "sink/photo_order.h"

namespace imagepacker::element {
namespace {

constexpr gint64 kNanosecondsPerMicrosecond = 1000;
/// After an encode quicker than this nobody prepares for the next one to be slow.
constexpr guint64 kQuickNanoseconds = 250 * GST_MSECOND;
constexpr const char* kProgressCode = "encode";

void post_progress(GstElement* element, GstProgressType type, const std::string& what) {
  gst_element_post_message(element, gst_message_new_progress(GST_OBJECT(element), type, kProgressCode, what.c_str()));
}

}  // namespace

void EncodeStatistics::reset() {
  frames = 0;
  bytes = 0;
  last_encode_time_ns = 0;
  dropped = 0;
}

GstStructure* EncodeStatistics::structure() const {
  return gst_structure_new("imagepacker-stats", "frames", G_TYPE_UINT64, frames.load(), "bytes", G_TYPE_UINT64,
                           bytes.load(), "last-encode-time", G_TYPE_UINT64, last_encode_time_ns.load(), "dropped",
                           G_TYPE_UINT64, dropped.load(), nullptr);
}

/// Outlives the watch when the clock's thread is just about to speak.
struct EncodeWatch::Progress {
  std::mutex mutex;
  GstElement* element;
  bool is_over = false;
  guint seconds = 0;

  static gboolean tick(GstClock*, GstClockTime, GstClockID, gpointer data) {
    Progress& self = **static_cast<std::shared_ptr<Progress>*>(data);
    const std::lock_guard lock(self.mutex);
    if (!self.is_over) {
      ++self.seconds;
      post_progress(self.element, self.seconds == 1 ? GST_PROGRESS_TYPE_START : GST_PROGRESS_TYPE_CONTINUE,
                    text("encoding a picture for ", self.seconds, " s"));
    }
    return TRUE;
  }
  static void forget(gpointer data) { delete static_cast<std::shared_ptr<Progress>*>(data); }
};

EncodeWatch::EncodeWatch(GstElement* element, EncodeStatistics& statistics, GstBuffer* frame)
    : element_(element), statistics_(statistics), frame_(frame), begun_us_(g_get_monotonic_time()) {
  const guint64 last_ns = statistics_.last_encode_time_ns;
  if (last_ns == 0 || last_ns > kQuickNanoseconds) {
    announce_progress();
  }
}

void EncodeWatch::announce_progress() {
  progress_ = std::make_shared<Progress>();
  progress_->element = element_;
  GstClock* const clock = gst_system_clock_obtain();
  timer_ = gst_clock_new_periodic_id(clock, gst_clock_get_time(clock) + GST_SECOND, GST_SECOND);
  gst_clock_id_wait_async(timer_, Progress::tick, new std::shared_ptr<Progress>(progress_), Progress::forget);
  gst_object_unref(clock);
}

EncodeWatch::~EncodeWatch() {
  const gint64 time_ns = (g_get_monotonic_time() - begun_us_) * kNanosecondsPerMicrosecond;
  if (is_done_) {
    statistics_.last_encode_time_ns = static_cast<guint64>(time_ns);
    if (const PhotoOrderPtr order = photo_order_of(frame_)) {
      order->encode_time_ns = time_ns;
    }
  }
  if (progress_ == nullptr) {
    return;
  }
  gst_clock_id_unschedule(timer_);
  gst_clock_id_unref(timer_);
  const std::lock_guard lock(progress_->mutex);
  progress_->is_over = true;
  if (progress_->seconds > 0) {
    post_progress(
        element_, is_done_ ? GST_PROGRESS_TYPE_COMPLETE : GST_PROGRESS_TYPE_CANCELED,
        text(is_done_ ? "encoded" : "gave up", " a picture after ", time_ns / static_cast<gint64>(GST_MSECOND), " ms"));
  }
}

}  // namespace imagepacker::element
