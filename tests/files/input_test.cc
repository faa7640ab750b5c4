// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <gst/app/gstappsrc.h>
#include <unistd.h>

#include <memory>

#include "files/photo_folder.h"

// What goes into imagepackersink: raw video of any layout, image files in streams and in pieces.

namespace imagepacker::test {
namespace {

const std::string kSource = "videotestsrc num-buffers=1 ! video/x-raw,width=64,height=48,framerate=30/1 ! ";
const std::string kTwoFrames = "videotestsrc num-buffers=2 ! video/x-raw,width=64,height=48,framerate=30/1 ! ";

struct SampleUnref {
  void operator()(GstSample* sample) const { gst_sample_unref(sample); }
};
using SamplePtr = std::unique_ptr<GstSample, SampleUnref>;

TEST(SinkInput, LayoutsThatThePackerDoesNotKnowAreConverted) {
  const PhotoFolder folder;
  Pipeline pipeline(
      "videotestsrc num-buffers=1 ! video/x-raw,format=IYU1,width=64,height=48 ! imagepackersink location=" +
      folder.path("photo.png"));
  EXPECT_EQ(run(pipeline).size(), 1U) << (pipeline.errors().empty() ? "" : pipeline.errors()[0].message);
  EXPECT_EQ(format_of(folder.content("photo.png")), "png");
}

TEST(SinkInput, OnlySystemMemoryIsAskedFor) {
  for (const char* const location : {"", "photo.png"}) {
    const ObjectPtr<GstElement> sink(
        GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("imagepackersink", nullptr))));
    g_object_set(sink.get(), "location", location, nullptr);
    const ObjectPtr<GstPad> pad(gst_element_get_static_pad(sink.get(), "sink"));
    const CapsPtr wanted(gst_pad_query_caps(pad.get(), nullptr));
    for (const char* const feature : {"memory:DMABuf", "memory:GLMemory", "format:Interlaced"}) {
      const CapsPtr foreign(gst_caps_from_string((std::string("video/x-raw(") + feature + ")").c_str()));
      EXPECT_FALSE(gst_caps_can_intersect(wanted.get(), foreign.get())) << feature;
      EXPECT_FALSE(gst_pad_query_accept_caps(pad.get(), foreign.get())) << feature;
    }
    const CapsPtr avif(gst_caps_new_empty_simple("image/avif"));
    EXPECT_EQ(gst_caps_can_intersect(wanted.get(), avif.get()), *location != 0);
    EXPECT_TRUE(gst_pad_query_accept_caps(pad.get(), avif.get()));
    const CapsPtr converted(gst_caps_from_string("video/x-raw,format=IYU1"));
    EXPECT_TRUE(gst_caps_can_intersect(wanted.get(), converted.get()));
  }
}

TEST(SinkInput, PackedImagesAreWrittenAsTheyAre) {
  for (const FormatInfo& format : supported_formats()) {
    const PhotoFolder folder;
    const std::string name = "copy." + std::string(format.extensions.front());
    Pipeline pipeline(kSource + "imagepacker" + std::string(format.name) +
                      " ! tee name=t ! queue ! imagepackersink location=" + folder.path(name) +
                      " t. ! queue ! filesink location=" + folder.path("original"));
    EXPECT_EQ(run(pipeline).size(), 1U);
    EXPECT_EQ(folder.content(name), folder.content("original")) << name;
  }
}

TEST(SinkInput, PackedImagesOfAnotherFormatArePackedAnew) {
  for (const FormatInfo& from : supported_formats()) {
    for (const FormatInfo& to : supported_formats()) {
      const PhotoFolder folder;
      const std::string name = "new_%d." + std::string(to.extensions.front());
      Pipeline pipeline(kTwoFrames + "imagepacker" + std::string(from.name) +
                        " ! imagepackersink location=" + folder.path(name));
      const auto files = run(pipeline);
      ASSERT_EQ(files.size(), 2U) << from.name << " to " << to.name
                                  << (pipeline.errors().empty() ? "" : pipeline.errors()[0].message);
      EXPECT_EQ(format_of(folder.content(folder.names()[1])), to.name);
      EXPECT_EQ(files[1].pts, GST_SECOND / 30);
    }
  }
}

/// Writes a small picture to `name` in `folder`.
void make_file(const PhotoFolder& folder, const std::string& name) {
  Pipeline pipeline(
      "videotestsrc num-buffers=1 pattern=snow ! video/x-raw,width=320,height=240 ! imagepackersink location=" +
      folder.path(name));
  EXPECT_EQ(run(pipeline).size(), 1U) << name;
}

TEST(SinkInput, FilesAreReadWhole) {
  for (const FormatInfo& from : supported_formats()) {
    const PhotoFolder folder;
    const std::string original = "a." + std::string(from.extensions.front());
    make_file(folder, original);
    for (const char* const by : {"", "typefind ! "}) {
      for (const FormatInfo& to : supported_formats()) {
        const std::string name = "new." + std::string(to.extensions.front());
        Pipeline pipeline("filesrc blocksize=1000 location=" + folder.path(original) + " ! " + by +
                          "imagepackersink location=" + folder.path(name));
        const auto files = run(pipeline);
        ASSERT_EQ(files.size(), 1U) << original << ' ' << by << name
                                    << (pipeline.errors().empty() ? "" : pipeline.errors()[0].message);
        EXPECT_EQ(files[0].width, 320);
        EXPECT_EQ(files[0].height, 240);
        EXPECT_EQ(format_of(folder.content(name)), to.name) << original << ' ' << by << name;
        if (from.format == to.format) {
          EXPECT_EQ(folder.content(name), folder.content(original)) << by << name;
        }
      }
    }
  }
}

TEST(SinkInput, FilesStayAsTheyAreWhereNothingSaysAFormat) {
  for (const FormatInfo& format : supported_formats()) {
    const PhotoFolder folder;
    const std::string original = "a." + std::string(format.extensions.front());
    make_file(folder, original);
    for (const char* const by : {"", "typefind ! "}) {
      const int fd = open(folder.path("fd").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
      Pipeline pipeline("filesrc location=" + folder.path(original) + " ! " + by +
                        "imagepackersink fd=" + std::to_string(fd));
      EXPECT_EQ(run(pipeline).size(), 1U) << by << original;
      EXPECT_EQ(folder.content("fd"), folder.content(original)) << by;
      close(fd);
    }
  }
}

TEST(SinkInput, WhatComesWithoutCapsIsToldByItsBytes) {
  const PhotoFolder folder;
  make_file(folder, "a.jpg");
  make_file(folder, "b.png");
  // GStreamer warns of events that come out of order.
  const GLogLevelFlags fatal =
      g_log_set_always_fatal(static_cast<GLogLevelFlags>(G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING));
  Pipeline pipeline("appsrc name=source format=time ! imagepackersink location=" + folder.path("%d.jpg"));
  const auto source = pipeline.element("source");
  for (const char* const name : {"a.jpg", "b.png", "a.jpg"}) {
    gst_app_src_push_buffer(GST_APP_SRC(source.get()), buffer_of(folder.content(name)).release());
  }
  gst_app_src_end_of_stream(GST_APP_SRC(source.get()));
  EXPECT_EQ(run(pipeline).size(), 3U) << (pipeline.errors().empty() ? "" : pipeline.errors()[0].message);
  EXPECT_EQ(folder.content("0.jpg"), folder.content("a.jpg"));
  EXPECT_EQ(format_of(folder.content("1.jpg")), "jpeg");
  EXPECT_EQ(folder.content("2.jpg"), folder.content("a.jpg"));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  g_log_set_always_fatal(fatal);
}

TEST(SinkInput, AChangeFromFramesToFilesIsAnErrorThatSaysWhatToDo) {
  const PhotoFolder folder;
  make_file(folder, "a.jpg");
  Pipeline pipeline("appsrc name=source format=time ! imagepackersink location=" + folder.path("%d.jpg"));
  const auto source = pipeline.element("source");
  const std::string raw = raw_caps("I420", 64, 48);
  const auto push = [&](const BufferPtr& buffer, const std::string& caps_text) {
    const CapsPtr caps(gst_caps_from_string(caps_text.c_str()));
    const SamplePtr sample(gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr));
    gst_app_src_push_sample(GST_APP_SRC(source.get()), sample.get());
  };
  push(make_frame(raw), raw);
  push(buffer_of(folder.content("a.jpg")), "image/jpeg,width=320,height=240,framerate=30/1");
  gst_app_src_end_of_stream(GST_APP_SRC(source.get()));
  run(pipeline);
  ASSERT_FALSE(pipeline.errors().empty());
  EXPECT_NE(pipeline.errors()[0].message.find("set the sink to READY in between, or use one sink for each"),
            std::string::npos)
      << pipeline.errors()[0].message;
}

TEST(SinkInput, AStreamWithoutAnythingEndsWithoutAPhoto) {
  const PhotoFolder folder;
  for (const char* nothing :
       {"fakesrc num-buffers=0", "videotestsrc num-buffers=0", "fakesrc num-buffers=0 ! image/jpeg"}) {
    Pipeline pipeline(nothing + (" ! imagepackersink location=" + folder.path("photo.jpg")));
    EXPECT_TRUE(run(pipeline).empty()) << nothing;
    EXPECT_TRUE(pipeline.errors().empty()) << nothing << ": " << pipeline.errors()[0].message;
  }
  EXPECT_TRUE(folder.names().empty());
}

TEST(SinkInput, ABufferOfNothingIsNoPhoto) {
  const PhotoFolder folder;
  for (const char* const format : {"bytes", "time"}) {
    Pipeline pipeline("fakesrc num-buffers=1 format=" + std::string(format) +
                      " ! imagepackersink location=" + folder.path("photo.jpg"));
    EXPECT_TRUE(run(pipeline).empty());
    ASSERT_FALSE(pipeline.errors().empty());
    EXPECT_NE(pipeline.errors()[0].message.find("no bytes"), std::string::npos) << pipeline.errors()[0].message;
  }
  EXPECT_TRUE(folder.names().empty());
}

TEST(SinkInput, AStreamWithoutEndIsAnErrorBeforeItFillsTheMemory) {
  constexpr std::size_t kPieceBytes = std::size_t{1} << 26;
  std::vector<std::uint8_t> zeros(kPieceBytes);
  const PhotoFolder folder;
  Pipeline pipeline("appsrc name=source format=bytes caps=image/jpeg ! imagepackersink location=" +
                    folder.path("photo.jpg"));
  const auto source = pipeline.element("source");
  for (std::size_t i = 0; i < 17; ++i) {
    GstBuffer* const piece = gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, zeros.data(), kPieceBytes, 0,
                                                         kPieceBytes, nullptr, nullptr);
    gst_app_src_push_buffer(GST_APP_SRC(source.get()), piece);
  }
  gst_app_src_end_of_stream(GST_APP_SRC(source.get()));
  EXPECT_TRUE(run(pipeline).empty());
  ASSERT_FALSE(pipeline.errors().empty());
  EXPECT_NE(pipeline.errors()[0].message.find("more than 1073741824 bytes"), std::string::npos)
      << pipeline.errors()[0].message;
  EXPECT_TRUE(folder.names().empty());
}

TEST(SinkInput, ItMayBeStartedAgainForAnotherKindOfInput) {
  const PhotoFolder folder;
  const ObjectPtr<GstElement> sink(
      GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("imagepackersink", nullptr))));
  g_object_set(sink.get(), "location", folder.path("%d.jpg").c_str(), nullptr);
  for (const char* const line : {"videotestsrc num-buffers=1 ! capsfilter name=last",
                                 "videotestsrc num-buffers=1 ! imagepackerjpeg ! capsfilter name=last",
                                 "videotestsrc num-buffers=1 ! capsfilter name=last"}) {
    Pipeline pipeline(line);
    gst_bin_add(GST_BIN(pipeline.get()), sink.get());
    ASSERT_TRUE(gst_element_link(pipeline.element("last").get(), sink.get()));
    EXPECT_EQ(run(pipeline).size(), 1U) << line;
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    gst_bin_remove(GST_BIN(pipeline.get()), sink.get());
  }
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"0.jpg", "1.jpg", "2.jpg"}));
}

}  // namespace
}  // namespace imagepacker::test
