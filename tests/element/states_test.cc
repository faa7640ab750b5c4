// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst_test.h"

// Every order of states, again and again.

namespace imagepacker::test {
namespace {

/// Every element factory of the plugin.
std::vector<std::string> factory_names() {
  std::vector<std::string> names;
  GList* const features = gst_registry_get_feature_list_by_plugin(gst_registry_get(), "imagepacker");
  for (const GList* item = features; item != nullptr; item = item->next) {
    if (GST_IS_ELEMENT_FACTORY(item->data)) {
      names.emplace_back(GST_OBJECT_NAME(item->data));
    }
  }
  gst_plugin_feature_list_free(features);
  return names;
}

void run_through(const std::string& factory, std::initializer_list<GstState> states) {
  const ObjectPtr<GstElement> element(
      GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make(factory.c_str(), nullptr))));
  for (const GstState state : states) {
    const GstStateChangeReturn result = gst_element_set_state(element.get(), state);
    ASSERT_NE(result, GST_STATE_CHANGE_FAILURE) << factory << " to " << gst_element_state_get_name(state);
    // A sink without input waits for its first frame.
    if (result == GST_STATE_CHANGE_ASYNC && GST_OBJECT_FLAG_IS_SET(element.get(), GST_ELEMENT_FLAG_SINK)) {
      continue;
    }
    ASSERT_NE(gst_element_get_state(element.get(), nullptr, nullptr, GST_CLOCK_TIME_NONE), GST_STATE_CHANGE_FAILURE)
        << factory << " to " << gst_element_state_get_name(state);
  }
  gst_element_set_state(element.get(), GST_STATE_NULL);
}

TEST(States, EveryFormatHasAFactory) {
  EXPECT_GE(factory_names().size(), supported_formats().size() + 1);
}

TEST(States, UpAndDown) {
  for (const std::string& factory : factory_names()) {
    run_through(factory, {GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PAUSED,
                          GST_STATE_READY, GST_STATE_NULL});
  }
}

TEST(States, UpSeekAndDown) {
  for (const std::string& factory : factory_names()) {
    run_through(factory, {GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_PAUSED,
                          GST_STATE_PLAYING, GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_NULL});
  }
}

TEST(States, DownAndUpFromEveryState) {
  for (const std::string& factory : factory_names()) {
    run_through(factory, {GST_STATE_READY, GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_READY,
                          GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PAUSED,
                          GST_STATE_PLAYING, GST_STATE_NULL});
  }
}

TEST(States, AThousandTimesWithAFrameInFlight) {
  constexpr int kCycles = 1000;
  Harness harness("imagepackerjpeg");
  const std::string input = raw_caps("I420", 32, 24);
  const std::string stream_id = "states";
  GstPad* const sink_pad = GST_VIDEO_ENCODER_SINK_PAD(harness.element());
  const CapsPtr caps(gst_caps_from_string(input.c_str()));
  for (int i = 0; i < kCycles; ++i) {
    ASSERT_NE(gst_element_set_state(harness.element(), GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
    gst_pad_send_event(sink_pad, gst_event_new_stream_start(stream_id.c_str()));
    gst_pad_send_event(sink_pad, gst_event_new_caps(caps.get()));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_send_event(sink_pad, gst_event_new_segment(&segment));
    for (int frame = 0; frame < 1 + i % 3; ++frame) {
      ASSERT_EQ(gst_pad_chain(sink_pad, make_frame(input, frame).release()), GST_FLOW_OK);
    }
    ASSERT_NE(gst_element_set_state(harness.element(), i % 2 == 0 ? GST_STATE_READY : GST_STATE_NULL),
              GST_STATE_CHANGE_FAILURE);
    while (harness.waiting() > 0) {
      harness.pull();
    }
  }
}

TEST(States, StoppingGivesUpASlowEncode) {
  Pipeline pipeline(
      "videotestsrc pattern=snow ! video/x-raw,format=RGB,width=1920,height=1080 ! imagepackerpng effort=10 ! "
      "fakesink");
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  g_usleep(300 * 1000);
  EXPECT_NE(gst_element_set_state(pipeline.get(), GST_STATE_NULL), GST_STATE_CHANGE_FAILURE);
}

}  // namespace
}  // namespace imagepacker::test
