// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <ctime>
#include <optional>

#include "imagepacker/byte_sink.h"

namespace imagepacker::element {

/// A moment, and the clock on which it was read.
struct CaptureTime {
  gint64 unix_us = 0;         ///< microseconds since 1970, UTC
  gint32 offset_seconds = 0;  ///< by which that clock is ahead of UTC
};

/// When `frame` was taken, as it says itself: by a UTC or NTP reference timestamp, on the local clock, or by a time code
/// that knows its day.
std::optional<CaptureTime> stated_capture_time(GstBuffer* frame);

/// When `frame` was taken, for frames whose metadata doesn't say: as it says itself, else the wall clock less the time
/// since the frame was due by the clock of `element`, in whose `segment` it comes.
CaptureTime capture_time_of(GstElement* element, const GstSegment& segment, GstBuffer* frame);

/// Exif's DateTimeOriginal with SubSecTimeOriginal and OffsetTimeOriginal; the local clock where there is no offset.
/// Nothing when `exif` (a TIFF structure) doesn't say it, to the second and of a day that there is.
std::optional<CaptureTime> exif_capture_time(ByteView exif);

/// What its clock showed. The caller owns it.
GstDateTime* date_time_of(const CaptureTime& time);

/// The same as strftime takes it.
std::tm clock_face(const CaptureTime& time);

}  // namespace imagepacker::element
