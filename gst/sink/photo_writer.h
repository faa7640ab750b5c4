// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

namespace imagepacker::element {

/// Who gets what comes in at the end of the chain of a photo sink. Calls come from the streaming thread but for those
/// that say otherwise.
class PhotoReceiver {
 public:
  virtual ~PhotoReceiver() = default;

  /// Media types that are wanted now. The caller owns the caps. Any thread.
  virtual GstCaps* wanted_caps() = 0;
  /// One whole image file, described by `caps`.
  virtual GstFlowReturn receive(GstBuffer* photo, const GstCaps* caps) = 0;
  /// receive() is to return at once or to call wait_for_playing(), until resume(). Any thread.
  virtual void interrupt() = 0;
  virtual void resume() = 0;
};

/// The last element of a photo sink's chain: a GstBaseSink that waits for no clock. In a stream in bytes all buffers
/// until the end are one file, in one in time each is. The receiver must outlive it. It has no factory.
GstElement* make_photo_writer(PhotoReceiver* receiver);

/// After interrupt(), from receive() alone: waits until it is known whether `writer` was paused or is to stop. True
/// when it plays again.
bool wait_for_playing(GstElement* writer);

}  // namespace imagepacker::element
