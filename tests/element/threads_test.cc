// SPDX-License-Identifier: LGPL-2.1-or-later
#include <atomic>
#include <thread>

#include "gst_test.h"

// Applications that do everything at once; for ThreadSanitizer above all.

namespace imagepacker::test {
namespace {

constexpr int kFrames = 200;

/// Does `work` again and again beside the test.
class Meanwhile {
 public:
  template <class Work>
  explicit Meanwhile(Work work)
      : thread_([work = std::move(work)](const std::stop_token& stop) {
          for (int i = 0; !stop.stop_requested(); ++i) {
            work(i);
            g_usleep(1000);
          }
        }) {}

 private:
  std::jthread thread_;
};

TEST(Threads, PropertiesChangeAndStatisticsAreReadWhileFramesFlow) {
  for (const char* const element : {"imagepackerjpeg", "imagepackerwebp"}) {
    Harness harness(element);
    const std::string input = raw_caps("I420", 160, 120);
    harness.set_input(input);
    {
      const Meanwhile settings([&](int i) {
        g_object_set(harness.element(), "quality", i % 101, "effort", i % 4, "max-width", i % 3 * 50, "max-threads",
                     1U + static_cast<guint>(i % 3), "gps", i % 2, "thumbnail-size", i % 5 * 10, nullptr);
      });
      const Meanwhile questions([&](int) {
        GstStructure* stats = nullptr;
        g_object_get(harness.element(), "stats", &stats, nullptr);
        gst_structure_free(stats);
        gst_harness_query_latency(harness.get());
        const CapsPtr possible(gst_pad_peer_query_caps(harness.get()->srcpad, nullptr));
        gst_harness_push_upstream_event(harness.get(), gst_event_new_reconfigure());
      });
      for (int i = 0; i < kFrames; ++i) {
        ASSERT_EQ(harness.push(make_frame(input, i)), GST_FLOW_OK);
      }
    }
    gst_harness_push_event(harness.get(), gst_event_new_eos());
    EXPECT_EQ(harness.waiting(), static_cast<unsigned>(kFrames));
    EXPECT_TRUE(harness.errors().empty());
  }
}

TEST(Threads, FlushesComeAtAnyTime) {
  Harness harness("imagepackerjpeg");
  const std::string input = raw_caps("I420", 320, 240);
  harness.set_input(input);
  std::atomic<bool> is_over = false;
  std::jthread streaming([&] {
    for (int i = 0; !is_over; ++i) {
      const GstFlowReturn flow = harness.push(make_frame(input, i % 100));
      EXPECT_TRUE(flow == GST_FLOW_OK || flow == GST_FLOW_FLUSHING) << gst_flow_get_name(flow);
    }
  });
  for (int i = 0; i < 30; ++i) {
    g_usleep(static_cast<gulong>(i) * 300);
    gst_harness_push_event(harness.get(), gst_event_new_flush_start());
    gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
  }
  is_over = true;
  streaming.join();
  EXPECT_TRUE(harness.errors().empty());
}

TEST(Threads, FramesAfterAFlushGoOutWheneverItCame) {
  Harness harness("imagepackerjpeg");
  harness.set("max-threads", 2U);
  const std::string input = raw_caps("I420", 16, 16);
  harness.set_input(input);
  const auto stop_flushing = [&] {
    gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
  };
  for (int i = 0; i < 300; ++i) {
    // The source pad's task rests, and begins with the next frame.
    gst_harness_push_event(harness.get(), gst_event_new_flush_start());
    stop_flushing();
    {
      const std::jthread streaming([&] { harness.push(make_frame(input, 0)); });
      // Just then, if need be.
      for (int spin = 0; spin < i % 100 * 20; ++spin) {
        std::this_thread::yield();
      }
      gst_harness_push_event(harness.get(), gst_event_new_flush_start());
    }
    stop_flushing();
    while (harness.waiting() > 0) {
      harness.pull();
    }
    ASSERT_EQ(harness.push(make_frame(input, 1)), GST_FLOW_OK);
    ASSERT_NE(harness.pull(), nullptr) << i;
  }
}

TEST(Threads, FramesGoOutAfterAFlushThatOnlyEnds) {
  Harness harness("imagepackerjpeg");
  harness.set("max-threads", 2U);
  const std::string input = raw_caps("I420", 16, 16);
  harness.set_input(input);
  ASSERT_EQ(harness.push(make_frame(input, 0)), GST_FLOW_OK);
  ASSERT_NE(harness.pull(), nullptr);
  gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
  ASSERT_EQ(harness.push(make_frame(input, 1)), GST_FLOW_OK);
  EXPECT_NE(harness.pull(), nullptr);
}

TEST(Threads, StatesChangeWhileFramesFlow) {
  Pipeline pipeline(
      "videotestsrc ! video/x-raw,format=I420,width=320,height=240 ! imagepackerjpeg name=encoder ! fakesink");
  const auto encoder = pipeline.element("encoder");
  const Meanwhile settings([&](int i) { g_object_set(encoder.get(), "quality", i % 101, nullptr); });
  for (int i = 0; i < 30; ++i) {
    ASSERT_NE(gst_element_set_state(pipeline.get(), GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
    g_usleep(static_cast<gulong>(i) * 500);
    ASSERT_NE(gst_element_set_state(pipeline.get(), i % 2 == 0 ? GST_STATE_READY : GST_STATE_NULL),
              GST_STATE_CHANGE_FAILURE);
  }
}

}  // namespace
}  // namespace imagepacker::test
