// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/metadata.h"

#include <gst/tag/tag.h>
#include <gst/video/video.h>

#include "gst_test.h"
#include "imagepacker/metadata_meta.h"

// Tags, metas and times on their way into pictures, and what GStreamer reads there. What tests/metadata knows of the
// files themselves is not repeated.

namespace imagepacker::test {
namespace {

const std::string kInput = raw_caps("I420", 64, 48);

/// The tags that `parser` finds in a picture.
TagsPtr tags_in(const std::string& picture, const char* parser = "jpegparse", const char* caps = "image/jpeg") {
  GstHarness* const harness = gst_harness_new(parser);
  gst_harness_set_src_caps_str(harness, caps);
  gst_harness_push(harness, buffer_of(picture).release());
  gst_harness_push_event(harness, gst_event_new_eos());
  TagsPtr all(gst_tag_list_new_empty());
  while (GstEvent* const event = gst_harness_try_pull_event(harness)) {
    if (GST_EVENT_TYPE(event) == GST_EVENT_TAG) {
      GstTagList* tags = nullptr;
      gst_event_parse_tag(event, &tags);
      gst_tag_list_insert(all.get(), tags, GST_TAG_MERGE_REPLACE);
    }
    gst_event_unref(event);
  }
  gst_harness_teardown(harness);
  return all;
}

std::string text_of(const TagsPtr& tags, const char* tag) {
  gchar* chars = nullptr;
  if (!gst_tag_list_get_string(tags.get(), tag, &chars)) {
    return "";
  }
  const std::string text = chars;
  g_free(chars);
  return text;
}

double number_of(const TagsPtr& tags, const char* tag) {
  double number = -1e9;
  gst_tag_list_get_double(tags.get(), tag, &number);
  return number;
}

void send_tags(Harness& harness, GstTagList* tags) {
  gst_harness_push_event(harness.get(), gst_event_new_tag(tags));
}

/// The next picture of the element, made of `frame`.
std::string picture_of(Harness& harness, BufferPtr frame) {
  EXPECT_EQ(harness.push(std::move(frame)), GST_FLOW_OK);
  const BufferPtr picture = harness.pull();
  return picture ? bytes_of(picture.get()) : "";
}

GstTagList* photo_tags() {
  return gst_tag_list_new(GST_TAG_TITLE, "Morning", GST_TAG_DESCRIPTION, "Fog over the lake", GST_TAG_ARTIST, "Zoë",
                          GST_TAG_COPYRIGHT, "CC0", GST_TAG_KEYWORDS, "lake", GST_TAG_DEVICE_MANUFACTURER, "Acme",
                          GST_TAG_DEVICE_MODEL, "A1", GST_TAG_IMAGE_ORIENTATION, "rotate-90",
                          GST_TAG_GEO_LOCATION_LATITUDE, 48.1375, GST_TAG_GEO_LOCATION_LONGITUDE, -11.5755,
                          GST_TAG_GEO_LOCATION_ELEVATION, 519.5, GST_TAG_CAPTURING_FOCAL_RATIO, 2.8,
                          GST_TAG_CAPTURING_ISO_SPEED, 400, GST_TAG_CAPTURING_SHUTTER_SPEED, 1, 250, nullptr);
}

void expect_photo_tags(const TagsPtr& tags) {
  EXPECT_EQ(text_of(tags, GST_TAG_TITLE), "Morning");
  EXPECT_EQ(text_of(tags, GST_TAG_DESCRIPTION), "Fog over the lake");
  EXPECT_EQ(text_of(tags, GST_TAG_ARTIST), "Zoë");
  EXPECT_EQ(text_of(tags, GST_TAG_COPYRIGHT), "CC0");
  EXPECT_EQ(text_of(tags, GST_TAG_KEYWORDS), "lake");
  EXPECT_EQ(text_of(tags, GST_TAG_DEVICE_MANUFACTURER), "Acme");
  EXPECT_EQ(text_of(tags, GST_TAG_DEVICE_MODEL), "A1");
  EXPECT_EQ(text_of(tags, GST_TAG_IMAGE_ORIENTATION), "rotate-90");
  EXPECT_NEAR(number_of(tags, GST_TAG_GEO_LOCATION_LATITUDE), 48.1375, 1e-6);
  EXPECT_NEAR(number_of(tags, GST_TAG_GEO_LOCATION_LONGITUDE), -11.5755, 1e-6);
  EXPECT_NEAR(number_of(tags, GST_TAG_GEO_LOCATION_ELEVATION), 519.5, 1e-6);
  EXPECT_NEAR(number_of(tags, GST_TAG_CAPTURING_FOCAL_RATIO), 2.8, 1e-6);
  gint iso_speed = 0;
  EXPECT_TRUE(gst_tag_list_get_int(tags.get(), GST_TAG_CAPTURING_ISO_SPEED, &iso_speed));
  EXPECT_EQ(iso_speed, 400);
}

TEST(Tags, JpegparseReadsThemBack) {
  Harness harness("imagepackerjpeg");
  harness.set_input(kInput);
  send_tags(harness, photo_tags());
  expect_photo_tags(tags_in(picture_of(harness, make_frame(kInput))));
}

TEST(Tags, ImageunpackerReadsThemBackFromEveryFormat) {
  for (const FormatInfo& format : supported_formats()) {
    Harness harness(element_name(format.format).c_str());
    harness.set_input(kInput);
    GstTagList* const tags = photo_tags();
    GstDateTime* const time = gst_date_time_new(-3.5F, 2026, 3, 4, 5, 6, 7.25);
    gst_tag_list_add(tags, GST_TAG_MERGE_REPLACE, GST_TAG_DATE_TIME, time, nullptr);
    send_tags(harness, tags);
    const std::string mime_type(format.mime_types.front());
    const TagsPtr read = tags_in(picture_of(harness, make_frame(kInput)), "imageunpacker", mime_type.c_str());
    expect_photo_tags(read);
    GstDateTime* told = nullptr;
    ASSERT_TRUE(gst_tag_list_get_date_time(read.get(), GST_TAG_DATE_TIME, &told)) << mime_type;
    EXPECT_EQ(gst_date_time_get_hour(told), 5) << mime_type;
    EXPECT_EQ(gst_date_time_get_microsecond(told), 250000) << mime_type;
    EXPECT_EQ(gst_date_time_get_time_zone_offset(told), -3.5F) << mime_type;
    gst_date_time_unref(told);
    gst_date_time_unref(time);
  }
}

// What comes in as tags of the stream goes on as such, so that containers hold it as well.
TEST(Tags, DemuxersReadThemBack) {
  for (const std::string muxer : {"qtmux ! qtdemux", "matroskamux ! matroskademux", "avimux ! avidemux"}) {
    Pipeline pipeline(
        "videotestsrc num-buffers=3 ! video/x-raw,width=64,height=48 ! taginject tags=title=the-title ! "
        "imagepackerjpeg ! " +
        muxer + " ! fakesink");
    std::string title;
    bool is_at_end = false;
    pipeline.run_until([&](GstMessage* message) {
      const std::string source = GST_MESSAGE_SRC(message) == nullptr ? "" : GST_MESSAGE_SRC_NAME(message);
      if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_TAG) {
        GstTagList* tags = nullptr;
        gst_message_parse_tag(message, &tags);
        const TagsPtr owned(tags);
        title = text_of(owned, GST_TAG_TITLE).empty() ? title : text_of(owned, GST_TAG_TITLE);
      }
      is_at_end = is_at_end || GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
      return is_at_end;
    });
    EXPECT_TRUE(is_at_end) << muxer;
    EXPECT_EQ(title, "the-title") << muxer;
  }
}

struct MergeCase {
  GstTagMergeMode mode;
  const char* artist;     ///< both say something
  const char* copyright;  ///< the application alone does
  const char* title;      ///< the stream alone does
};

TEST(Tags, OfTheApplicationMeetThoseOfTheStreamAsItsMergeModeSays) {
  constexpr MergeCase kCases[] = {
      {GST_TAG_MERGE_REPLACE_ALL, "stream", "", "stream"},    {GST_TAG_MERGE_REPLACE, "stream", "app", "stream"},
      {GST_TAG_MERGE_APPEND, "app, stream", "app", "stream"}, {GST_TAG_MERGE_PREPEND, "stream, app", "app", "stream"},
      {GST_TAG_MERGE_KEEP, "app", "app", "stream"},           {GST_TAG_MERGE_KEEP_ALL, "app", "app", ""},
  };
  for (const MergeCase& each : kCases) {
    Harness harness("imagepackerjpeg");
    harness.set_input(kInput);
    GstTagSetter* const setter = GST_TAG_SETTER(harness.element());
    gst_tag_setter_add_tags(setter, GST_TAG_MERGE_REPLACE, GST_TAG_ARTIST, "app", GST_TAG_COPYRIGHT, "app", nullptr);
    gst_tag_setter_set_tag_merge_mode(setter, each.mode);
    send_tags(harness, gst_tag_list_new(GST_TAG_ARTIST, "stream", GST_TAG_TITLE, "stream", nullptr));
    const TagsPtr tags = tags_in(picture_of(harness, make_frame(kInput)));
    EXPECT_EQ(text_of(tags, GST_TAG_ARTIST), each.artist) << each.mode;
    EXPECT_EQ(text_of(tags, GST_TAG_COPYRIGHT), each.copyright) << each.mode;
    EXPECT_EQ(text_of(tags, GST_TAG_TITLE), each.title) << each.mode;
  }
}

TEST(Tags, ThatArriveLateApplyFromTheNextFrameOn) {
  Harness harness("imagepackerjpeg");
  harness.set_input(kInput);
  const auto artist = [&](int frame) {
    return text_of(tags_in(picture_of(harness, make_frame(kInput, frame))), GST_TAG_ARTIST);
  };
  EXPECT_EQ(artist(0), "");
  send_tags(harness, gst_tag_list_new(GST_TAG_ARTIST, "first", nullptr));
  EXPECT_EQ(artist(1), "first");
  EXPECT_EQ(artist(2), "first");
  send_tags(harness, gst_tag_list_new(GST_TAG_ARTIST, "second", nullptr));
  EXPECT_EQ(artist(3), "second");
  gst_tag_setter_add_tags(GST_TAG_SETTER(harness.element()), GST_TAG_MERGE_REPLACE, GST_TAG_ARTIST, "mine", nullptr);
  EXPECT_EQ(artist(4), "mine");
  gst_tag_setter_reset_tags(GST_TAG_SETTER(harness.element()));
  EXPECT_EQ(artist(5), "second");
}

/// Exif of an artist, and of a time if there is one.
std::string exif(const char* artist, const char* time = nullptr) {
  std::vector<ExifEdit> edits{{"Exif.Image.Artist", artist}};
  if (time != nullptr) {
    edits.push_back({"Exif.Photo.DateTimeOriginal", time});
  }
  std::vector<Notice> notices;
  const Bytes bytes = edit_exif({}, edits, notices).value();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void attach(const BufferPtr& frame, const char* field, const std::string& bytes) {
  GstCustomMeta* meta = gst_buffer_get_custom_meta(frame.get(), IMAGEPACKER_METADATA_META);
  meta = meta != nullptr ? meta : gst_buffer_add_custom_meta(frame.get(), IMAGEPACKER_METADATA_META);
  const BufferPtr buffer = buffer_of(bytes);
  gst_structure_set(gst_custom_meta_get_structure(meta), field, GST_TYPE_BUFFER, buffer.get(), nullptr);
}

/// The ICC profile that stands in a JPEG of Display P3 colours.
std::string profile_of_p3() {
  const std::string input = raw_caps("RGB", 16, 16) + ",colorimetry=1:1:7:11";
  Harness harness("imagepackerjpeg");
  harness.set_input(input);
  const std::string picture = picture_of(harness, make_frame(input));
  const std::size_t begin = picture.find(std::string_view("ICC_PROFILE\0\1\1", 14)) + 14;
  std::size_t size = 0;
  for (const char byte : picture.substr(begin, 4)) {
    size = size << 8 | static_cast<unsigned char>(byte);
  }
  return picture.substr(begin, size);
}

// PNG holds it compressed: tests/packing reads it there.
TEST(Meta, AndAttachmentsBringProfiles) {
  const std::string profile = profile_of_p3();
  ASSERT_GT(profile.size(), 128U);
  const CapsPtr caps(gst_caps_new_empty_simple(IMAGEPACKER_ICC_CAPS));
  const BufferPtr buffer = buffer_of(profile);
  for (const char* const element : {"imagepackerjpeg", "imagepackerwebp", "imagepackerheif"}) {
    for (const bool is_attached : {false, true}) {
      Harness harness(element);
      harness.set_input(kInput);
      BufferPtr frame = make_frame(kInput);
      if (is_attached) {
        GstSample* const sample = gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr);
        send_tags(harness, gst_tag_list_new(GST_TAG_ATTACHMENT, sample, nullptr));
        gst_sample_unref(sample);
      } else {
        attach(frame, IMAGEPACKER_METADATA_ICC, profile);
      }
      EXPECT_NE(picture_of(harness, std::move(frame)).find(profile), std::string::npos) << element << is_attached;
      EXPECT_TRUE(harness.warnings().empty());
    }
  }
}

TEST(Meta, SurvivesConversionScalingQueuesAndTees) {
  // The plugin registers the meta.
  const ObjectPtr<GstElement> loaded(
      GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("imagepacker", nullptr))));
  for (const char* const way :
       {"videoconvert ! video/x-raw,format=RGBA", "videoscale ! video/x-raw,width=32,height=24", "queue",
        "tee name=t t. ! queue", "videoflip method=clockwise", "videocrop left=8", "videorate",
        "videoconvert ! video/x-raw,format=Y444 ! videoscale ! video/x-raw,width=32 ! queue ! tee name=t t. ! queue"}) {
    GstHarness* const harness = gst_harness_new_parse((std::string(way) + " ! imagepackerjpeg").c_str());
    gst_harness_set_src_caps_str(harness, kInput.c_str());
    BufferPtr frame = make_frame(kInput);
    attach(frame, IMAGEPACKER_METADATA_EXIF, exif("by meta"));
    ASSERT_EQ(gst_harness_push(harness, frame.release()), GST_FLOW_OK) << way;
    gst_harness_push_event(harness, gst_event_new_eos());
    const BufferPtr picture(gst_harness_pull(harness));
    ASSERT_NE(picture, nullptr) << way;
    EXPECT_EQ(text_of(tags_in(bytes_of(picture.get())), GST_TAG_ARTIST), "by meta") << way;
    gst_harness_teardown(harness);
  }
}

// What the stream says is newer than what the file said, from which the blob comes: pixels may have been turned since.
TEST(Meta, OrientationOfTheStreamComesBeforeThatOfTheBlob) {
  Harness source("imagepackerjpeg");
  source.set_input(kInput);
  send_tags(source, gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, "rotate-90", GST_TAG_ARTIST, "somebody", nullptr));
  const std::string turned = picture_of(source, make_frame(kInput));
  const std::size_t begin = turned.find(std::string_view("Exif\0\0", 6)) + 6;
  const std::string blob = turned.substr(begin, turned.find("http://ns.adobe.com") - begin);

  struct Case {
    const char* tag;
    const char* expected;
  };
  for (const Case& each : {Case{nullptr, "rotate-90"}, {"rotate-0", "rotate-0"}, {"rotate-180", "rotate-180"}}) {
    Harness harness("imagepackerjpeg");
    harness.set_input(kInput);
    if (each.tag != nullptr) {
      send_tags(harness, gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, each.tag, nullptr));
    }
    BufferPtr frame = make_frame(kInput);
    attach(frame, IMAGEPACKER_METADATA_EXIF, blob);
    const TagsPtr tags = tags_in(picture_of(harness, std::move(frame)));
    EXPECT_EQ(text_of(tags, GST_TAG_IMAGE_ORIENTATION), each.expected);
    EXPECT_EQ(text_of(tags, GST_TAG_ARTIST), "somebody");
  }
}

TEST(Meta, BelongsToItsFrameAlone) {
  Harness harness("imagepackerjpeg");
  harness.set_input(kInput);
  send_tags(harness, gst_tag_list_new(GST_TAG_TITLE, "of the stream", nullptr));
  for (const char* const artist : {"one", "", "three"}) {
    BufferPtr frame = make_frame(kInput);
    if (*artist != '\0') {
      attach(frame, IMAGEPACKER_METADATA_EXIF, exif(artist));
    }
    const TagsPtr tags = tags_in(picture_of(harness, std::move(frame)));
    EXPECT_EQ(text_of(tags, GST_TAG_ARTIST), artist);
    EXPECT_EQ(text_of(tags, GST_TAG_TITLE), "of the stream");
  }
}

}  // namespace
}  // namespace imagepacker::test
