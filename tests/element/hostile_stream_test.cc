// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <atomic>

#include "gst_test.h"

// Caps, events and times that nobody should send: each gives pictures or one error, and the element is of use again.

namespace imagepacker::test {
namespace {

const std::string kSmall = "video/x-raw,format=I420,width=17,height=13";

std::vector<std::string> one_format_elements() {
  auto names = element_names();
  names.erase(names.begin());
  return names;
}

/// How many pictures `element` makes of one frame of `caps`, which holds the samples that `frame_caps` describes.
unsigned pictures_of(const std::string& element, const std::string& caps, const std::string& frame_caps) {
  Harness harness(element);
  harness.set("effort", 1);
  harness.set_input(caps);
  harness.push(make_frame(frame_caps));
  gst_harness_push_event(harness.get(), gst_event_new_eos());
  EXPECT_LE(harness.errors().size(), 1U);
  return harness.waiting();
}

TEST(HostileCaps, WhatSaysLittleOrNonsenseIsTaken) {
  for (const std::string& element : one_format_elements()) {
    for (const char* const more : {
             "",  // no framerate
             ",framerate=0/1",
             ",framerate=0/1,max-framerate=30/1",
             ",framerate=1/2147483647",
             ",framerate=2147483647/1",
             ",framerate=30/1,pixel-aspect-ratio=1/2147483647",
             ",framerate=30/1,pixel-aspect-ratio=2147483647/1",
             ",framerate=30/1,interlace-mode=nonsense",
             ",framerate=30/1,multiview-mode=side-by-side",
             ",framerate=30/1,multiview-mode=frame-by-frame,views=2",
             ",framerate=30/1,views=2147483647",
             ",framerate=30/1,colorimetry=0:0:0:0",
             ",framerate=30/1,colorimetry=1:1:1:1",
             ",framerate=30/1,colorimetry=99:99:99:99",
             ",framerate=30/1,colorimetry=-1:-1:-1:-1",
             ",framerate=30/1,colorimetry=nonsense",
             ",framerate=30/1,colorimetry=(int)5",
             ",framerate=30/1,chroma-site=alt-line",
             ",framerate=30/1,chroma-site=nonsense",
             ",framerate=30/1,colorimetry=bt2100-pq,mastering-display-info=(string)0:0:0:0:0:0:0:0:0:0",
             ",framerate=30/1,colorimetry=bt2100-pq,content-light-level=(string)0:0",
             ",framerate=30/1,colorimetry=bt2100-pq,content-light-level=(string)nonsense",
         }) {
      EXPECT_EQ(pictures_of(element, kSmall + more, kSmall + ",framerate=30/1"), 1U) << element << " " << more;
    }
  }
}

TEST(HostileCaps, WhatNoFrameCanBeIsRefused) {
  for (const std::string& element : one_format_elements()) {
    for (const char* const caps : {
             "video/x-raw(memory:DMABuf),format=I420,width=17,height=13,framerate=30/1",
             "video/x-raw(meta:GstVideoOverlayComposition),format=I420,width=17,height=13,framerate=30/1",
             "video/x-raw,format=I420,width=17,framerate=30/1",
             "video/x-raw,width=17,height=13,framerate=30/1",
             "video/x-raw,format=ENCODED,width=17,height=13,framerate=30/1",
             "video/x-raw,format=(int)5,width=17,height=13,framerate=30/1",
             "video/x-raw,format=I420,width=0,height=13,framerate=30/1",
             "video/x-raw,format=I420,width=17,height=-13,framerate=30/1",
             "video/x-raw,format=I420,width=(string)17,height=13,framerate=30/1",
             "video/x-raw,format=RGBA,width=536870911,height=2,framerate=30/1",
             "video/x-raw,format=I420,width=2147483647,height=2147483647,framerate=30/1",
             "video/x-raw,format=I420,width=17,height=13,framerate=-1/1",
             "video/x-raw,format=I420,width=17,height=13,framerate=30/1,interlace-mode=alternate",
             "video/x-bayer,format=bggr,width=17,height=13,framerate=30/1",
             "video/x-raw",
         }) {
      EXPECT_EQ(pictures_of(element, caps, kSmall + ",framerate=30/1"), 0U) << element << " " << caps;
    }
  }
}

TEST(HostileCaps, LongestLines) {
  for (const FormatInfo& format : supported_formats()) {
    const std::string element = element_name(format.format);
    for (const char* const layout : {"I420", "UYVY", "Y41B", "v210", "RGBA", "GRAY16_LE"}) {
      for (const auto& [width, height] : {std::pair{format.max_width, 1}, {1, format.max_height}}) {
        const std::string input = raw_caps(layout, width, height);
        EXPECT_EQ(pictures_of(element, input, input), 1U) << element << " " << input;
      }
    }
    const std::string input = raw_caps("I420", 1, format.max_height + 1);
    EXPECT_EQ(pictures_of(element, input, input), 0U) << element;
  }
}

// The latency would have been longer than any that GStreamer can tell.
TEST(HostileCaps, FramesThatAreYearsApart) {
  Harness harness("imagepackerpng");
  harness.set("max-threads", 16U);
  harness.set("effort", 9);
  const std::string input = "video/x-raw,format=RGB,width=320,height=240,framerate=1/2147483647";
  harness.set_input(input);
  constexpr std::size_t kFrames = 40;
  std::vector<BufferPtr> frames;
  for (std::size_t i = 0; i < kFrames; ++i) {
    frames.push_back(make_frame(input, static_cast<int>(i)));
    GST_BUFFER_PTS(frames.back().get()) = GST_SECOND * i;
  }
  for (BufferPtr& frame : frames) {
    ASSERT_EQ(harness.push(std::move(frame)), GST_FLOW_OK);
  }
  EXPECT_GT(gst_harness_query_latency(harness.get()), 3600 * GST_SECOND);
  EXPECT_LE(gst_harness_query_latency(harness.get()), 24 * 3600 * GST_SECOND);
}

struct Input {
  std::string caps;
  BufferPtr buffer;
};

/// What `element` can read.
Input readable(const std::string& element) {
  const std::string raw = raw_caps("I420", 64, 48);
  if (element != "imagerepacker" && element != "imageunpacker") {
    return {raw, make_frame(raw)};
  }
  Harness packer("imagepackerjpeg");
  packer.set_input(raw);
  packer.push(make_frame(raw));
  return {"image/jpeg,framerate=30/1", packer.pull()};
}

std::vector<std::string> all_elements() {
  auto names = element_names();
  names.insert(names.end(), {"imagerepacker", "imageunpacker"});
  return names;
}

void send(Harness& harness, GstEvent* event) {
  gst_harness_push_event(harness.get(), event);
}

TEST(HostileEvents, GapsAnywhereAndTwoEnds) {
  for (const std::string& element : all_elements()) {
    SCOPED_TRACE(element);
    Harness harness(element);
    send(harness, gst_event_new_gap(0, GST_SECOND));
    Input input = readable(element);
    harness.set_input(input.caps);
    send(harness, gst_event_new_gap(0, GST_CLOCK_TIME_NONE));
    EXPECT_EQ(harness.push(std::move(input.buffer)), GST_FLOW_OK);
    send(harness, gst_event_new_gap(GST_CLOCK_TIME_NONE - 1, GST_CLOCK_TIME_NONE));
    send(harness, gst_event_new_eos());
    send(harness, gst_event_new_eos());
    EXPECT_EQ(harness.waiting(), 1U);
    EXPECT_EQ(harness.push(readable(element).buffer), GST_FLOW_EOS);
    send(harness, gst_event_new_gap(GST_SECOND, GST_SECOND));
    EXPECT_TRUE(harness.errors().empty());
  }
}

TEST(HostileEvents, SegmentsOfAnyKind) {
  for (const std::string& element : all_elements()) {
    SCOPED_TRACE(element);
    for (const GstFormat format : {GST_FORMAT_BYTES, GST_FORMAT_TIME, GST_FORMAT_DEFAULT, GST_FORMAT_PERCENT}) {
      for (const double rate : {1.0, -1.0, 1e6, 1e-9}) {
        Harness harness(element);
        Input input = readable(element);
        harness.set_input(input.caps);
        GstSegment segment;
        gst_segment_init(&segment, format);
        segment.rate = rate;
        segment.flags = static_cast<GstSegmentFlags>(GST_SEGMENT_FLAG_SEGMENT | GST_SEGMENT_FLAG_TRICKMODE);
        segment.stop = 3600 * GST_SECOND;
        send(harness, gst_event_new_segment(&segment));
        EXPECT_EQ(harness.push(std::move(input.buffer)), GST_FLOW_OK);
        send(harness, gst_event_new_segment_done(format, 5));
        send(harness, gst_event_new_eos());
        EXPECT_EQ(harness.waiting(), 1U) << gst_format_get_name(format) << " " << rate;
      }
    }
  }
}

TEST(HostileEvents, TimesAtTheEndOfTime) {
  for (const std::string& element : all_elements()) {
    SCOPED_TRACE(element);
    Harness harness(element);
    harness.set_input(readable(element).caps);
    unsigned count = 0;
    for (const guint64 time : {G_MAXUINT64, G_MAXUINT64 - 1, guint64{0}, guint64{G_MAXINT64}, guint64{1} << 63}) {
      BufferPtr buffer = readable(element).buffer;
      GST_BUFFER_PTS(buffer.get()) = time;
      GST_BUFFER_DTS(buffer.get()) = time;
      GST_BUFFER_DURATION(buffer.get()) = time;
      GST_BUFFER_OFFSET(buffer.get()) = time;
      GST_BUFFER_OFFSET_END(buffer.get()) = time;
      EXPECT_EQ(harness.push(std::move(buffer)), GST_FLOW_OK) << time;
      ++count;
    }
    send(harness, gst_event_new_eos());
    // GStreamer's encoders leave out what ends before it begins.
    EXPECT_GE(harness.waiting(), count - 1);
  }
}

TEST(HostileEvents, FromBothSidesInAnyOrder) {
  for (const std::string& element : all_elements()) {
    SCOPED_TRACE(element);
    Harness harness(element);
    harness.set_input(readable(element).caps);
    for (int i = 0; i < 3; ++i) {
      const auto upstream = [&](GstEvent* event) { gst_harness_push_upstream_event(harness.get(), event); };
      send(harness, gst_event_new_tag(gst_tag_list_new_empty()));
      send(harness, gst_event_new_stream_group_done(5));
      send(harness, gst_event_new_instant_rate_change(2.0, GST_SEGMENT_FLAG_NONE));
      EXPECT_EQ(harness.push(readable(element).buffer), GST_FLOW_OK);
      upstream(gst_event_new_reconfigure());
      upstream(gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 1e300, G_MAXINT64, GST_CLOCK_TIME_NONE - 1));
      upstream(gst_event_new_latency(GST_CLOCK_TIME_NONE - 1));
      upstream(gst_event_new_step(GST_FORMAT_BUFFERS, 5, 1, TRUE, FALSE));
      upstream(
          gst_event_new_seek(-1, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 5, GST_SEEK_TYPE_SET, 1));
      send(harness, gst_event_new_flush_start());
      send(harness, gst_event_new_flush_start());
      send(harness, gst_event_new_flush_stop(i % 2));
      send(harness, gst_event_new_flush_stop(i % 2));
      GstSegment segment;
      gst_segment_init(&segment, GST_FORMAT_TIME);
      send(harness, gst_event_new_segment(&segment));
      send(harness, gst_event_new_stream_start("another"));
    }
    EXPECT_EQ(harness.push(readable(element).buffer), GST_FLOW_OK);
    EXPECT_TRUE(harness.errors().empty());
  }
}

TEST(HostileEvents, AFileOfNothing) {
  const auto expect_error = [](const std::string& element, GstFormat format) {
    Harness harness(element);
    harness.set_input("image/jpeg");
    GstSegment segment;
    gst_segment_init(&segment, format);
    send(harness, gst_event_new_segment(&segment));
    for (int i = 0; i < 1000; ++i) {
      harness.push(BufferPtr(gst_buffer_new()));
    }
    send(harness, gst_event_new_eos());
    const auto errors = harness.errors();
    ASSERT_EQ(errors.size(), 1U) << element;
    EXPECT_NE(errors[0].message.find("no bytes"), std::string::npos) << errors[0].message;
  };
  for (const char* const element : {"imagerepacker", "imageunpacker"}) {
    expect_error(element, GST_FORMAT_TIME);
    expect_error(element, GST_FORMAT_BYTES);
  }
}

// Upstream was told that the frame was taken.
TEST(Renegotiation, ARefusedLastPictureIsAnError) {
  Pipeline pipeline(
      "videotestsrc num-buffers=1 ! imagepackerjpeg max-width=100 name=encoder ! image/jpeg,width=640 ! fakesink");
  EXPECT_FALSE(pipeline.run());
  ASSERT_EQ(pipeline.errors().size(), 1U);
  EXPECT_EQ(pipeline.errors()[0].source, "encoder");
  EXPECT_NE(pipeline.errors()[0].message.find("downstream refuses image/jpeg"), std::string::npos)
      << pipeline.errors()[0].message;
  EXPECT_NE(pipeline.errors()[0].message.find("width=(int)100"), std::string::npos) << pipeline.errors()[0].message;
}

const std::vector<std::string> kInputs = {raw_caps("I420", 64, 48),
                                          raw_caps("RGBA", 33, 7),
                                          raw_caps("P010_10LE", 160, 120) + ",colorimetry=bt2100-pq",
                                          raw_caps("GRAY16_LE", 1, 1),
                                          "video/x-raw,format=NV12,width=64,height=48,framerate=0/1",
                                          raw_caps("v210", 50, 3),
                                          raw_caps("AYUV64", 128, 128)};

TEST(Renegotiation, CapsAndFormatsChangeAtEveryEffort) {
  for (int effort = 0; effort <= PackingOptions::kMaxEffort; ++effort) {
    Harness harness("imagepacker");
    harness.set("effort", effort);
    std::size_t step = static_cast<std::size_t>(effort);
    for (std::size_t round = 0; round < 2; ++round) {
      for (const FormatInfo& format : supported_formats()) {
        const std::string wanted(format.mime_types.front());
        gst_harness_set_sink_caps_str(harness.get(), wanted.c_str());
        for (int change = 0; change < 2; ++change) {
          const std::string& input = kInputs[step++ % kInputs.size()];
          harness.set_input(input);
          for (int i = 0; i < 3; ++i) {
            ASSERT_EQ(harness.push(make_frame(input, i)), GST_FLOW_OK) << effort << " " << wanted << " " << input;
          }
        }
        for (int i = 0; i < 6; ++i) {
          ASSERT_NE(harness.pull(), nullptr) << effort << " " << wanted;
          EXPECT_EQ(gst_structure_get_name(gst_caps_get_structure(harness.output_caps().get(), 0)), wanted);
        }
      }
    }
    EXPECT_TRUE(harness.errors().empty());
  }
}

struct Wishes {
  GstElement* filter;
  std::atomic<int> frames = 0;
  std::atomic<int> changes = 0;
  std::atomic<bool> was_png = false;
};

// Frames in flight used to swallow what downstream wished meanwhile.
TEST(Renegotiation, WishesArriveThroughFramesInFlight) {
  for (const char* const mode : {"immediate", "delayed"}) {
    constexpr int kFrames = 120;
    constexpr int kBetween = 20;
    Pipeline pipeline("videotestsrc num-buffers=" + std::to_string(kFrames) +
                      " ! video/x-raw,format=I420,width=640,height=480 ! imagepacker max-threads=2 ! capsfilter "
                      "name=wish caps=image/jpeg caps-change-mode=" +
                      mode + " ! fakesink name=sink signal-handoffs=true");
    const auto filter = pipeline.element("wish");
    const auto sink = pipeline.element("sink");
    Wishes wishes{.filter = filter.get()};
    const auto look = +[](GstElement*, GstBuffer* buffer, GstPad*, gpointer data) {
      auto& self = *static_cast<Wishes*>(data);
      const bool is_png = bytes_of(buffer).substr(1, 3) == "PNG";
      self.changes += self.was_png.exchange(is_png) != is_png ? 1 : 0;
      if (++self.frames % kBetween == 0) {
        const CapsPtr next(gst_caps_new_empty_simple(self.frames / kBetween % 2 == 1 ? "image/png" : "image/jpeg"));
        g_object_set(self.filter, "caps", next.get(), nullptr);
      }
    };
    g_signal_connect(sink.get(), "handoff", G_CALLBACK(look), &wishes);
    EXPECT_TRUE(pipeline.run());
    EXPECT_EQ(wishes.frames, kFrames);
    EXPECT_EQ(wishes.changes, kFrames / kBetween - 1) << mode;
  }
}

}  // namespace
}  // namespace imagepacker::test
