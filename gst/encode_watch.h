// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <memory>

namespace imagepacker::element {

/// What an encoder has done since its start. Any thread.
struct EncodeStatistics {
  std::atomic<guint64> frames = 0;  ///< pictures that went out
  std::atomic<guint64> bytes = 0;   ///< of them
  std::atomic<guint64> last_encode_time_ns = 0;
  std::atomic<guint64> dropped = 0;  ///< frames left out because they came too late

  void reset();
  /// "imagepacker-stats" with fields of these names but `last-encode-time`. The caller owns it.
  [[nodiscard]] GstStructure* structure() const;
};

/// Accompanies the encoding of one frame as long as it lives: takes the time, and posts progress messages once a second
/// when it takes longer than one.
class EncodeWatch {
 public:
  /// `frame` is what is encoded; the order of a photo that it carries gets the time, too. All outlive the watch.
  EncodeWatch(GstElement* element, EncodeStatistics& statistics, GstBuffer* frame);
  ~EncodeWatch();
  /// A picture has come of it; else it was given up.
  void set_done(bool is_done) { is_done_ = is_done; }
  EncodeWatch(const EncodeWatch&) = delete;
  EncodeWatch& operator=(const EncodeWatch&) = delete;

 private:
  struct Progress;
  void announce_progress();

  GstElement* const element_;
  EncodeStatistics& statistics_;
  GstBuffer* const frame_;
  const gint64 begun_us_;
  std::shared_ptr<Progress> progress_;
  GstClockID timer_ = nullptr;
  bool is_done_ = false;
};

}  // namespace imagepacker::element
