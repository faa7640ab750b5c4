// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "gst_test.h"

// Order, ends, flushes and changes of a stream.

namespace imagepacker::test {
namespace {

constexpr int kFrames = 24;

/// Picture number `seed` of `input`, packed alone.
std::string packed_alone(const std::string& element, const std::string& input, int seed) {
  Harness harness(element);
  harness.set("snapshot", TRUE);
  harness.set_input(input);
  EXPECT_EQ(harness.push(make_frame(input, seed)), GST_FLOW_EOS);
  return bytes_of(harness.pull().get());
}

TEST(Stream, KeepsOrderTimesAndBytesForAnyNumberOfThreads) {
  const std::string input = raw_caps("I420", 160, 120);
  std::vector<std::string> expected;
  for (int i = 0; i < kFrames; ++i) {
    expected.push_back(packed_alone("imagepackerjpeg", input, i));
  }
  for (const guint threads : {1U, 2U, 5U}) {
    Harness harness("imagepackerjpeg");
    harness.set("max-threads", threads);
    harness.set_input(input);
    for (int i = 0; i < kFrames; ++i) {
      ASSERT_EQ(harness.push(make_frame(input, i)), GST_FLOW_OK);
    }
    for (int i = 0; i < kFrames; ++i) {
      const BufferPtr picture = harness.pull();
      ASSERT_NE(picture, nullptr);
      EXPECT_EQ(GST_BUFFER_PTS(picture.get()), gst_util_uint64_scale(GST_SECOND, 1, 30) * static_cast<guint64>(i));
      EXPECT_EQ(bytes_of(picture.get()), expected[static_cast<std::size_t>(i)]) << threads << " threads, frame " << i;
      EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(picture.get(), GST_BUFFER_FLAG_DELTA_UNIT));
    }
  }
}

TEST(Stream, EndsWithEveryFrameOut) {
  for (const std::string& element : element_names()) {
    Harness harness(element);
    const std::string input = raw_caps("RGB", 64, 48);
    harness.set_input(input);
    for (int i = 0; i < kFrames; ++i) {
      ASSERT_EQ(harness.push(make_frame(input, i)), GST_FLOW_OK);
    }
    ASSERT_TRUE(gst_harness_push_event(harness.get(), gst_event_new_eos()));
    EXPECT_EQ(harness.waiting(), static_cast<unsigned>(kFrames)) << element;
  }
}

TEST(Stream, CapsChangeBetweenFramesNotThroughThem) {
  Harness harness("imagepackerjpeg");
  int number = 0;
  for (const int width : {64, 128, 32}) {
    const std::string input = raw_caps("I420", width, 48);
    harness.set_input(input);
    for (int i = 0; i < 5; ++i) {
      ASSERT_EQ(harness.push(make_frame(input, number++)), GST_FLOW_OK);
    }
  }
  gst_harness_push_event(harness.get(), gst_event_new_eos());
  for (int i = 0; i < number; ++i) {
    const BufferPtr picture = harness.pull();
    ASSERT_NE(picture, nullptr);
    // SOF0: marker, length, precision, height, width.
    const std::string bytes = bytes_of(picture.get());
    const auto sof = bytes.find("\xFF\xC0");
    ASSERT_NE(sof, std::string::npos);
    const int width = static_cast<guint8>(bytes[sof + 7]) << 8 | static_cast<guint8>(bytes[sof + 8]);
    EXPECT_EQ(width, i < 5 ? 64 : i < 10 ? 128 : 32) << i;
  }
}

TEST(Stream, FramesThatNobodyTakesAreNotKept) {
  Harness harness("imagepackerjpeg");
  harness.set("max-threads", 2U);
  const std::string input = raw_caps("I420", 64, 48);
  harness.set_input(input);
  ASSERT_EQ(harness.push(make_frame(input, 0)), GST_FLOW_OK);
  ASSERT_NE(harness.pull(), nullptr);
  const ObjectPtr<GstPad> source(gst_element_get_static_pad(harness.element(), "src"));
  ASSERT_TRUE(gst_pad_unlink(source.get(), harness.get()->sinkpad));
  std::vector<GstBuffer*> frames;
  for (int i = 1; i < 60; ++i) {
    BufferPtr frame = make_frame(input, i);
    frames.push_back(gst_buffer_ref(frame.get()));
    harness.push(std::move(frame));
  }
  const auto held =
      std::ranges::count_if(frames, [](GstBuffer* buffer) { return GST_MINI_OBJECT_REFCOUNT_VALUE(buffer) > 1; });
  EXPECT_LE(held, 5);
  std::ranges::for_each(frames, gst_buffer_unref);

  ASSERT_EQ(gst_pad_link(source.get(), harness.get()->sinkpad), GST_PAD_LINK_OK);
  while (harness.waiting() == 0) {
    harness.push(make_frame(input, 60));
  }
  EXPECT_NE(harness.pull(), nullptr);
}

TEST(Stream, GoesOnAfterAFlush) {
  for (const std::string& element : element_names()) {
    Harness harness(element);
    const std::string input = raw_caps("I420", 320, 240);
    harness.set_input(input);
    for (int round = 0; round < 5; ++round) {
      for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(harness.push(make_frame(input, i)), GST_FLOW_OK);
      }
      ASSERT_TRUE(gst_harness_push_event(harness.get(), gst_event_new_flush_start()));
      EXPECT_EQ(harness.push(make_frame(input, 3)), GST_FLOW_FLUSHING);
      ASSERT_TRUE(gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE)));
      GstSegment segment;
      gst_segment_init(&segment, GST_FORMAT_TIME);
      ASSERT_TRUE(gst_harness_push_event(harness.get(), gst_event_new_segment(&segment)));
      while (harness.waiting() > 0) {
        harness.pull();
      }
      ASSERT_EQ(harness.push(make_frame(input, 4)), GST_FLOW_OK) << element;
      const BufferPtr picture = harness.pull();
      ASSERT_NE(picture, nullptr) << element;
      EXPECT_EQ(GST_BUFFER_PTS(picture.get()), gst_util_uint64_scale(GST_SECOND, 1, 30) * 4) << element;
    }
  }
}

TEST(Stream, FlushFromAnotherThreadFreesTheStreamingThread) {
  Harness harness("imagepackerpng");
  harness.set("effort", 10);
  const std::string input = raw_caps("RGB", 1920, 1080);
  harness.set_input(input);
  GstFlowReturn last = GST_FLOW_OK;
  std::jthread streaming([&] {
    for (int i = 0; i < 1000 && last == GST_FLOW_OK; ++i) {
      last = harness.push(make_frame(input, i));
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  gst_harness_push_event(harness.get(), gst_event_new_flush_start());
  streaming.join();
  EXPECT_EQ(last, GST_FLOW_FLUSHING);
  gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
}

TEST(Stream, TagsAndCustomEventsComeThroughInOrder) {
  Harness harness("imagepackerjpeg");
  const std::string input = raw_caps("I420", 64, 48);
  harness.set_input(input);
  gst_harness_push_event(harness.get(), gst_event_new_tag(gst_tag_list_new(GST_TAG_TITLE, "a title", nullptr)));
  ASSERT_EQ(harness.push(make_frame(input, 0)), GST_FLOW_OK);
  gst_harness_push_event(harness.get(), gst_event_new_eos());
  bool has_title = false;
  while (GstEvent* const event = gst_harness_try_pull_event(harness.get())) {
    if (GST_EVENT_TYPE(event) == GST_EVENT_TAG) {
      GstTagList* tags = nullptr;
      gst_event_parse_tag(event, &tags);
      gchar* title = nullptr;
      has_title = gst_tag_list_get_string(tags, GST_TAG_TITLE, &title) || has_title;
      g_free(title);
    }
    gst_event_unref(event);
  }
  EXPECT_TRUE(has_title);
}

TEST(Stream, ReportsLatencyOnlyWhenFramesWaitForEachOther) {
  Harness harness("imagepackerjpeg");
  harness.set("max-threads", 4U);
  const std::string input = raw_caps("I420", 640, 480);
  harness.set_input(input);
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(harness.push(make_frame(input, i)), GST_FLOW_OK);
    ASSERT_NE(harness.pull(), nullptr);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(gst_harness_query_latency(harness.get()), 0U);

  const std::string large = raw_caps("I420", 2560, 1440);
  harness.set_input(large);
  std::vector<BufferPtr> frames;
  for (int i = 0; i < 8; ++i) {
    frames.push_back(make_frame(large, i));
  }
  for (BufferPtr& frame : frames) {
    ASSERT_EQ(harness.push(std::move(frame)), GST_FLOW_OK);
  }
  const GstClockTime latency = gst_harness_query_latency(harness.get());
  EXPECT_GE(latency, gst_util_uint64_scale(GST_SECOND, 1, 30));
  EXPECT_LE(latency, gst_util_uint64_scale(GST_SECOND, 8, 30));
}

TEST(Stream, HoldsNoMoreThanTwoFramesForEachThreadAndOne) {
  Harness harness("imagepackerpng");
  harness.set("max-threads", 2U);
  const std::string input = raw_caps("RGB", 640, 480);
  harness.set_input(input);
  std::vector<GstBuffer*> frames;
  for (int i = 0; i < 10; ++i) {
    BufferPtr frame = make_frame(input, i);
    frames.push_back(gst_buffer_ref(frame.get()));
    ASSERT_EQ(harness.push(std::move(frame)), GST_FLOW_OK);
    const auto held =
        std::ranges::count_if(frames, [](GstBuffer* buffer) { return GST_MINI_OBJECT_REFCOUNT_VALUE(buffer) > 1; });
    EXPECT_LE(held, 5);
  }
  gst_harness_push_event(harness.get(), gst_event_new_eos());
  std::ranges::for_each(frames, gst_buffer_unref);
}

TEST(Snapshot, GivesOneFrameThenEos) {
  for (const std::string& element : element_names()) {
    Harness harness(element);
    harness.set("snapshot", TRUE);
    const std::string input = raw_caps("I420", 64, 48);
    harness.set_input(input);
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(harness.push(make_frame(input, i)), GST_FLOW_EOS) << element;
    }
    EXPECT_EQ(harness.waiting(), 1U) << element;

    gst_harness_push_event(harness.get(), gst_event_new_flush_start());
    gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
    EXPECT_EQ(harness.push(make_frame(input, 0)), GST_FLOW_EOS) << element;
    EXPECT_EQ(gst_harness_buffers_received(harness.get()), 2U) << element;
  }
}

TEST(Snapshot, EndsAnEndlessPipelineWithOnePicture) {
  Pipeline pipeline("videotestsrc ! imagepackerjpeg snapshot=true ! fakesink name=sink num-buffers=5");
  EXPECT_TRUE(pipeline.run());
  const auto sink = pipeline.element("sink");
  GstStructure* stats = nullptr;
  g_object_get(sink.get(), "stats", &stats, nullptr);
  guint64 rendered = 0;
  gst_structure_get_uint64(stats, "rendered", &rendered);
  gst_structure_free(stats);
  EXPECT_EQ(rendered, 1U);
}

TEST(Snapshot, OfVideoWithoutFramerate) {
  Harness harness("imagepackerjpeg");
  const std::string input = "video/x-raw,format=I420,width=64,height=48,framerate=0/1";
  harness.set_input(input);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(harness.push(make_frame(input, i)), GST_FLOW_OK);
    // At once: nothing is kept for a next frame that may be an hour away.
    EXPECT_EQ(harness.waiting(), 1U);
    harness.pull();
  }
  EXPECT_EQ(field(harness.output_caps().get(), "framerate"), "0/1");
}

TEST(Properties, ChangeInPlaying) {
  Harness harness("imagepackerjpeg");
  const std::string input = raw_caps("I420", 320, 240);
  harness.set_input(input);
  std::size_t last_size = SIZE_MAX;
  int number = 0;
  for (const int quality : {95, 60, 20}) {
    harness.set("quality", quality);
    ASSERT_EQ(harness.push(make_frame(input, number++)), GST_FLOW_OK);
    const BufferPtr picture = harness.pull();
    ASSERT_NE(picture, nullptr);
    EXPECT_LT(gst_buffer_get_size(picture.get()), last_size);
    last_size = gst_buffer_get_size(picture.get());
  }
}

TEST(Properties, AnImpossibleChangeInPlayingIsAnError) {
  Harness harness("imagepackerjpeg");
  const std::string input = raw_caps("I420", 64, 48);
  harness.set_input(input);
  ASSERT_EQ(harness.push(make_frame(input, 0)), GST_FLOW_OK);
  harness.set("lossless", TRUE);
  EXPECT_EQ(harness.push(make_frame(input, 1)), GST_FLOW_ERROR);
  EXPECT_EQ(harness.errors().size(), 1U);
  harness.set("lossless", FALSE);
  EXPECT_EQ(harness.push(make_frame(input, 2)), GST_FLOW_OK);
}

std::string text_of(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Properties, KeepWhatTheyAreSetToAndStandInTheManual) {
  Harness harness("imagepacker");
  guint count = 0;
  const std::string page = text_of(ELEMENTS_PAGE);
  GParamSpec** const specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(harness.element()), &count);
  int own = 0;
  for (guint i = 0; i < count; ++i) {
    if (std::string_view(g_type_name(specs[i]->owner_type)) != "ImagePackerEncoder") {
      continue;
    }
    ++own;
    SCOPED_TRACE(specs[i]->name);
    std::string row = "`";
    row.append(specs[i]->name).append("`");
    EXPECT_NE(page.find(row), std::string::npos) << "not in " << ELEMENTS_PAGE;
    EXPECT_NE(g_param_spec_get_blurb(specs[i]), nullptr);
    if ((specs[i]->flags & G_PARAM_WRITABLE) == 0) {
      continue;
    }
    EXPECT_TRUE(specs[i]->flags & GST_PARAM_MUTABLE_PLAYING);
    GValue value = G_VALUE_INIT;
    g_value_init(&value, specs[i]->value_type);
    g_object_get_property(G_OBJECT(harness.element()), specs[i]->name, &value);
    EXPECT_TRUE(g_param_value_defaults(specs[i], &value));
    // The highest value that it can have.
    if (G_IS_PARAM_SPEC_BOOLEAN(specs[i])) {
      g_value_set_boolean(&value, !g_value_get_boolean(&value));
    } else if (G_IS_PARAM_SPEC_ENUM(specs[i])) {
      g_value_set_enum(&value, G_PARAM_SPEC_ENUM(specs[i])->enum_class->maximum);
    } else if (G_IS_PARAM_SPEC_FLAGS(specs[i])) {
      g_value_set_flags(&value, 0);
    } else if (G_IS_PARAM_SPEC_INT(specs[i])) {
      g_value_set_int(&value, G_PARAM_SPEC_INT(specs[i])->maximum);
    } else if (G_IS_PARAM_SPEC_UINT(specs[i])) {
      g_value_set_uint(&value, G_PARAM_SPEC_UINT(specs[i])->maximum);
    } else if (G_IS_PARAM_SPEC_UINT64(specs[i])) {
      g_value_set_uint64(&value, G_PARAM_SPEC_UINT64(specs[i])->maximum);
    }
    g_object_set_property(G_OBJECT(harness.element()), specs[i]->name, &value);
    GValue read = G_VALUE_INIT;
    g_value_init(&read, specs[i]->value_type);
    g_object_get_property(G_OBJECT(harness.element()), specs[i]->name, &read);
    EXPECT_EQ(g_param_values_cmp(specs[i], &value, &read), 0);
    g_value_unset(&value);
    g_value_unset(&read);
  }
  g_free(specs);
  EXPECT_GE(own, 17);
}

}  // namespace
}  // namespace imagepacker::test
