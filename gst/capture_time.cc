// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capture_time.h"

#include <gst/video/video.h>

namespace imagepacker::element {
namespace {

/// Seconds from NTP's epoch, 1900, to Unix's, 1970.
constexpr GstClockTime kNtpToUnixSeconds = 2208988800;

GstDateTime* from_unix_nanoseconds(GstClockTime nanoseconds) {
  GDateTime* const whole = g_date_time_new_from_unix_utc(static_cast<gint64>(nanoseconds / GST_SECOND));
  if (whole == nullptr) {
    return nullptr;
  }
  GDateTime* const exact = g_date_time_add(whole, static_cast<GTimeSpan>(nanoseconds % GST_SECOND / GST_USECOND));
  g_date_time_unref(whole);
  return gst_date_time_new_from_g_date_time(exact);
}

GstDateTime* from_reference_timestamp(GstBuffer* buffer) {
  static GstStaticCaps unix_caps = GST_STATIC_CAPS("timestamp/x-unix");
  static GstStaticCaps ntp_caps = GST_STATIC_CAPS("timestamp/x-ntp");
  const auto find = [&](GstStaticCaps& wanted) {
    GstCaps* const caps = gst_static_caps_get(&wanted);
    const GstReferenceTimestampMeta* const meta = gst_buffer_get_reference_timestamp_meta(buffer, caps);
    gst_caps_unref(caps);
    return meta;
  };
  if (const auto* const meta = find(unix_caps)) {
    return from_unix_nanoseconds(meta->timestamp);
  }
  const auto* const meta = find(ntp_caps);
  const GstClockTime epoch = kNtpToUnixSeconds * GST_SECOND;
  return meta != nullptr && meta->timestamp >= epoch ? from_unix_nanoseconds(meta->timestamp - epoch) : nullptr;
}

GstDateTime* from_time_code(GstBuffer* buffer) {
  const GstVideoTimeCodeMeta* const meta = gst_buffer_get_video_time_code_meta(buffer);
  if (meta == nullptr || meta->tc.config.latest_daily_jam == nullptr) {
    return nullptr;
  }
  GDateTime* const time = gst_video_time_code_to_date_time(&meta->tc);
  return time != nullptr ? gst_date_time_new_from_g_date_time(time) : nullptr;
}

constexpr const char* kMeta = "ImagePackerCaptureTime";
constexpr const char* kMicroseconds = "unix-microseconds";

void register_meta() {
  static const bool is_registered = [] {
    // Without tags, so that whatever an element does to the picture it hands the time on.
    static const gchar* no_tags[] = {nullptr};
    return gst_meta_register_custom(kMeta, no_tags, nullptr, nullptr, nullptr) != nullptr;
  }();
  (void)is_registered;
}

/// In the local time zone, as cameras tell the time.
GstDateTime* from_meta(GstBuffer* buffer) {
  register_meta();
  GstCustomMeta* const meta = gst_buffer_get_custom_meta(buffer, kMeta);
  gint64 unix_us = 0;
  if (meta == nullptr || !gst_structure_get_int64(gst_custom_meta_get_structure(meta), kMicroseconds, &unix_us)) {
    return nullptr;
  }
  GDateTime* const whole = g_date_time_new_from_unix_local(unix_us / G_USEC_PER_SEC);
  if (whole == nullptr) {
    return nullptr;
  }
  GDateTime* const exact = g_date_time_add(whole, unix_us % G_USEC_PER_SEC);
  g_date_time_unref(whole);
  return gst_date_time_new_from_g_date_time(exact);
}

/// What the frame itself says.
GstDateTime* from_frame(GstBuffer* buffer) {
  if (GstDateTime* const time = from_reference_timestamp(buffer)) {
    return time;
  }
  if (GstDateTime* const time = from_time_code(buffer)) {
    return time;
  }
  return from_meta(buffer);
}

/// How long ago the frame was due by the pipeline's clock; 0 when there is none or it is yet to come.
GstClockTime age_of(GstVideoEncoder* encoder, const GstVideoCodecFrame* frame) {
  GstClock* const clock = gst_element_get_clock(GST_ELEMENT(encoder));
  if (clock == nullptr) {
    return 0;
  }
  const GstClockTime now = gst_clock_get_time(clock);
  gst_object_unref(clock);
  const GstClockTime base = gst_element_get_base_time(GST_ELEMENT(encoder));
  const GstClockTime due = gst_segment_to_running_time(&encoder->input_segment, GST_FORMAT_TIME, frame->pts);
  const bool is_past = GST_CLOCK_TIME_IS_VALID(due) && GST_CLOCK_TIME_IS_VALID(base) && now > base + due;
  return is_past ? now - base - due : 0;
}

}  // namespace

void set_capture_time(GstBuffer* frame, gint64 unix_us) {
  register_meta();
  GstCustomMeta* const meta = gst_buffer_add_custom_meta(frame, kMeta);
  if (meta != nullptr) {
    gst_structure_set(gst_custom_meta_get_structure(meta), kMicroseconds, G_TYPE_INT64, unix_us, nullptr);
  }
}

bool has_capture_time(GstBuffer* frame) {
  GstDateTime* const time = from_frame(frame);
  if (time == nullptr) {
    return false;
  }
  gst_date_time_unref(time);
  return true;
}

GstDateTime* capture_time_of(GstVideoEncoder* encoder, const GstVideoCodecFrame* frame) {
  if (GstDateTime* const time = from_frame(frame->input_buffer)) {
    return time;
  }
  GDateTime* const now = g_date_time_new_now_local();
  GDateTime* const then = g_date_time_add(now, -static_cast<GTimeSpan>(age_of(encoder, frame) / GST_USECOND));
  g_date_time_unref(now);
  return gst_date_time_new_from_g_date_time(then);
}

}  // namespace imagepacker::element
