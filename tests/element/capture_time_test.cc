// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/video/video.h>

#include "gst_test.h"
#include "imagepacker/metadata.h"
#include "imagepacker/metadata_meta.h"

// When a picture was taken, as its Exif tells.

namespace imagepacker::test {
namespace {

const std::string kInput = raw_caps("I420", 64, 48);
constexpr GstClockTime kUnixTime = 1772597167 * GST_SECOND + 250 * GST_MSECOND;  // 2026-03-04T04:06:07.25Z
constexpr GstClockTime kNtpEpoch = 2208988800 * GST_SECOND;                      // 1970 in NTP's time
constexpr char kExifTime[] = "2026:03:04 04:06:07";

/// What a frame becomes when its stream has `tags`.
std::string picture_of(BufferPtr frame, const char* tags = "taglist, artist=somebody") {
  Harness harness("imagepackerjpeg");
  harness.set_input(kInput);
  gst_harness_push_event(harness.get(), gst_event_new_tag(gst_tag_list_new_from_string(tags)));
  EXPECT_EQ(harness.push(std::move(frame)), GST_FLOW_OK);
  const BufferPtr picture = harness.pull();
  return bytes_of(picture.get());
}

bool has(const std::string& bytes, std::string_view part) {
  return bytes.find(part) != std::string::npos;
}

BufferPtr frame_at(const char* clock, GstClockTime time) {
  BufferPtr frame = make_frame(kInput);
  const CapsPtr caps(gst_caps_new_empty_simple(clock));
  gst_buffer_add_reference_timestamp_meta(frame.get(), caps.get(), time, GST_CLOCK_TIME_NONE);
  return frame;
}

TEST(CaptureTime, IsAReferenceTimestamp) {
  for (const auto& [clock, time] :
       {std::pair{"timestamp/x-unix", kUnixTime}, {"timestamp/x-ntp", kNtpEpoch + kUnixTime}}) {
    const std::string picture = picture_of(frame_at(clock, time));
    EXPECT_TRUE(has(picture, kExifTime)) << clock;
    EXPECT_TRUE(has(picture, "250000")) << clock;
    EXPECT_TRUE(has(picture, "+00:00")) << clock;
  }
}

TEST(CaptureTime, IsATimeCodeThatKnowsItsDay) {
  GDateTime* const midnight = g_date_time_new_utc(2026, 3, 4, 0, 0, 0);
  BufferPtr frame = make_frame(kInput);
  gst_buffer_add_video_time_code_meta_full(frame.get(), 25, 1, midnight, GST_VIDEO_TIME_CODE_FLAGS_NONE, 4, 6, 7, 5, 0);
  const std::string picture = picture_of(std::move(frame));
  g_date_time_unref(midnight);
  EXPECT_TRUE(has(picture, kExifTime));
  EXPECT_TRUE(has(picture, "200000")) << "frame 5 of 25";
}

TEST(CaptureTime, OfATagComesFirst) {
  const std::string picture =
      picture_of(frame_at("timestamp/x-unix", kUnixTime), "taglist, datetime=(datetime)2001-02-03T04:05:06+0100");
  EXPECT_TRUE(has(picture, "2001:02:03 04:05:06"));
  EXPECT_TRUE(has(picture, "+01:00"));
  EXPECT_FALSE(has(picture, kExifTime));
}

TEST(CaptureTime, OfABlobComesFirst) {
  for (const char* const own : {"1999:12:31 23:59:59", static_cast<const char*>(nullptr)}) {
    std::vector<ExifEdit> edits{{"Exif.Image.Artist", "somebody"}};
    if (own != nullptr) {
      edits.push_back({"Exif.Photo.DateTimeOriginal", own});
    }
    std::vector<Notice> notices;
    const Bytes exif = edit_exif({}, edits, notices).value();
    BufferPtr frame = frame_at("timestamp/x-unix", kUnixTime);
    GstCustomMeta* const meta = gst_buffer_add_custom_meta(frame.get(), IMAGEPACKER_METADATA_META);
    const BufferPtr blob = buffer_of({reinterpret_cast<const char*>(exif.data()), exif.size()});
    gst_structure_set(gst_custom_meta_get_structure(meta), IMAGEPACKER_METADATA_EXIF, GST_TYPE_BUFFER, blob.get(),
                      nullptr);
    const std::string picture = picture_of(std::move(frame), "taglist, title=a-title");
    EXPECT_EQ(has(picture, kExifTime), own == nullptr);
    EXPECT_TRUE(own == nullptr || has(picture, own));
  }
}

TEST(CaptureTime, IsElseTheWallClock) {
  const auto now = [] {
    GDateTime* const time = g_date_time_new_now_local();
    gchar* const chars = g_date_time_format(time, "%Y:%m:%d %H:%M");
    const std::string text = chars;
    g_free(chars);
    g_date_time_unref(time);
    return text;
  };
  const std::string before = now();
  const std::string picture = picture_of(make_frame(kInput));
  EXPECT_TRUE(has(picture, before) || has(picture, now()));
}

TEST(CaptureTime, OfTheFrameIsWrittenAlone) {
  EXPECT_TRUE(has(picture_of(frame_at("timestamp/x-unix", kUnixTime), "taglist"), kExifTime));
}

TEST(CaptureTime, OfTheWallClockIsNotWrittenAlone) {
  EXPECT_FALSE(has(picture_of(make_frame(kInput), "taglist"), "Exif"));
}

}  // namespace
}  // namespace imagepacker::test
