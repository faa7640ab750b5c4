// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst_test.h"

// How the samples of a buffer are read.

namespace imagepacker::test {
namespace {

std::string packed(const std::string& element, const std::string& input, BufferPtr frame) {
  Harness harness(element);
  harness.set("effort", 1);
  harness.set_input(input);
  EXPECT_EQ(harness.push(std::move(frame)), GST_FLOW_OK) << input;
  const BufferPtr picture = harness.pull();
  return picture == nullptr ? "" : bytes_of(picture.get());
}

TEST(Frame, PaddingOfAGstVideoMetaChangesNothing) {
  for (const std::string& format : raw_format_names()) {
    const std::string input = raw_caps(format, 17, 13);
    // A multiple of every sample size, so that rows stay aligned to samples.
    constexpr int kPaddingBytes = 48;
    const std::string padded = packed("imagepackerpng", input, make_frame(input, 3, kPaddingBytes));
    EXPECT_FALSE(padded.empty()) << format;
    EXPECT_EQ(padded, packed("imagepackerpng", input, make_frame(input, 3))) << format;
  }
}

TEST(Frame, PoolWithVideoMetaIsProposed) {
  for (const std::string& element : element_names()) {
    Harness harness(element);
    const CapsPtr caps(gst_caps_from_string(raw_caps("I420", 64, 48).c_str()));
    GstQuery* const query = gst_query_new_allocation(caps.get(), TRUE);
    harness.set_input(raw_caps("I420", 64, 48));
    EXPECT_TRUE(gst_pad_peer_query(harness.get()->srcpad, query));
    EXPECT_TRUE(gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr)) << element;
    gst_query_unref(query);
  }
}

TEST(Frame, PlanesMayLieInMemoriesOfTheirOwn) {
  const std::string input = raw_caps("I420", 64, 48);
  const BufferPtr whole = make_frame(input, 1);
  GstVideoInfo info;
  const CapsPtr caps(gst_caps_from_string(input.c_str()));
  ASSERT_TRUE(gst_video_info_from_caps(&info, caps.get()));
  BufferPtr split(gst_buffer_new());
  for (guint p = 0; p < 3; ++p) {
    const gsize size = p < 2 ? info.offset[p + 1] - info.offset[p] : info.size - info.offset[p];
    gst_buffer_copy_into(split.get(), whole.get(),
                         static_cast<GstBufferCopyFlags>(GST_BUFFER_COPY_MEMORY | GST_BUFFER_COPY_DEEP), info.offset[p],
                         size);
  }
  ASSERT_EQ(gst_buffer_n_memory(split.get()), 3U);
  gst_buffer_add_video_meta_full(split.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 64, 48, 3, info.offset,
                                 info.stride);
  EXPECT_EQ(packed("imagepackerpng", input, std::move(split)), packed("imagepackerpng", input, make_frame(input, 1)));
}

/// What pushing `frame` as `input` fails with.
BusError error_of(const std::string& input, BufferPtr frame) {
  Harness harness("imagepackerjpeg");
  harness.set("snapshot", TRUE);
  harness.set_input(input);
  EXPECT_EQ(harness.push(std::move(frame)), GST_FLOW_ERROR);
  const auto errors = harness.errors();
  EXPECT_EQ(errors.size(), 1U);
  return errors.empty() ? BusError{} : errors.front();
}

TEST(Frame, TooSmallABufferIsRefused) {
  const std::string input = raw_caps("I420", 64, 48);
  BufferPtr frame = make_frame(input);
  gst_buffer_resize(frame.get(), 0, 64 * 48);
  const BusError error = error_of(input, std::move(frame));
  EXPECT_NE(error.message.find("3072 bytes"), std::string::npos) << error.message;
  EXPECT_EQ(error.domain, GST_STREAM_ERROR);
}

TEST(Frame, MetasThatLieAreRefused) {
  const std::string input = raw_caps("I420", 64, 48);
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, 64, 48);
  const auto with_meta = [&](int width, const gsize* offsets, const gint* strides) {
    BufferPtr frame = make_frame(input);
    gst_buffer_add_video_meta_full(frame.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420,
                                   static_cast<guint>(width), 48, 3, const_cast<gsize*>(offsets),
                                   const_cast<gint*>(strides));
    return frame;
  };
  BusError error = error_of(input, with_meta(32, info.offset, info.stride));
  EXPECT_NE(error.message.find("32×48"), std::string::npos) << error.message;

  const gint backwards[GST_VIDEO_MAX_PLANES] = {-64, -32, -32, 0};
  error = error_of(input, with_meta(64, info.offset, backwards));
  EXPECT_NE(error.message.find("-64"), std::string::npos) << error.message;

  const gint wide[GST_VIDEO_MAX_PLANES] = {4096, 2048, 2048, 0};
  error = error_of(input, with_meta(64, info.offset, wide));
  EXPECT_NE(error.message.find("stride 4096"), std::string::npos) << error.message;

  const gint narrow[GST_VIDEO_MAX_PLANES] = {32, 16, 16, 0};
  error = error_of(input, with_meta(64, info.offset, narrow));
  EXPECT_NE(error.message.find("stride of 32"), std::string::npos) << error.message;
}

TEST(Frame, OpaqueAlphaIsDropped) {
  // PNG colour types: 2 = RGB, 6 = RGB with alpha.
  constexpr std::size_t kColorTypeOffset = 25;
  const std::string input = raw_caps("RGBA", 16, 16);
  const auto frame_with_alpha = [&](guint8 last_alpha) {
    BufferPtr frame = make_frame(input);
    for (gsize i = 3; i < 16 * 16 * 4; i += 4) {
      gst_buffer_memset(frame.get(), i, 0xFF, 1);
    }
    gst_buffer_memset(frame.get(), 16 * 16 * 4 - 1, last_alpha, 1);
    return frame;
  };
  EXPECT_EQ(packed("imagepackerpng", input, frame_with_alpha(0xFF)).at(kColorTypeOffset), 2);
  EXPECT_EQ(packed("imagepackerpng", input, frame_with_alpha(0xFE)).at(kColorTypeOffset), 6);
}

TEST(Frame, PremultipliedAlphaIsTakenOffInPng) {
  // Half transparent, 0x40 premultiplied is 0x80 straight.
  const std::string input = raw_caps("RGBA", 8, 8);
  Pipeline pipeline("appsrc name=in format=time caps=" + input +
                    " ! imagepackerpng premultiplied-alpha=true ! pngdec ! "
                    "video/x-raw,format=RGBA ! appsink name=out sync=false");
  BufferPtr frame = make_frame(input);
  for (gsize i = 0; i < 8 * 8 * 4; i += 4) {
    gst_buffer_memset(frame.get(), i, 0x40, 3);
    gst_buffer_memset(frame.get(), i + 3, 0x80, 1);
  }
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  GstFlowReturn flow = GST_FLOW_ERROR;
  const auto source = pipeline.element("in");
  g_signal_emit_by_name(source.get(), "push-buffer", frame.get(), &flow);
  g_signal_emit_by_name(source.get(), "end-of-stream", &flow);
  GstSample* sample = nullptr;
  const auto sink = pipeline.element("out");
  g_signal_emit_by_name(sink.get(), "pull-sample", &sample);
  ASSERT_NE(sample, nullptr);
  const std::string pixels = bytes_of(gst_sample_get_buffer(sample));
  gst_sample_unref(sample);
  EXPECT_NEAR(static_cast<guint8>(pixels[0]), 0x80, 1);
  EXPECT_EQ(static_cast<guint8>(pixels[3]), 0x80);
}

TEST(Frame, MetasAboutPlacesEndWhenThePictureShrinks) {
  for (const bool is_shrunk : {false, true}) {
    Harness harness("imagepackerjpeg");
    harness.set("max-width", is_shrunk ? 32 : 0);
    const std::string input = raw_caps("I420", 64, 48);
    harness.set_input(input);
    BufferPtr frame = make_frame(input);
    gst_buffer_add_video_region_of_interest_meta(frame.get(), "face", 10, 10, 20, 20);
    ASSERT_EQ(harness.push(std::move(frame)), GST_FLOW_OK);
    const BufferPtr picture = harness.pull();
    ASSERT_NE(picture, nullptr);
    EXPECT_EQ(gst_buffer_get_meta(picture.get(), GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE) == nullptr, is_shrunk);
  }
}

}  // namespace
}  // namespace imagepacker::test
