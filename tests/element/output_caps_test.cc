// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst_test.h"

// Caps say what the bytes hold.

namespace imagepacker::test {
namespace {

/// The caps of what `element` makes of one frame of `input`.
CapsPtr output_caps(const std::string& element, const std::string& input,
                    const std::function<void(Harness&)>& prepare = {}) {
  Harness harness(element);
  if (prepare) {
    prepare(harness);
  }
  harness.set_input(input);
  EXPECT_EQ(harness.push(make_frame(input)), GST_FLOW_OK) << input;
  const BufferPtr picture = harness.pull();
  EXPECT_NE(picture, nullptr) << input;
  return harness.output_caps();
}

TEST(OutputCaps, HaveSizeRateAndParsed) {
  for (const std::string& element : element_names()) {
    const CapsPtr caps = output_caps(element, raw_caps("I420", 34, 22) + ",pixel-aspect-ratio=12/11");
    EXPECT_EQ(field(caps.get(), "width"), "34");
    EXPECT_EQ(field(caps.get(), "height"), "22");
    EXPECT_EQ(field(caps.get(), "framerate"), "30/1");
    EXPECT_EQ(field(caps.get(), "pixel-aspect-ratio"), "12/11");
    EXPECT_EQ(field(caps.get(), "parsed"), "true");
    EXPECT_EQ(field(caps.get(), "interlace-mode"), "progressive");
  }
}

TEST(OutputCaps, HaveTheSizeAfterShrinking) {
  const CapsPtr caps =
      output_caps("imagepackerjpeg", raw_caps("I420", 400, 200), [](Harness& h) { h.set("max-width", 100); });
  EXPECT_EQ(field(caps.get(), "width"), "100");
  EXPECT_EQ(field(caps.get(), "height"), "50");
}

TEST(OutputCaps, JpegIsFullRangeBt601) {
  for (const char* const colorimetry : {"bt709", "bt601", "2:3:5:1", "1:3:7:1"}) {
    const CapsPtr caps =
        output_caps("imagepackerjpeg", raw_caps("I420", 32, 16) + ",colorimetry=(string)" + colorimetry);
    EXPECT_EQ(field(caps.get(), "colorimetry").substr(0, 4), "1:4:") << colorimetry << " " << to_string(caps.get());
    EXPECT_EQ(field(caps.get(), "chroma-site"), "jpeg");
  }
}

TEST(OutputCaps, JpegGoesIntoACameraOfV4l2sink) {
  const ObjectPtr<GstElementFactory> v4l2sink(gst_element_factory_find("v4l2sink"));
  ASSERT_NE(v4l2sink, nullptr) << "it is in gstreamer1.0-plugins-good";
  for (const char* const input : {"I420", "Y42B", "RGB"}) {
    const CapsPtr caps = output_caps("imagepackerjpeg", raw_caps(input, 640, 480));
    EXPECT_TRUE(gst_element_factory_can_sink_all_caps(v4l2sink.get(), caps.get())) << to_string(caps.get());
  }
}

TEST(OutputCaps, JpegSpeaksLikeJpegparse) {
  CapsPtr caps = output_caps("imagepackerjpeg", raw_caps("I420", 32, 16));
  EXPECT_EQ(field(caps.get(), "sof-marker"), "0");
  EXPECT_EQ(field(caps.get(), "colorspace"), "sYUV");
  EXPECT_EQ(field(caps.get(), "sampling"), "YCbCr-4:2:0");

  caps = output_caps("imagepackerjpeg", raw_caps("Y42B", 32, 16));
  EXPECT_EQ(field(caps.get(), "sampling"), "YCbCr-4:2:2");
  caps = output_caps("imagepackerjpeg", raw_caps("Y444", 32, 16), [](Harness& h) { h.set("progressive", TRUE); });
  EXPECT_EQ(field(caps.get(), "sampling"), "YCbCr-4:4:4");
  EXPECT_EQ(field(caps.get(), "sof-marker"), "2");
  caps = output_caps("imagepackerjpeg", raw_caps("RGB", 32, 16));
  EXPECT_EQ(field(caps.get(), "sampling"), "YCbCr-4:2:0");
  caps = output_caps("imagepackerjpeg", raw_caps("GRAY8", 32, 16));
  EXPECT_EQ(field(caps.get(), "colorspace"), "GRAY");
  EXPECT_EQ(field(caps.get(), "sampling"), "GRAYSCALE");
}

// jpegparse reads the bytes; the caps it makes of them must not contradict ours.
TEST(OutputCaps, JpegparseSeesTheSame) {
  for (const char* const format : {"I420", "Y42B", "Y444", "RGB", "GRAY8", "ABGR64_LE"}) {
    for (const char* const progressive : {"true", "false"}) {
      Pipeline pipeline("videotestsrc num-buffers=1 ! video/x-raw,width=48,height=32,format=" + std::string(format) +
                        " ! imagepackerjpeg name=ours progressive=" + progressive +
                        " ! capssetter caps=image/jpeg replace=true ! jpegparse name=theirs ! fakesink");
      ASSERT_TRUE(pipeline.run()) << format;
      const CapsPtr ours = pipeline.caps("ours", "src");
      const CapsPtr theirs = pipeline.caps("theirs", "src");
      for (const char* const name : {"width", "height", "sof-marker", "colorspace", "sampling", "parsed"}) {
        EXPECT_EQ(field(ours.get(), name), field(theirs.get(), name)) << format << " " << name;
      }
    }
  }
}

constexpr const char* kHdrFields =
    ",colorimetry=(string)bt2100-pq"
    ",mastering-display-info=(string)13250:34500:7500:3000:34000:16000:15635:16450:10000000:1"
    ",content-light-level=(string)1000:400";

TEST(OutputCaps, SdrBytesClaimNoHdr) {
  const CapsPtr caps = output_caps("imagepackerjpeg", raw_caps("P010_10LE", 32, 16) + kHdrFields);
  EXPECT_EQ(field(caps.get(), "mastering-display-info"), "");
  EXPECT_EQ(field(caps.get(), "content-light-level"), "");
  EXPECT_EQ(field(caps.get(), "colorimetry").find("pq"), std::string::npos) << to_string(caps.get());
  EXPECT_EQ(field(caps.get(), "colorimetry").substr(0, 6), "1:4:7:") << to_string(caps.get());
}

TEST(OutputCaps, HdrBytesKeepTheirMetadata) {
  for (const FormatInfo& format : supported_formats()) {
    // JPEG keeps HDR as a gain map over an SDR picture, which is what caps speak of.
    if (!format.can_hdr || format.format == Format::jpeg) {
      continue;
    }
    const CapsPtr caps = output_caps(element_name(format.format), raw_caps("P010_10LE", 32, 16) + kHdrFields);
    EXPECT_EQ(field(caps.get(), "mastering-display-info"), "13250:34500:7500:3000:34000:16000:15635:16450:10000000:1")
        << format.name;
    EXPECT_EQ(field(caps.get(), "content-light-level"), "1000:400") << format.name;
  }
}

TEST(OutputCaps, ToneMappingIsAnnouncedOnce) {
  Pipeline pipeline(
      "videotestsrc num-buffers=3 ! video/x-raw,format=P010_10LE,width=32,height=16,colorimetry=bt2100-pq ! "
      "imagepackerwebp ! fakesink");
  EXPECT_TRUE(pipeline.run());
  ASSERT_EQ(pipeline.infos().size(), 1U);
  EXPECT_NE(pipeline.infos()[0].find("tone-mapped"), std::string::npos) << pipeline.infos()[0];
}

TEST(OutputCaps, HdrThatStaysNeedsNoAnnouncement) {
  for (const FormatInfo& format : supported_formats()) {
    if (format.can_hdr) {
      Pipeline pipeline(
          "videotestsrc num-buffers=1 ! video/x-raw,format=P010_10LE,width=32,height=16,colorimetry=bt2100-pq ! " +
          element_name(format.format) + " desired-dynamic-range=hdr gain-map-scale=2 gain-map-quality=90 ! fakesink");
      EXPECT_TRUE(pipeline.run()) << format.name;
      EXPECT_TRUE(pipeline.infos().empty()) << format.name;
    }
  }
}

constexpr const char* kLinear = "videotestsrc num-buffers=1 ! video/x-raw,format=RGBA64_LE,width=32,height=16,";

TEST(OutputCaps, LinearLightWithLightLevelsIsHdr) {
  for (const FormatInfo& format : supported_formats()) {
    if (format.can_hdr) {
      Pipeline pipeline(std::string(kLinear) + "colorimetry=1:1:1:7,content-light-level=(string)1000:400 ! " +
                        element_name(format.format) + " name=packer desired-dynamic-range=hdr ! fakesink");
      EXPECT_TRUE(pipeline.run()) << format.name;
      if (format.format != Format::jpeg) {
        EXPECT_EQ(field(pipeline.caps("packer", "src").get(), "content-light-level"), "1000:400") << format.name;
      }
    }
  }
}

TEST(OutputCaps, LinearLightWithoutLightLevelsIsSdr) {
  Pipeline pipeline(std::string(kLinear) +
                    "colorimetry=1:1:1:7 ! imagepackerjpeg desired-dynamic-range=hdr ! fakesink");
  EXPECT_FALSE(pipeline.run());
  ASSERT_FALSE(pipeline.errors().empty());
  EXPECT_NE(pipeline.errors()[0].message.find("content-light-level"), std::string::npos)
      << pipeline.errors()[0].message;
}

TEST(OutputCaps, FollowOptionsInPlaying) {
  Harness harness("imagepackerjpeg");
  const std::string input = raw_caps("Y444", 32, 16);
  harness.set_input(input);
  const auto sampling_of_next = [&](int number) {
    EXPECT_EQ(harness.push(make_frame(input, number)), GST_FLOW_OK);
    EXPECT_NE(harness.pull(), nullptr);
    return field(harness.output_caps().get(), "sampling");
  };
  EXPECT_EQ(sampling_of_next(0), "YCbCr-4:4:4");
  gst_util_set_object_arg(G_OBJECT(harness.element()), "chroma-subsampling", "420");
  EXPECT_EQ(sampling_of_next(1), "YCbCr-4:2:0");
  gst_util_set_object_arg(G_OBJECT(harness.element()), "chroma-subsampling", "auto");
  EXPECT_EQ(sampling_of_next(2), "YCbCr-4:4:4");
}

TEST(OutputCaps, FollowSizesInPlaying) {
  Harness harness("imagepackerjpeg");
  const std::string input = raw_caps("I420", 128, 96);
  harness.set_input(input);
  int number = 0;
  for (const int width : {0, 32, 64, 0}) {
    harness.set("max-width", width);
    EXPECT_EQ(harness.push(make_frame(input, number++)), GST_FLOW_OK);
    EXPECT_NE(harness.pull(), nullptr);
    EXPECT_EQ(field(harness.output_caps().get(), "width"), std::to_string(width == 0 ? 128 : width));
    EXPECT_EQ(field(harness.output_caps().get(), "height"), std::to_string(width == 0 ? 96 : width * 3 / 4));
  }
}

TEST(OutputCaps, FollowColoursInPlaying) {
  Harness harness("imagepackerpng");
  const std::string input = raw_caps("P010_10LE", 32, 16) + ",colorimetry=(string)bt2100-pq";
  harness.set_input(input);
  int number = 0;
  for (const char* const range : {"auto", "sdr", "hdr"}) {
    gst_util_set_object_arg(G_OBJECT(harness.element()), "desired-dynamic-range", range);
    EXPECT_EQ(harness.push(make_frame(input, number++)), GST_FLOW_OK);
    EXPECT_NE(harness.pull(), nullptr);
    const std::string colorimetry = field(harness.output_caps().get(), "colorimetry");
    EXPECT_EQ(colorimetry.starts_with("1:1:14:"), std::string_view(range) != "sdr") << range << " " << colorimetry;
  }
}

TEST(OutputCaps, TurnWithThePixels) {
  for (const char* const turn : {"rotate-0", "rotate-180", "rotate-90"}) {
    const bool is_on_its_side = std::string_view(turn) == "rotate-90";
    const bool is_upright = std::string_view(turn) == "rotate-0";
    Harness harness("imagepackerjpeg");
    harness.set("apply-orientation", TRUE);
    const std::string input = raw_caps("I420", 64, 48) + ",pixel-aspect-ratio=12/11";
    harness.set_input(input);
    gst_harness_push_event(harness.get(),
                           gst_event_new_tag(gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, turn, nullptr)));
    BufferPtr frame = make_frame(input);
    gst_buffer_add_video_region_of_interest_meta(frame.get(), "face", 10, 10, 20, 20);
    EXPECT_EQ(harness.push(std::move(frame)), GST_FLOW_OK);
    const BufferPtr picture = harness.pull();
    ASSERT_NE(picture, nullptr);
    const CapsPtr caps = harness.output_caps();
    EXPECT_EQ(field(caps.get(), "width"), is_on_its_side ? "48" : "64") << turn;
    EXPECT_EQ(field(caps.get(), "pixel-aspect-ratio"), is_on_its_side ? "11/12" : "12/11") << turn;
    // Where the face is now nobody says.
    EXPECT_EQ(gst_buffer_get_meta(picture.get(), GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE) != nullptr, is_upright)
        << turn;
  }
}

TEST(OutputCaps, FollowHdrMetadataThatChangesAlone) {
  Harness harness("imagepackerpng");
  const std::string input = raw_caps("P010_10LE", 32, 16) + ",colorimetry=(string)bt2100-pq";
  int number = 0;
  for (const char* const level : {"1000:400", "600:200"}) {
    const std::string caps = input + ",content-light-level=(string)" + level;
    harness.set_input(caps);
    EXPECT_EQ(harness.push(make_frame(caps, number++)), GST_FLOW_OK);
    EXPECT_NE(harness.pull(), nullptr);
    EXPECT_EQ(field(harness.output_caps().get(), "content-light-level"), level);
  }
}

}  // namespace
}  // namespace imagepacker::test
