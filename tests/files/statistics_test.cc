// SPDX-License-Identifier: LGPL-2.1-or-later
#include <optional>
#include <string>

#include "files/photo_folder.h"

// What encoder and sink tell of their work.

namespace imagepacker::test {
namespace {

guint64 statistic(GstElement* element, const char* name) {
  GstStructure* stats = nullptr;
  g_object_get(element, "stats", &stats, nullptr);
  guint64 value = 0;
  EXPECT_TRUE(gst_structure_get_uint64(stats, name, &value)) << name;
  gst_structure_free(stats);
  return value;
}

TEST(Statistics, FramesAndBytesAreThoseThatWentOut) {
  const PhotoFolder folder;
  Pipeline pipeline(
      "videotestsrc num-buffers=4 ! video/x-raw,width=64,height=48 ! tee name=t ! imagepackerpng name=packer ! "
      "fakesink t. ! imagepackersink name=sink location=" +
      folder.path("%d.jpg"));
  const auto files = run(pipeline);
  const auto packer = pipeline.element("packer");
  const auto sink = pipeline.element("sink");
  guint64 bytes = 0;
  for (const FileMessage& file : files) {
    bytes += file.size;
  }
  EXPECT_EQ(statistic(packer.get(), "frames"), 4U);
  EXPECT_GT(statistic(packer.get(), "bytes"), 4U * 64);
  EXPECT_GT(statistic(packer.get(), "last-encode-time"), 0U);
  EXPECT_EQ(statistic(packer.get(), "dropped"), 0U);
  EXPECT_EQ(statistic(sink.get(), "frames"), 4U);
  EXPECT_EQ(statistic(sink.get(), "bytes"), bytes);
  EXPECT_EQ(statistic(sink.get(), "last-encode-time"), files.back().encode_time);
  gst_element_set_state(pipeline.get(), GST_STATE_READY);
  gst_element_set_state(pipeline.get(), GST_STATE_PAUSED);
  EXPECT_EQ(statistic(packer.get(), "dropped"), 0U);
}

TEST(Statistics, FramesThatComeTooLateAreDropped) {
  Harness harness("imagepackerjpeg");
  harness.set("qos", TRUE);
  const std::string caps = raw_caps("I420", 64, 48);
  harness.set_input(caps);
  ASSERT_EQ(harness.push(make_frame(caps, 0)), GST_FLOW_OK);
  harness.pull();
  // Downstream has shown the first one a tenth of a second too late.
  gst_harness_push_upstream_event(harness.get(), gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 1.0, GST_SECOND / 10, 0));
  for (int i = 1; i < 20; ++i) {
    ASSERT_EQ(harness.push(make_frame(caps, i)), GST_FLOW_OK);
  }
  gst_harness_push_event(harness.get(), gst_event_new_eos());
  const guint64 dropped = statistic(harness.element(), "dropped");
  EXPECT_GT(dropped, 0U);
  EXPECT_LT(dropped, 19U);
  EXPECT_EQ(statistic(harness.element(), "frames"), 20 - dropped);
}

/// Kind and text of a progress message.
struct Said {
  GstProgressType type = GST_PROGRESS_TYPE_ERROR;
  std::string text;
};

std::optional<Said> progress_in(GstMessage* message) {
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_PROGRESS) {
    return std::nullopt;
  }
  Said said;
  gchar* code = nullptr;
  gchar* text = nullptr;
  gst_message_parse_progress(message, &said.type, &code, &text);
  EXPECT_STREQ(code, "encode");
  said.text = text;
  g_free(code);
  g_free(text);
  return said;
}

// A picture that the highest effort finds much to try in: many seconds of one thread.
TEST(Progress, EncodesOfMoreThanASecondSaySo) {
  const PhotoFolder folder;
  Pipeline pipeline(
      "videotestsrc pattern=circular num-buffers=1 ! video/x-raw,format=RGB,width=4000,height=3000 ! imagepackersink "
      "effort=10 max-threads=1 location=" +
      folder.path("slow.png"));
  std::optional<Said> said;
  const auto is_next = [&](GstMessage* message) { return (said = progress_in(message)).has_value(); };
  ASSERT_TRUE(pipeline.run_until(is_next));
  EXPECT_EQ(said->type, GST_PROGRESS_TYPE_START);
  EXPECT_EQ(said->text, "encoding a picture for 1 s");
  ASSERT_TRUE(pipeline.run_until(is_next));
  EXPECT_EQ(said->type, GST_PROGRESS_TYPE_CONTINUE);
  EXPECT_EQ(said->text, "encoding a picture for 2 s");
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  EXPECT_EQ(folder.names(), std::vector<std::string>{});
}

TEST(Progress, QuickEncodesSayNothing) {
  Pipeline pipeline("videotestsrc num-buffers=5 ! video/x-raw,width=64,height=48 ! imagepackerpng ! fakesink");
  bool is_said = false;
  EXPECT_TRUE(pipeline.run_until([&](GstMessage* message) {
    is_said = is_said || progress_in(message).has_value();
    return GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
  }));
  EXPECT_FALSE(is_said);
}

}  // namespace
}  // namespace imagepacker::test
