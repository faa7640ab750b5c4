// SPDX-License-Identifier: LGPL-2.1-or-later
// imageunpacker and imagerepacker: image files on the sink pad.
#include <glib/gstdio.h>
#include <gst/video/video.h>

#include <algorithm>
#include <cmath>

#include "../../gst/imagepacker/metadata_meta.h"
#include "gst_test.h"

namespace imagepacker::test {
namespace {

constexpr int kWidth = 70;
constexpr int kHeight = 50;

/// An image file of `format` with a picture in it.
std::string image_file(Format format, const char* raw_format = "I420", const char* properties = "") {
  GstHarness* const harness = gst_harness_new_parse((element_name(format) + " quality=95 " + properties).c_str());
  const std::string caps = raw_caps(raw_format, kWidth, kHeight);
  gst_harness_set_src_caps_str(harness, caps.c_str());
  gst_harness_push(harness, make_frame(caps, 3).release());
  const BufferPtr packed(gst_harness_pull(harness));
  gst_harness_teardown(harness);
  return bytes_of(packed.get());
}

std::vector<Format> readable_formats() {
  std::vector<Format> formats;
  for (const FormatInfo& info : supported_formats()) {
    if (info.can_unpack) {
      formats.push_back(info.format);
    }
  }
  return formats;
}

BufferPtr buffer_with(std::string_view bytes) {
  BufferPtr buffer(gst_buffer_new_allocate(nullptr, bytes.size(), nullptr));
  gst_buffer_fill(buffer.get(), 0, bytes.data(), bytes.size());
  return buffer;
}

void push_segment(Harness& harness, GstFormat format) {
  GstSegment segment;
  gst_segment_init(&segment, format);
  gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
}

/// Pushes `file` in pieces, as a stream in bytes.
void push_pieces(Harness& harness, std::string_view file, std::size_t piece_bytes) {
  gst_harness_push_event(harness.get(), gst_event_new_stream_start("file"));
  push_segment(harness, GST_FORMAT_BYTES);
  for (std::size_t at = 0; at < file.size(); at += piece_bytes) {
    harness.push(buffer_with(file.substr(at, piece_bytes)));
  }
  gst_harness_push_event(harness.get(), gst_event_new_eos());
}

/// PSNR of the luma or first component of two raw frames of equal caps, in dB.
double psnr(GstBuffer* one, GstBuffer* other, const GstCaps* caps) {
  GstVideoInfo info;
  GstVideoFrame a;
  GstVideoFrame b;
  EXPECT_TRUE(gst_video_info_from_caps(&info, caps));
  EXPECT_TRUE(gst_video_frame_map(&a, &info, one, GST_MAP_READ));
  EXPECT_TRUE(gst_video_frame_map(&b, &info, other, GST_MAP_READ));
  double sum = 0;
  for (int y = 0; y < kHeight; ++y) {
    const auto* const row_a =
        static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&a, 0)) + y * GST_VIDEO_FRAME_PLANE_STRIDE(&a, 0);
    const auto* const row_b =
        static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&b, 0)) + y * GST_VIDEO_FRAME_PLANE_STRIDE(&b, 0);
    for (int x = 0; x < kWidth; ++x) {
      sum += (row_a[x] - row_b[x]) * (row_a[x] - row_b[x]);
    }
  }
  gst_video_frame_unmap(&a);
  gst_video_frame_unmap(&b);
  return sum == 0 ? 99 : 10 * std::log10(255.0 * 255.0 * kWidth * kHeight / sum);
}

class ReadableFormat : public testing::TestWithParam<Format> {};

TEST_P(ReadableFormat, ComesOutOfUnpackerInAnyChunking) {
  const std::string file = image_file(GetParam());
  for (const std::size_t piece_bytes : {std::size_t{1}, std::size_t{97}, file.size()}) {
    Harness harness("imageunpacker");
    push_pieces(harness, file, piece_bytes);
    const BufferPtr frame = harness.pull();
    ASSERT_NE(frame, nullptr);
    const CapsPtr caps = harness.output_caps();
    EXPECT_EQ(field(caps.get(), "width"), "70");
    EXPECT_EQ(field(caps.get(), "height"), "50");
    EXPECT_EQ(GST_BUFFER_PTS(frame.get()), 0U);
    EXPECT_EQ(harness.waiting(), 0U);
    EXPECT_TRUE(harness.errors().empty());
  }
}

TEST_P(ReadableFormat, IsOnePictureForEachBufferOfAStreamInTime) {
  Harness harness("imageunpacker");
  gst_harness_push_event(harness.get(), gst_event_new_stream_start("file"));
  push_segment(harness, GST_FORMAT_TIME);
  const std::string file = image_file(GetParam());
  for (int i = 0; i < 3; ++i) {
    BufferPtr buffer = buffer_with(file);
    GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(i) * GST_SECOND;
    ASSERT_EQ(harness.push(std::move(buffer)), GST_FLOW_OK);
    const BufferPtr frame = harness.pull();
    EXPECT_EQ(GST_BUFFER_PTS(frame.get()), static_cast<GstClockTime>(i) * GST_SECOND);
  }
}

TEST_P(ReadableFormat, KeepsItsPixels) {
  const std::string caps = raw_caps("RGB", kWidth, kHeight);
  const BufferPtr source = make_frame(caps, 3);
  Harness harness("imageunpacker", "video/x-raw,format=RGB");
  push_pieces(harness, image_file(GetParam(), "RGB"), 4096);
  const BufferPtr frame = harness.pull();
  const CapsPtr output = harness.output_caps();
  EXPECT_GT(psnr(source.get(), frame.get(), output.get()), 24);
}

TEST_P(ReadableFormat, IsTheSameForSinksWithAndWithoutVideoMeta) {
  const std::string file = image_file(GetParam());
  Harness plain("imageunpacker");
  Harness knowing("imageunpacker");
  gst_harness_add_propose_allocation_meta(knowing.get(), GST_VIDEO_META_API_TYPE, nullptr);
  for (Harness* const harness : {&plain, &knowing}) {
    gst_harness_push_event(harness->get(), gst_event_new_stream_start("file"));
    push_segment(*harness, GST_FORMAT_TIME);
  }
  // Memory of frames that are gone is used again, that of those in use is not.
  std::vector<BufferPtr> kept;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(plain.push(buffer_with(file)), GST_FLOW_OK);
    ASSERT_EQ(knowing.push(buffer_with(file)), GST_FLOW_OK);
    BufferPtr frame = plain.pull();
    BufferPtr other = knowing.pull();
    EXPECT_EQ(gst_buffer_get_video_meta(frame.get()), nullptr);
    EXPECT_NE(gst_buffer_get_video_meta(other.get()), nullptr);
    EXPECT_EQ(psnr(frame.get(), other.get(), plain.output_caps().get()), 99);
    kept.push_back(std::move(i == 1 ? other : frame));
  }
  EXPECT_EQ(psnr(kept[0].get(), kept[1].get(), plain.output_caps().get()), 99);
  EXPECT_EQ(psnr(kept[0].get(), kept[2].get(), plain.output_caps().get()), 99);
}

TEST_P(ReadableFormat, IsRefusedWhenCutOff) {
  const std::string file = image_file(GetParam());
  for (const std::size_t size : {std::size_t{1}, std::size_t{20}, file.size() / 3}) {
    Harness harness("imageunpacker");
    push_pieces(harness, std::string_view(file).substr(0, size), 4096);
    const auto errors = harness.errors();
    ASSERT_EQ(errors.size(), 1U) << size;
    EXPECT_FALSE(errors[0].message.empty());
  }
}

TEST_P(ReadableFormat, IsRefusedAboveMaxPixels) {
  Harness harness("imageunpacker");
  harness.set("max-pixels", guint64{kWidth * kHeight - 1});
  push_pieces(harness, image_file(GetParam()), 4096);
  const auto errors = harness.errors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].message.find("3499"), std::string::npos) << errors[0].message;
}

TEST_P(ReadableFormat, BecomesEveryOtherFormat) {
  const std::string file = image_file(GetParam());
  for (const FormatInfo& target : supported_formats()) {
    const std::string caps(target.mime_types.front());
    Harness harness("imagerepacker", caps.c_str());
    push_pieces(harness, file, 1000);
    const BufferPtr packed = harness.pull();
    ASSERT_NE(packed, nullptr) << caps;
    EXPECT_TRUE(harness.errors().empty()) << caps;
    const CapsPtr output = harness.output_caps();
    EXPECT_EQ(std::string(gst_structure_get_name(gst_caps_get_structure(output.get(), 0))), caps);
    EXPECT_EQ(field(output.get(), "width"), "70");
  }
}

TEST_P(ReadableFormat, StaysItselfWhereDownstreamTakesAnything) {
  Harness harness("imagerepacker");
  push_pieces(harness, image_file(GetParam()), 1000);
  const BufferPtr packed = harness.pull();
  const CapsPtr output = harness.output_caps();
  EXPECT_EQ(gst_structure_get_name(gst_caps_get_structure(output.get(), 0)),
            std::string(format_info(GetParam())->mime_types.front()));
}

TEST_P(ReadableFormat, HandsItsMetadataAlong) {
  const std::string file = image_file(GetParam(), "I420");
  GstHarness* const tagged =
      gst_harness_new_parse(("taginject tags=title=Quay,artist=Ada ! " + element_name(GetParam())).c_str());
  const std::string caps = raw_caps("I420", kWidth, kHeight);
  gst_harness_set_src_caps_str(tagged, caps.c_str());
  gst_harness_push(tagged, make_frame(caps).release());
  const BufferPtr packed(gst_harness_pull(tagged));
  gst_harness_teardown(tagged);

  Harness harness("imageunpacker");
  push_pieces(harness, bytes_of(packed.get()), 1000);
  const BufferPtr frame = harness.pull();
  GstCustomMeta* const meta = gst_buffer_get_custom_meta(frame.get(), IMAGEPACKER_METADATA_META);
  ASSERT_NE(meta, nullptr);
  EXPECT_TRUE(gst_structure_has_field(gst_custom_meta_get_structure(meta), IMAGEPACKER_METADATA_EXIF));
  GstEvent* const event = gst_pad_get_sticky_event(harness.get()->sinkpad, GST_EVENT_TAG, 0);
  ASSERT_NE(event, nullptr);
  GstTagList* tags = nullptr;
  gst_event_parse_tag(event, &tags);
  gchar* artist = nullptr;
  EXPECT_TRUE(gst_tag_list_get_string(tags, GST_TAG_ARTIST, &artist));
  EXPECT_STREQ(artist, "Ada");
  g_free(artist);
  gst_event_unref(event);
}

INSTANTIATE_TEST_SUITE_P(Every, ReadableFormat, testing::ValuesIn(readable_formats()),
                         [](const auto& each) { return std::string(format_info(each.param)->name); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ReadableFormat);

TEST(Reader, RefusesWhatIsNoImage) {
  for (const char* const element : {"imageunpacker", "imagerepacker"}) {
    Harness harness(element);
    push_pieces(harness, "this is no image at all", 5);
    const auto errors = harness.errors();
    ASSERT_EQ(errors.size(), 1U) << element;
    EXPECT_NE(errors[0].message.find("23 bytes begin with 74 68 69 73 20 69 73 20, like none of "), std::string::npos)
        << errors[0].message;
    EXPECT_NE(errors[0].message.find("; give a file of one of these"), std::string::npos) << errors[0].message;
  }
}

// A file is read when all of it is there; upstream, which was told that its bytes were taken, learns nothing then.
TEST(Reader, SaysThatDownstreamRefusesAWholeFile) {
  const std::string path = std::string(g_get_tmp_dir()) + "/imagepacker-refused-" + std::to_string(g_random_int());
  const std::string file = image_file(readable_formats().front());
  ASSERT_TRUE(g_file_set_contents(path.c_str(), file.data(), static_cast<gssize>(file.size()), nullptr));
  struct Case {
    const char* elements;
    const char* message;
  };
  const Case cases[] = {
      {"imageunpacker name=reader ! video/x-raw,width=7 ! fakesink", "downstream refuses video/x-raw"},
      {"imagerepacker name=reader ! image/png,width=7 ! fakesink", "downstream refuses image/png"},
      {"imagerepacker name=reader", "nothing is linked"}};
  for (const Case& c : cases) {
    Pipeline pipeline("filesrc location=" + path + " ! " + c.elements);
    EXPECT_FALSE(pipeline.run());
    ASSERT_EQ(pipeline.errors().size(), 1U) << c.elements;
    EXPECT_EQ(pipeline.errors()[0].source, "reader");
    EXPECT_NE(pipeline.errors()[0].message.find(c.message), std::string::npos) << pipeline.errors()[0].message;
    if (std::string_view(c.message).find("refuses") != std::string_view::npos) {
      EXPECT_NE(pipeline.errors()[0].message.find("width=(int)70"), std::string::npos) << pipeline.errors()[0].message;
    }
  }
  g_unlink(path.c_str());
}

TEST(Reader, SaysThatNothingCame) {
  Harness harness("imageunpacker");
  push_pieces(harness, "", 1);
  const auto errors = harness.errors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].message.find("the image has no bytes; give a whole file"), std::string::npos)
      << errors[0].message;
}

TEST(Reader, CollectsNoMoreThanAllowed) {
  Harness harness("imageunpacker");
  harness.set("max-memory", guint64{1000});
  push_pieces(harness, std::string(5000, 'x'), 100);
  const auto errors = harness.errors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].message.find("1000"), std::string::npos) << errors[0].message;
}

TEST(Reader, BeginsAnewAfterAFlush) {
  const std::string file = image_file(readable_formats().front());
  Harness harness("imageunpacker");
  gst_harness_push_event(harness.get(), gst_event_new_stream_start("file"));
  push_segment(harness, GST_FORMAT_BYTES);
  harness.push(buffer_with("half of something"));
  gst_harness_push_event(harness.get(), gst_event_new_flush_start());
  gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
  push_segment(harness, GST_FORMAT_BYTES);
  harness.push(buffer_with(file));
  gst_harness_push_event(harness.get(), gst_event_new_eos());
  EXPECT_NE(harness.pull(), nullptr);
  EXPECT_TRUE(harness.errors().empty());
}

TEST(Unpacker, IsWhatDecodebinAndPlaybinOpenHeifWith) {
  if (!format_info(Format::heif) || !format_info(Format::heif)->can_unpack) {
    GTEST_SKIP() << "this build reads no HEIF";
  }
  const std::string file = image_file(Format::heif);
  const std::string path = testing::TempDir() + "imagepacker-decodebin.heic";
  ASSERT_TRUE(g_file_set_contents(path.c_str(), file.data(), static_cast<gssize>(file.size()), nullptr));
  for (const char* const decoder : {"decodebin", "decodebin3"}) {
    Pipeline pipeline("filesrc location=" + path + " ! " + decoder + " ! video/x-raw ! fakesink name=sink");
    EXPECT_TRUE(pipeline.run()) << decoder;
    const CapsPtr caps = pipeline.caps("sink", "sink");
    ASSERT_NE(caps, nullptr) << decoder;
    EXPECT_EQ(field(caps.get(), "width"), "70");
  }
  // gst-play-1.0 and desktop players are playbin with a window.
  for (const char* const player : {"playbin", "playbin3"}) {
    Pipeline pipeline(std::string(player) + " uri=file://" + path + " video-sink=\"fakesink name=sink\"");
    EXPECT_TRUE(pipeline.run()) << player;
    const CapsPtr caps = pipeline.caps("sink", "sink");
    ASSERT_NE(caps, nullptr) << player;
    EXPECT_EQ(field(caps.get(), "width"), "70");
  }
  g_remove(path.c_str());
}

TEST(Repacker, HandsOnPlacesInThePictureWhileItsPixelsStay) {
  for (const char* const properties : {"", "max-width=35", "apply-orientation=true"}) {
    Harness harness("imagerepacker");
    if (*properties != '\0') {
      const std::string property(properties);
      const std::size_t equals = property.find('=');
      gst_util_set_object_arg(G_OBJECT(harness.element()), property.substr(0, equals).c_str(),
                              property.substr(equals + 1).c_str());
    }
    gst_harness_push_event(harness.get(), gst_event_new_stream_start("file"));
    push_segment(harness, GST_FORMAT_TIME);
    gst_harness_push_event(harness.get(),
                           gst_event_new_tag(gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, "rotate-90", nullptr)));
    BufferPtr image = buffer_with(image_file(Format::jpeg));
    gst_buffer_add_video_region_of_interest_meta(image.get(), "face", 1, 2, 3, 4);
    ASSERT_EQ(harness.push(std::move(image)), GST_FLOW_OK);
    const BufferPtr out = harness.pull();
    EXPECT_EQ(gst_buffer_get_video_region_of_interest_meta_id(out.get(), 0) != nullptr, *properties == '\0')
        << properties;
  }
}

TEST(Repacker, DoesNotExceedTheQualityOfAJpegUnlessAsked) {
  if (!format_info(Format::jpeg) || !format_info(Format::jpeg)->can_unpack) {
    GTEST_SKIP() << "this build reads no JPEG";
  }
  const std::string file = image_file(Format::jpeg, "I420", "quality=30");
  const auto packed_bytes = [&](int quality) {
    Harness harness("imagerepacker", "image/webp");
    if (quality > 0) {
      harness.set("quality", quality);
    }
    push_pieces(harness, file, 1000);
    const BufferPtr packed = harness.pull();
    return gst_buffer_get_size(packed.get());
  };
  EXPECT_LT(packed_bytes(0), packed_bytes(85));
}

}  // namespace
}  // namespace imagepacker::test
