// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>

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

TEST(Frame, SamplesMayLieAtOddAddresses) {
  for (const std::string& format : raw_format_names()) {
    for (const std::string element : {"imagepackerpng", "imagepackerjpeg"}) {
      const std::string input = raw_caps(format, 17, 13);
      const std::string padded = packed(element, input, make_frame(input, 3, 1));
      EXPECT_FALSE(padded.empty()) << format;
      EXPECT_EQ(padded, packed(element, input, make_frame(input, 3))) << format;
    }
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

TEST(Frame, PlanesOutsideTheBufferAreRefused) {
  for (const std::string& format : raw_format_names()) {
    const std::string input = raw_caps(format, 17, 13);
    const CapsPtr caps(gst_caps_from_string(input.c_str()));
    GstVideoInfo info;
    ASSERT_TRUE(gst_video_info_from_caps(&info, caps.get()));
    const guint last = GST_VIDEO_INFO_N_PLANES(&info) - 1;
    for (const gsize offset : {G_MAXSIZE, G_MAXSIZE - 5, gsize{1} << 63, info.size, info.size - 1}) {
      BufferPtr frame = make_frame(input);
      std::array<gsize, GST_VIDEO_MAX_PLANES> offsets{};
      std::copy_n(info.offset, GST_VIDEO_MAX_PLANES, offsets.begin());
      offsets[last] = offset;
      gst_buffer_add_video_meta_full(frame.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info), 17, 13,
                                     last + 1, offsets.data(), info.stride);
      EXPECT_FALSE(error_of(input, std::move(frame)).message.empty()) << format << " at " << offset;
    }
    for (const gint stride : {0, 1, G_MAXINT, G_MININT}) {
      BufferPtr frame = make_frame(input);
      std::array<gint, GST_VIDEO_MAX_PLANES> strides{};
      std::copy_n(info.stride, GST_VIDEO_MAX_PLANES, strides.begin());
      strides[last] = stride;
      gst_buffer_add_video_meta_full(frame.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info), 17, 13,
                                     last + 1, info.offset, strides.data());
      EXPECT_NE(error_of(input, std::move(frame)).message.find("stride"), std::string::npos) << format << " " << stride;
    }
  }
}

TEST(Frame, ReadOnlySharedAndScatteredMemoryIsRead) {
  const std::string input = raw_caps("NV12", 64, 48);
  const std::string expected = packed("imagepackerpng", input, make_frame(input, 2));
  const BufferPtr whole = make_frame(input, 2);
  const gsize size = gst_buffer_get_size(whole.get());
  EXPECT_EQ(packed("imagepackerpng", input, BufferPtr(gst_buffer_ref(whole.get()))), expected);

  std::string samples = bytes_of(whole.get());
  EXPECT_EQ(packed("imagepackerpng", input,
                   BufferPtr(gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, samples.data(), size, 0, size,
                                                         nullptr, nullptr))),
            expected);

  BufferPtr scattered(gst_buffer_new());
  constexpr gsize kPieces = 12;
  for (gsize i = 0; i < kPieces; ++i) {
    gst_buffer_copy_into(scattered.get(), whole.get(),
                         static_cast<GstBufferCopyFlags>(GST_BUFFER_COPY_MEMORY | GST_BUFFER_COPY_DEEP),
                         size * i / kPieces, size * (i + 1) / kPieces - size * i / kPieces);
  }
  EXPECT_EQ(packed("imagepackerpng", input, std::move(scattered)), expected);
}

// As that of some graphics cards.
BufferPtr unmappable(gsize size) {
  struct Allocator {
    GstAllocator parent;
  };
  static const GType type = g_type_register_static_simple(
      GST_TYPE_ALLOCATOR, "TestUnmappableAllocator", sizeof(GstAllocatorClass),
      [](gpointer klass, gpointer) {
        auto* const allocator = static_cast<GstAllocatorClass*>(klass);
        allocator->alloc = [](GstAllocator* self, gsize bytes, GstAllocationParams*) {
          GstMemory* const memory = g_new0(GstMemory, 1);
          gst_memory_init(memory, GST_MEMORY_FLAG_NO_SHARE, self, nullptr, bytes, 0, 0, bytes);
          return memory;
        };
        allocator->free = [](GstAllocator*, GstMemory* memory) { g_free(memory); };
      },
      sizeof(Allocator),
      [](GTypeInstance* instance, gpointer) {
        auto* const allocator = reinterpret_cast<GstAllocator*>(instance);
        allocator->mem_type = "card";
        allocator->mem_map = [](GstMemory*, gsize, GstMapFlags) -> gpointer { return nullptr; };
        allocator->mem_unmap = [](GstMemory*) {};
      },
      static_cast<GTypeFlags>(0));
  const ObjectPtr<GstAllocator> allocator(GST_ALLOCATOR(gst_object_ref_sink(g_object_new(type, nullptr))));
  return BufferPtr(gst_buffer_new_allocate(allocator.get(), size, nullptr));
}

TEST(Frame, MemoryThatCantBeMappedIsNamed) {
  const BusError error = error_of(raw_caps("I420", 64, 48), unmappable(64 * 48 * 3 / 2));
  EXPECT_NE(error.message.find("of the kind card"), std::string::npos) << error.message;
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
