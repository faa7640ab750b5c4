// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capture_time.h"

#include <gst/video/video.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <string_view>

#include "imagepacker/metadata.h"

namespace imagepacker::element {
namespace {

/// Seconds from NTP's epoch, 1900, to Unix's, 1970.
constexpr GstClockTime kNtpToUnixSeconds = 2208988800;
constexpr gint64 kMicrosecondsPerSecond = G_USEC_PER_SEC;

struct DateTimeUnref {
  void operator()(GDateTime* time) const { g_date_time_unref(time); }
};
using DateTimePtr = std::unique_ptr<GDateTime, DateTimeUnref>;
struct TimeZoneUnref {
  void operator()(GTimeZone* zone) const { g_time_zone_unref(zone); }
};
using TimeZonePtr = std::unique_ptr<GTimeZone, TimeZoneUnref>;

gint64 whole_seconds(gint64 unix_us) {
  return unix_us / kMicrosecondsPerSecond - (unix_us % kMicrosecondsPerSecond < 0 ? 1 : 0);
}

CaptureTime on_local_clock(gint64 unix_us) {
  const auto seconds = static_cast<std::time_t>(whole_seconds(unix_us));
  std::tm face{};
  localtime_r(&seconds, &face);
  return {unix_us, static_cast<gint32>(face.tm_gmtoff)};
}

CaptureTime from_date_time(GDateTime* time) {
  return {g_date_time_to_unix(time) * kMicrosecondsPerSecond + g_date_time_get_microsecond(time),
          static_cast<gint32>(g_date_time_get_utc_offset(time) / kMicrosecondsPerSecond)};
}

std::optional<CaptureTime> from_reference_timestamp(GstBuffer* buffer) {
  static GstStaticCaps unix_caps = GST_STATIC_CAPS("timestamp/x-unix");
  static GstStaticCaps ntp_caps = GST_STATIC_CAPS("timestamp/x-ntp");
  const auto find = [&](GstStaticCaps& wanted) {
    GstCaps* const caps = gst_static_caps_get(&wanted);
    const GstReferenceTimestampMeta* const meta = gst_buffer_get_reference_timestamp_meta(buffer, caps);
    gst_caps_unref(caps);
    return meta;
  };
  const auto to_local = [](GstClockTime unix_ns) { return on_local_clock(static_cast<gint64>(unix_ns / GST_USECOND)); };
  if (const auto* const meta = find(unix_caps)) {
    return to_local(meta->timestamp);
  }
  const auto* const meta = find(ntp_caps);
  const GstClockTime epoch = kNtpToUnixSeconds * GST_SECOND;
  return meta != nullptr && meta->timestamp >= epoch ? std::optional(to_local(meta->timestamp - epoch)) : std::nullopt;
}

std::optional<CaptureTime> from_time_code(GstBuffer* buffer) {
  const GstVideoTimeCodeMeta* const meta = gst_buffer_get_video_time_code_meta(buffer);
  if (meta == nullptr || meta->tc.config.latest_daily_jam == nullptr) {
    return std::nullopt;
  }
  const DateTimePtr time(gst_video_time_code_to_date_time(&meta->tc));
  return time != nullptr ? std::optional(from_date_time(time.get())) : std::nullopt;
}

/// How long ago the frame was due by the element's clock; 0 when there is none or it is yet to come.
GstClockTime age_of(GstElement* element, const GstSegment& segment, GstBuffer* frame) {
  GstClock* const clock = gst_element_get_clock(element);
  if (clock == nullptr) {
    return 0;
  }
  const GstClockTime now = gst_clock_get_time(clock);
  gst_object_unref(clock);
  const GstClockTime base = gst_element_get_base_time(element);
  const GstClockTime due = segment.format == GST_FORMAT_TIME && GST_BUFFER_PTS_IS_VALID(frame)
                               ? gst_segment_to_running_time(&segment, GST_FORMAT_TIME, GST_BUFFER_PTS(frame))
                               : GST_CLOCK_TIME_NONE;
  const bool is_past = GST_CLOCK_TIME_IS_VALID(due) && GST_CLOCK_TIME_IS_VALID(base) && now > base + due;
  return is_past ? now - base - due : 0;
}

/// The tag's text without blanks at its end; empty where there is none.
std::string text_in(ByteView exif, const char* key) {
  const auto stored = exif_text(exif, key);
  return stored ? stored->substr(0, stored->find_last_not_of(' ') + 1) : std::string();
}

/// The number that `text` is, digits throughout; -1 when it isn't.
int number_in(std::string_view text) {
  int number = -1;
  const char* const end = text.data() + text.size();
  const bool begins_with_digit = !text.empty() && text.front() >= '0' && text.front() <= '9';
  return begins_with_digit && std::from_chars(text.data(), end, number).ptr == end ? number : -1;
}

/// "+01:00" in seconds, as Exif 2.32 clause 4.6.5.2 has it.
std::optional<gint32> parse_offset(std::string_view text) {
  constexpr int kMostHours = 15;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
    return std::nullopt;
  }
  const int hours = number_in(text.substr(1, 2));
  const int minutes = number_in(text.substr(4, 2));
  if (hours < 0 || hours > kMostHours || minutes < 0 || minutes > 59) {
    return std::nullopt;
  }
  return (hours * 60 + minutes) * (text[0] == '-' ? -60 : 60);
}

/// "25" in microseconds: 250000. What is no number is nothing.
int parse_fraction(std::string_view text) {
  constexpr std::size_t kDigits = 6;
  std::string digits(text.substr(0, kDigits));
  digits.resize(kDigits, '0');
  return std::max(number_in(digits), 0);
}

/// "2026:03:04 04:06:07" on a clock that is ahead of UTC by `offset_seconds`, or the local one.
DateTimePtr parse_date_time(std::string_view text, std::optional<gint32> offset_seconds) {
  constexpr std::string_view kForm = "0000:00:00 00:00:00";
  if (text.size() != kForm.size()) {
    return nullptr;
  }
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '0' ? !is_digit : text[i] != kForm[i]) {
      return nullptr;
    }
  }
  const auto part = [&](std::size_t at, std::size_t size) { return number_in(text.substr(at, size)); };
  const TimeZonePtr zone(offset_seconds ? g_time_zone_new_offset(*offset_seconds) : g_time_zone_new_local());
  return DateTimePtr(
      g_date_time_new(zone.get(), part(0, 4), part(5, 2), part(8, 2), part(11, 2), part(14, 2), part(17, 2)));
}

}  // namespace

std::optional<CaptureTime> stated_capture_time(GstBuffer* frame) {
  const auto time = from_reference_timestamp(frame);
  return time ? time : from_time_code(frame);
}

CaptureTime capture_time_of(GstElement* element, const GstSegment& segment, GstBuffer* frame) {
  if (const auto time = stated_capture_time(frame)) {
    return *time;
  }
  return on_local_clock(g_get_real_time() - static_cast<gint64>(age_of(element, segment, frame) / GST_USECOND));
}

std::optional<CaptureTime> exif_capture_time(ByteView exif) {
  const DateTimePtr whole = parse_date_time(text_in(exif, "Exif.Photo.DateTimeOriginal"),
                                            parse_offset(text_in(exif, "Exif.Photo.OffsetTimeOriginal")));
  if (whole == nullptr) {
    return std::nullopt;
  }
  CaptureTime time = from_date_time(whole.get());
  time.unix_us += parse_fraction(text_in(exif, "Exif.Photo.SubSecTimeOriginal"));
  return time;
}

GstDateTime* date_time_of(const CaptureTime& time) {
  const DateTimePtr utc(g_date_time_new_from_unix_utc(whole_seconds(time.unix_us)));
  const TimeZonePtr zone(g_time_zone_new_offset(time.offset_seconds));
  const DateTimePtr whole(utc != nullptr ? g_date_time_to_timezone(utc.get(), zone.get()) : nullptr);
  if (whole == nullptr) {
    return nullptr;
  }
  const gint64 rest_us = time.unix_us - whole_seconds(time.unix_us) * kMicrosecondsPerSecond;
  return gst_date_time_new_from_g_date_time(g_date_time_add(whole.get(), rest_us));
}

std::tm clock_face(const CaptureTime& time) {
  auto seconds = static_cast<std::time_t>(whole_seconds(time.unix_us));
  std::tm face{};
  localtime_r(&seconds, &face);
  if (face.tm_gmtoff == time.offset_seconds) {
    return face;
  }
  seconds += time.offset_seconds;
  gmtime_r(&seconds, &face);
  face.tm_gmtoff = time.offset_seconds;
  face.tm_zone = "";
  return face;
}

}  // namespace imagepacker::element
