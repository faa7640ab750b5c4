// SPDX-License-Identifier: LGPL-2.1-or-later
#include <atomic>
#include <set>

#include "gst_test.h"

// What comes out, what goes in, and what is refused.

namespace imagepacker::test {
namespace {

std::string media_type(const GstCaps* caps) {
  return caps == nullptr ? "none" : gst_structure_get_name(gst_caps_get_structure(caps, 0));
}

/// The media type of what `element` makes when downstream takes `wanted` (null: anything).
std::string output_for(const std::string& element, const char* wanted) {
  Harness harness(element, wanted);
  harness.set_input(raw_caps("I420", 16, 16));
  EXPECT_EQ(harness.push(make_frame(raw_caps("I420", 16, 16))), GST_FLOW_OK);
  const BufferPtr picture = harness.pull();
  return picture == nullptr ? "nothing" : media_type(harness.output_caps().get());
}

TEST(Negotiation, ChoosesJpegWhenAnythingGoes) {
  EXPECT_EQ(output_for("imagepacker", nullptr), "image/jpeg");
}

TEST(Negotiation, TemplateIsInOrderOfPreference) {
  const ObjectPtr<GstElement> encoder(gst_element_factory_make("imagepacker", nullptr));
  const ObjectPtr<GstPad> pad(gst_element_get_static_pad(encoder.get(), "src"));
  const CapsPtr caps(gst_pad_get_pad_template_caps(pad.get()));
  guint i = 0;
  for (const FormatInfo& format : supported_formats()) {
    for (const std::string_view mime_type : format.mime_types) {
      ASSERT_LT(i, gst_caps_get_size(caps.get()));
      EXPECT_EQ(gst_structure_get_name(gst_caps_get_structure(caps.get(), i++)), mime_type);
    }
  }
  EXPECT_EQ(i, gst_caps_get_size(caps.get()));
}

TEST(Negotiation, ObeysDownstream) {
  for (const FormatInfo& format : supported_formats()) {
    for (const std::string_view mime_type : format.mime_types) {
      const std::string wanted(mime_type);
      EXPECT_EQ(output_for("imagepacker", wanted.c_str()), wanted);
      EXPECT_EQ(output_for(element_name(format.format), wanted.c_str()), wanted);
    }
    EXPECT_EQ(output_for(element_name(format.format), nullptr), format.mime_types.front());
  }
}

TEST(Negotiation, TakesDownstreamsOrder) {
  EXPECT_EQ(output_for("imagepacker", "image/png; image/jpeg"), "image/png");
  EXPECT_EQ(output_for("imagepacker", "image/gif; image/webp; image/jpeg"), "image/webp");
}

TEST(Negotiation, WritesHeicOnlyForThoseWhoTakeNothingElse) {
  if (format_info(Format::heif) == nullptr) {
    GTEST_SKIP() << "built without HEIF";
  }
  EXPECT_EQ(output_for("imagepackerheif", "image/heic; image/heif"), "image/heif");
  EXPECT_EQ(output_for("imagepackerheif", "image/heic"), "image/heic");
}

TEST(Negotiation, NothingIsPossibleWhenDownstreamTakesNothing) {
  Harness harness("imagepacker", "image/gif");
  const CapsPtr possible(gst_pad_peer_query_caps(harness.get()->srcpad, nullptr));
  EXPECT_TRUE(gst_caps_is_empty(possible.get())) << to_string(possible.get());
}

TEST(Negotiation, PassesLimitsOfDownstreamUp) {
  Harness harness("imagepacker", "image/jpeg,width=[16,4096],framerate=[1/1,30/1]");
  CapsPtr possible(gst_pad_peer_query_caps(harness.get()->srcpad, nullptr));
  EXPECT_EQ(field(possible.get(), "width"), "[ 16, 4096 ]");
  EXPECT_EQ(field(possible.get(), "height"), "[ 1, 2147483647 ]");
  EXPECT_EQ(field(possible.get(), "framerate"), "[ 1/1, 30/1 ]");

  // A picture that is shrunk may be larger than what downstream takes.
  harness.set("max-width", 640);
  possible.reset(gst_pad_peer_query_caps(harness.get()->srcpad, nullptr));
  EXPECT_EQ(field(possible.get(), "width"), "[ 1, 2147483647 ]");
}

TEST(Negotiation, LimitsOfDownstreamAreNotThoseOfPicturesThatAreTurned) {
  Harness harness("imagepacker", "image/jpeg,width=32,height=64");
  harness.set("apply-orientation", TRUE);
  const CapsPtr possible(gst_pad_peer_query_caps(harness.get()->srcpad, nullptr));
  EXPECT_EQ(field(possible.get(), "width"), "[ 1, 2147483647 ]");
}

TEST(Negotiation, FollowsANewWishOfDownstream) {
  Pipeline pipeline(
      "videotestsrc is-live=true ! video/x-raw,width=16,height=16,framerate=100/1 ! imagepacker ! "
      "capsfilter name=wish caps=image/jpeg ! fakesink name=sink sync=false signal-handoffs=true");
  const auto sink = pipeline.element("sink");
  const auto wish = pipeline.element("wish");
  static std::atomic<bool> has_png;
  has_png = false;
  const auto look = +[](GstElement*, GstBuffer* buffer, GstPad* pad, gpointer element) {
    const CapsPtr caps(gst_pad_get_current_caps(pad));
    if (media_type(caps.get()) == "image/png" && bytes_of(buffer).substr(1, 3) == "PNG") {
      has_png = true;
      gst_element_post_message(GST_ELEMENT(element),
                               gst_message_new_application(GST_OBJECT(element), gst_structure_new_empty("png")));
    } else {
      const CapsPtr png(gst_caps_new_empty_simple("image/png"));
      g_object_set(element, "caps", png.get(), nullptr);
    }
  };
  g_signal_connect(sink.get(), "handoff", G_CALLBACK(look), wish.get());
  EXPECT_TRUE(
      pipeline.run_until([](GstMessage* message) { return GST_MESSAGE_TYPE(message) == GST_MESSAGE_APPLICATION; }));
  EXPECT_TRUE(has_png);
}

TEST(Negotiation, TakesEveryRawFormatStraight) {
  const auto formats = raw_format_names();
  EXPECT_GE(formats.size(), 60U);
  for (const std::string& element : element_names()) {
    for (const std::string& format : formats) {
      SCOPED_TRACE(element + " " + format);
      Harness harness(element);
      harness.set("effort", 0);
      harness.set_input(raw_caps(format, 17, 13));
      ASSERT_EQ(harness.push(make_frame(raw_caps(format, 17, 13))), GST_FLOW_OK);
      const BufferPtr picture = harness.pull();
      ASSERT_NE(picture, nullptr);
      EXPECT_GT(gst_buffer_get_size(picture.get()), 20U);
      EXPECT_TRUE(harness.errors().empty());
    }
  }
}

TEST(Negotiation, BareTestSourceGivesSixteenBitsWithAlpha) {
  const std::set<std::string> formats = {"ABGR64_LE", "AYUV64"};  // of GStreamer 1.22 and 1.26
  for (const std::string& element : element_names()) {
    Pipeline pipeline("videotestsrc num-buffers=1 ! " + element + " name=encoder ! fakesink");
    EXPECT_TRUE(pipeline.run()) << element;
    EXPECT_EQ(formats.count(field(pipeline.caps("encoder", "sink").get(), "format")), 1U) << element;
  }
}

TEST(Negotiation, RanksKeepUpstreamsEncodersFirst) {
  for (const std::string& name : element_names()) {
    const ObjectPtr<GstElementFactory> factory(gst_element_factory_find(name.c_str()));
    const guint rank = gst_plugin_feature_get_rank(GST_PLUGIN_FEATURE(factory.get()));
    EXPECT_EQ(rank, name == "imagepacker"       ? GST_RANK_NONE
                    : name == "imagepackerheif" ? GST_RANK_PRIMARY
                                                : GST_RANK_MARGINAL)
        << name;
    EXPECT_STREQ(gst_element_factory_get_metadata(factory.get(), GST_ELEMENT_METADATA_KLASS), "Codec/Encoder/Image");
  }
}

/// What running `launch_line` fails with.
BusError error_of(const std::string& launch_line) {
  Pipeline pipeline(launch_line);
  EXPECT_FALSE(pipeline.run()) << launch_line;
  return pipeline.errors().empty() ? BusError{} : pipeline.errors().front();
}

void expect_words(const std::string& message, std::initializer_list<const char*> words) {
  for (const char* const word : words) {
    EXPECT_NE(message.find(word), std::string::npos) << "no \"" << word << "\" in: " << message;
  }
}

TEST(Refusal, TooLargeForJpeg) {
  const BusError error = error_of(
      "videotestsrc num-buffers=1 ! video/x-raw,format=I420,width=65535,height=16 ! imagepackerjpeg name=e ! fakesink");
  EXPECT_EQ(error.source, "e");
  EXPECT_EQ(error.domain, GST_STREAM_ERROR);
  EXPECT_EQ(error.code, GST_STREAM_ERROR_FORMAT);
  expect_words(error.message, {"JPEG", "65535×16", "65500"});
}

TEST(Refusal, TooLargeForWebp) {
  const BusError error = error_of(
      "videotestsrc num-buffers=1 ! video/x-raw,format=I420,width=20000,height=16 ! imagepacker name=e ! image/webp ! "
      "fakesink");
  EXPECT_EQ(error.source, "e");
  expect_words(error.message, {"WebP", "20000×16", "16383"});
}

TEST(Refusal, SaysItOnce) {
  Harness harness("imagepackerjpeg");
  harness.set_input(raw_caps("I420", 65535, 16));
  EXPECT_EQ(harness.push(make_frame(raw_caps("I420", 65535, 16))), GST_FLOW_NOT_NEGOTIATED);
  EXPECT_EQ(harness.push(make_frame(raw_caps("I420", 65535, 16))), GST_FLOW_NOT_NEGOTIATED);
  EXPECT_EQ(harness.errors().size(), 1U);

  // And is of use afterwards.
  harness.set_input(raw_caps("I420", 64, 16));
  EXPECT_EQ(harness.push(make_frame(raw_caps("I420", 64, 16))), GST_FLOW_OK);
  EXPECT_NE(harness.pull(), nullptr);
}

TEST(Refusal, OfOtherCapsLeavesThoseBeforeInForce) {
  Harness harness("imagepackerjpeg");
  const std::string good = raw_caps("I420", 64, 16);
  for (const char* const bad : {"video/x-raw,format=I420,width=65535,height=16,framerate=30/1",
                                "video/x-raw,format=I420,width=64,height=16,framerate=30/1,interlace-mode=mixed"}) {
    harness.set_input(good);
    EXPECT_EQ(harness.push(make_frame(good, 0)), GST_FLOW_OK);
    EXPECT_NE(harness.pull(), nullptr);
    harness.set_input(bad);
    EXPECT_EQ(harness.errors().size(), 1U);
    harness.set_input(good);
    ASSERT_EQ(harness.push(make_frame(good, 1)), GST_FLOW_OK) << bad;
    EXPECT_NE(harness.pull(), nullptr);
  }
}

TEST(Refusal, Interlaced) {
  for (const char* const mode : {"interleaved", "mixed", "fields"}) {
    const BusError error = error_of("videotestsrc num-buffers=1 ! video/x-raw,interlace-mode=" + std::string(mode) +
                                    " ! imagepacker name=e ! fakesink");
    EXPECT_EQ(error.source, "e");
    EXPECT_EQ(error.domain, GST_STREAM_ERROR);
    expect_words(error.message, {"interlace", mode, "progressive", "deinterlace"});
  }
}

TEST(Refusal, LosslessJpeg) {
  const BusError error = error_of("videotestsrc num-buffers=1 ! imagepackerjpeg name=e lossless=true ! fakesink");
  EXPECT_EQ(error.source, "e");
  EXPECT_EQ(error.domain, GST_LIBRARY_ERROR);
  EXPECT_EQ(error.code, GST_LIBRARY_ERROR_SETTINGS);
  expect_words(error.message, {"lossless", "JPEG", "PNG"});
}

TEST(Refusal, MaxBytesThatNothingFits) {
  const BusError error = error_of("videotestsrc num-buffers=1 ! imagepackerjpeg name=e max-bytes=100 ! fakesink");
  EXPECT_EQ(error.source, "e");
  expect_words(error.message, {"max-bytes", "100", "quality 0"});
}

}  // namespace
}  // namespace imagepacker::test
