// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <memory>

#include "capture_time.h"
#include "sink/destination.h"

namespace imagepacker::element {

/// What is known of a photo from the moment its frame comes in, and goes with it through converters and encoders.
struct PhotoOrder {
  std::shared_ptr<const Destination> destination;
  CaptureTime capture_time;
  guint request = 0;  ///< number of the take-photo that asked for it; 0 for frames that nobody asked for
  GstClockTime pts = GST_CLOCK_TIME_NONE;
  std::atomic<gint64> begun_us = 0;         ///< monotonic time at which its frame left for the encoder
  std::atomic<gint64> encode_time_ns = -1;  ///< what the encoder says; -1 when it doesn't
};
using PhotoOrderPtr = std::shared_ptr<PhotoOrder>;

/// Makes the kind of meta known to GStreamer; once before the others, any number of times.
void register_photo_order();

/// Attaches `order` to `buffer`, which must be writable.
void set_photo_order(GstBuffer* buffer, PhotoOrderPtr order);

/// The order that goes with `buffer`, or nullptr.
PhotoOrderPtr photo_order_of(GstBuffer* buffer);

}  // namespace imagepacker::element
