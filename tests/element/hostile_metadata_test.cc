// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/tag/tag.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "gst_test.h"
#include "imagepacker/metadata_meta.h"

// Tags and blobs that nobody should send: each costs a warning that says why, never the picture.

namespace imagepacker::test {
namespace {

const std::string kInput = raw_caps("I420", 64, 48);

/// A tag list with one attachment.
TagsPtr attachment(const std::string& caps_name, const std::string& bytes) {
  const CapsPtr caps(gst_caps_new_empty_simple(caps_name.c_str()));
  const BufferPtr buffer = buffer_of(bytes);
  GstSample* const sample = gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr);
  TagsPtr tags(gst_tag_list_new(GST_TAG_ATTACHMENT, sample, nullptr));
  gst_sample_unref(sample);
  return tags;
}

/// A tag list with the strings as the tag's values: inside a list GStreamer takes what it refuses alone. nullptr is a
/// string without value.
TagsPtr texts(const char* tag, const std::vector<const char*>& values) {
  GValue list = G_VALUE_INIT;
  g_value_init(&list, GST_TYPE_LIST);
  for (const char* const each : values) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_STRING);
    g_value_set_string(&value, each);
    gst_value_list_append_and_take_value(&list, &value);
  }
  TagsPtr tags(gst_tag_list_new_empty());
  gst_tag_list_add_value(tags.get(), GST_TAG_MERGE_REPLACE, tag, &list);
  g_value_unset(&list);
  return tags;
}

/// What the element says of the frame; the picture has to be there.
std::vector<std::string> warnings_of(const std::string& element, TagsPtr tags, BufferPtr frame = nullptr) {
  Harness harness(element);
  harness.set_input(kInput);
  if (tags) {
    gst_harness_push_event(harness.get(), gst_event_new_tag(tags.release()));
  }
  EXPECT_EQ(harness.push(frame ? std::move(frame) : make_frame(kInput)), GST_FLOW_OK);
  gst_harness_push_event(harness.get(), gst_event_new_eos());
  EXPECT_EQ(harness.waiting(), 1U) << "no picture";
  return harness.warnings();
}

/// One of the `warnings` has all of the `words`.
void expect_warning(const std::vector<std::string>& warnings, const std::vector<std::string>& words) {
  const bool is_there = std::ranges::any_of(warnings, [&](const std::string& warning) {
    return std::ranges::all_of(words, [&](const std::string& word) { return warning.find(word) != warning.npos; });
  });
  std::string all;
  for (const std::string& each : warnings) {
    all += "\n  " + each;
  }
  EXPECT_TRUE(is_there) << words.front() << " is not in:" << all;
}

struct WrongTag {
  const char* name;
  const char* value;
};
constexpr WrongTag kWrongTags[] = {
    {GST_TAG_TITLE, "(int)5"},
    {GST_TAG_DESCRIPTION, "(double)1.5"},
    {GST_TAG_COMMENT, "(boolean)true"},
    {GST_TAG_ARTIST, "(int)5"},
    {GST_TAG_COPYRIGHT, "(fraction)1/2"},
    {GST_TAG_KEYWORDS, "(int)5"},
    {GST_TAG_EXTENDED_COMMENT, "(int)5"},
    {GST_TAG_DEVICE_MANUFACTURER, "(int)5"},
    {GST_TAG_DEVICE_MODEL, "(int)5"},
    {GST_TAG_APPLICATION_NAME, "(int)5"},
    {GST_TAG_DATE_TIME, "(string)yesterday"},
    {GST_TAG_USER_RATING, "(string)good"},
    {GST_TAG_IMAGE_ORIENTATION, "(int)6"},
    {GST_TAG_IMAGE_HORIZONTAL_PPI, "(string)fine"},
    {GST_TAG_APPLICATION_DATA, "(string)data"},
    {GST_TAG_ATTACHMENT, "(string)file"},
    {GST_TAG_CAPTURING_SHUTTER_SPEED, "(double)0.5"},
    {GST_TAG_CAPTURING_FOCAL_RATIO, "(string)wide"},
    {GST_TAG_CAPTURING_ISO_SPEED, "(string)high"},
    {GST_TAG_CAPTURING_FLASH_FIRED, "(string)yes"},
    {GST_TAG_CAPTURING_FLASH_MODE, "(int)1"},
    {GST_TAG_CAPTURING_METERING_MODE, "(int)1"},
    {GST_TAG_CAPTURING_WHITE_BALANCE, "(int)1"},
    {GST_TAG_GEO_LOCATION_LATITUDE, "(string)north"},
    {GST_TAG_GEO_LOCATION_LONGITUDE, "(string)west"},
    {GST_TAG_GEO_LOCATION_ELEVATION, "(int)1"},
};

TEST(HostileMetadata, TagsOfTheWrongTypeAreNamed) {
  std::string line = "taglist";
  for (const WrongTag& tag : kWrongTags) {
    line += std::string(", ") + tag.name + "=" + tag.value;
  }
  for (const std::string& element : element_names()) {
    TagsPtr tags(gst_tag_list_new_from_string(line.c_str()));
    ASSERT_NE(tags, nullptr);
    const auto warnings = warnings_of(element, std::move(tags));
    for (const WrongTag& tag : kWrongTags) {
      expect_warning(warnings, {std::string("the tag ") + tag.name + " is left out", "not a "});
    }
  }
}

// GStreamer itself drops such a value when it merges lists.
TEST(HostileMetadata, TagsOfTheWrongTypeAreNamedBesideThoseOfTheApplication) {
  Harness harness("imagepackerjpeg");
  harness.set_input(kInput);
  gst_tag_setter_add_tags(GST_TAG_SETTER(harness.element()), GST_TAG_MERGE_REPLACE, GST_TAG_ARTIST, "mine", nullptr);
  gst_harness_push_event(harness.get(), gst_event_new_tag(gst_tag_list_new_from_string("taglist, title=(int)5")));
  ASSERT_EQ(harness.push(make_frame(kInput)), GST_FLOW_OK);
  harness.pull();
  expect_warning(harness.warnings(), {"the tag title is left out: it holds a gint, not a gchararray"});
}

TEST(HostileMetadata, NumbersThatNoExifHoldsAreNamed) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  TagsPtr tags(gst_tag_list_new(GST_TAG_GEO_LOCATION_LATITUDE, kNan, GST_TAG_GEO_LOCATION_LONGITUDE, 1e9,
                                GST_TAG_GEO_LOCATION_ELEVATION, kInfinity, GST_TAG_CAPTURING_FOCAL_RATIO, -1.0,
                                GST_TAG_CAPTURING_SHUTTER_SPEED, -1, 3, GST_TAG_CAPTURING_METERING_MODE, "guess",
                                GST_TAG_IMAGE_ORIENTATION, "upside-down", nullptr));
  const auto warnings = warnings_of("imagepackerjpeg", std::move(tags));
  for (const char* const name : {"GPSAltitude", "FNumber", "ExposureTime"}) {
    expect_warning(warnings, {name, "no number that it can hold"});
  }
  expect_warning(warnings, {"GPSLatitude", "nan"});
  expect_warning(warnings, {"GPSLongitude", "1e+09"});
  expect_warning(warnings, {"MeteringMode", "guess"});
  expect_warning(warnings, {GST_TAG_IMAGE_ORIENTATION, "upside-down"});
}

TEST(HostileMetadata, TextsThatAreNotUtf8AreNamed) {
  for (const char* const tag : {GST_TAG_TITLE, GST_TAG_COMMENT, GST_TAG_ARTIST, GST_TAG_KEYWORDS}) {
    for (const char* const bad : {"\xFF\xFE", "caf\xE9", "\xC0\x80", "\xED\xA0\x80", "cut \xF0\x9F"}) {
      expect_warning(warnings_of("imagepackerjpeg", texts(tag, {bad, "more"})), {"not valid UTF-8"});
    }
    expect_warning(warnings_of("imagepackerheif", texts(tag, {nullptr, "more"})), {tag, "holds no gchararray"});
  }
  expect_warning(warnings_of("imagepackerpng", texts(GST_TAG_EXTENDED_COMMENT, {"Exif.Photo.LensModel=\xFF", "b"})),
                 {"LensModel", "not valid UTF-8"});
  expect_warning(warnings_of("imagepackerpng", texts(GST_TAG_EXTENDED_COMMENT, {"Exif.Photo.FNumber=\xFF\n", "b"})),
                 {"FNumber", "no number"});
}

TEST(HostileMetadata, TextsOfTenMegabytesAreNamed) {
  const std::string huge(std::size_t{10} << 20, 'x');
  for (const std::string& element : element_names()) {
    TagsPtr tags(gst_tag_list_new(GST_TAG_COMMENT, huge.c_str(), GST_TAG_TITLE, "kept", GST_TAG_EXTENDED_COMMENT,
                                  ("Exif.Photo.LensModel=" + huge).c_str(), nullptr));
    const auto warnings = warnings_of(element, std::move(tags));
    expect_warning(warnings, {"UserComment got 10485760 bytes", "at most 32768"});
    expect_warning(warnings, {"exif:UserComment got 10485760 bytes", "at most 1048576"});
    expect_warning(warnings, {"LensModel got 10485760 bytes"});
    for (const std::string& each : warnings) {
      EXPECT_LT(each.size(), 400U);
    }
  }
}

struct BrokenBlob {
  const char* caps;
  const char* field;
  std::string bytes;
  const char* reason;
};

std::vector<BrokenBlob> broken_blobs() {
  const auto bytes = [](std::string_view chars) { return std::string(chars); };
  const std::string little_endian = bytes({"II*\0\x08\0\0\0", 8});
  // Artist, four characters in place; Copyright, 99 characters behind the end.
  const std::string cut_off = little_endian + bytes({"\2\0\x3B\x01\2\0\4\0\0\0abc\0"
                                                     "\x98\x82\2\0\x63\0\0\0\x26\0\0\0\0\0\0\0",
                                                     30});
  const std::string deep = [] {
    std::string packet;
    for (int i = 0; i < 100000; ++i) {
      packet += "<a>";
    }
    return packet;
  }();
  constexpr const char* kExif = IMAGEPACKER_EXIF_CAPS;
  constexpr const char* kXmp = IMAGEPACKER_XMP_CAPS;
  constexpr const char* kIcc = IMAGEPACKER_ICC_CAPS;
  return {
      {kExif, IMAGEPACKER_METADATA_EXIF, "", "empty"},
      {kExif, IMAGEPACKER_METADATA_EXIF, "no TIFF", "TIFF header"},
      {kExif, IMAGEPACKER_METADATA_EXIF, little_endian, "no readable directory"},
      {kExif, IMAGEPACKER_METADATA_EXIF, bytes({"II*\0\xFF\xFF\xFF\xFF", 8}), "no readable directory"},
      {kExif, IMAGEPACKER_METADATA_EXIF, little_endian + std::string(5000, '\xFF'), ""},
      {kExif, IMAGEPACKER_METADATA_EXIF, cut_off, "1 tags of"},
      {kExif, IMAGEPACKER_METADATA_EXIF, little_endian + std::string(10 << 20, '\0'), "in the first 65527"},
      {kXmp, IMAGEPACKER_METADATA_XMP, "", "empty"},
      {kXmp, IMAGEPACKER_METADATA_XMP, "plain text", "XMP packet"},
      {kXmp, IMAGEPACKER_METADATA_XMP, "<x:xmpmeta", "not well-formed"},
      {kXmp, IMAGEPACKER_METADATA_XMP, "<a/>", "no rdf:RDF"},
      {kXmp, IMAGEPACKER_METADATA_XMP, std::string(100, '\0'), "XMP packet"},
      {kXmp, IMAGEPACKER_METADATA_XMP, deep, "XMP packet"},
      {kXmp, IMAGEPACKER_METADATA_XMP, std::string(20 << 20, ' '), "at most 16777216"},
      {kIcc, IMAGEPACKER_METADATA_ICC, "", "empty"},
      {kIcc, IMAGEPACKER_METADATA_ICC, "short", "not what its header says"},
      {kIcc, IMAGEPACKER_METADATA_ICC, std::string(200, '\xFF'), "not what its header says"},
      {kIcc, IMAGEPACKER_METADATA_ICC, bytes({"\0\0\0\x84", 4}) + std::string(128, '\0'), "no valid header"},
  };
}

TEST(HostileMetadata, BrokenAttachmentsAreNamed) {
  for (const std::string& element : element_names()) {
    for (const BrokenBlob& blob : broken_blobs()) {
      SCOPED_TRACE(element + " " + blob.caps + " " + blob.reason);
      expect_warning(warnings_of(element, attachment(blob.caps, blob.bytes)), {blob.reason});
    }
  }
}

BufferPtr frame_with(const char* field, GType type, gpointer value) {
  BufferPtr frame = make_frame(kInput);
  GstCustomMeta* const meta = gst_buffer_add_custom_meta(frame.get(), IMAGEPACKER_METADATA_META);
  gst_structure_set(gst_custom_meta_get_structure(meta), field, type, value, nullptr);
  return frame;
}

TEST(HostileMetadata, BrokenMetasAreNamed) {
  for (const std::string& element : element_names()) {
    for (const BrokenBlob& blob : broken_blobs()) {
      SCOPED_TRACE(element + " " + blob.field + " " + blob.reason);
      const BufferPtr buffer = buffer_of(blob.bytes);
      expect_warning(warnings_of(element, nullptr, frame_with(blob.field, GST_TYPE_BUFFER, buffer.get())),
                     {blob.reason});
    }
    std::string word = "word";
    for (const char* const field : {IMAGEPACKER_METADATA_EXIF, IMAGEPACKER_METADATA_XMP, IMAGEPACKER_METADATA_ICC}) {
      expect_warning(warnings_of(element, nullptr, frame_with(field, G_TYPE_STRING, word.data())),
                     {std::string("the field ") + field, "a gchararray, not a GstBuffer"});
      expect_warning(warnings_of(element, nullptr, frame_with(field, GST_TYPE_BUFFER, nullptr)), {field, "empty"});
    }
  }
}

TEST(HostileMetadata, AttachmentsOfOtherKindsAreNobodysBusiness) {
  for (const char* const caps : {"image/png", "application/x-font", "application/x-exif-not"}) {
    EXPECT_TRUE(warnings_of("imagepackerjpeg", attachment(caps, "bytes")).empty());
  }
}

TEST(HostileMetadata, GoodTagsAreWrittenBesideBadOnes) {
  Harness harness("imagepackerjpeg");
  harness.set_input(kInput);
  gst_harness_push_event(harness.get(),
                         gst_event_new_tag(gst_tag_list_new_from_string(
                             "taglist, title=(int)5, datetime=(string)now, artist=(string)\"the-artist\"")));
  gst_harness_push_event(harness.get(), gst_event_new_tag(attachment(IMAGEPACKER_EXIF_CAPS, "broken").release()));
  ASSERT_EQ(harness.push(make_frame(kInput)), GST_FLOW_OK);
  const BufferPtr picture = harness.pull();
  EXPECT_NE(bytes_of(picture.get()).find("the-artist"), std::string::npos);
  EXPECT_EQ(harness.warnings().size(), 3U);
}

// A stream says the same of each of its frames once, and may have something new to say of each.
TEST(HostileMetadata, WarningsAreNotRepeated) {
  Harness harness("imagepackerjpeg");
  harness.set_input(kInput);
  for (int i = 0; i < 5; ++i) {
    const BufferPtr bytes = buffer_of("broken");
    ASSERT_EQ(harness.push(frame_with(IMAGEPACKER_METADATA_EXIF, GST_TYPE_BUFFER, bytes.get())), GST_FLOW_OK);
    harness.pull();
  }
  EXPECT_EQ(harness.warnings().size(), 1U);
}

}  // namespace
}  // namespace imagepacker::test
