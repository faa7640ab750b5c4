// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>

#include "files/photo_folder.h"

// Single frames out of a stream, and many at once.

namespace imagepacker::test {
namespace {

guint take_photo(GstElement* sink) {
  guint request = 0;
  g_signal_emit_by_name(sink, "take-photo", &request);
  return request;
}

/// A stream whose frames the test pushes one by one, and a sink that waits to be asked.
class Camera {
 public:
  explicit Camera(const std::string& sink_settings)
      : pipeline_("appsrc name=source format=time is-live=true caps=" + raw_caps("I420", 64, 48) +
                  " ! imagepackersink name=sink on-request=true " + sink_settings),
        source_(pipeline_.element("source")),
        sink_(pipeline_.element("sink")) {
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    EXPECT_EQ(gst_element_get_state(pipeline_.get(), nullptr, nullptr, GST_SECOND * 10), GST_STATE_CHANGE_SUCCESS)
        << "it waits for a first photo";
  }

  Pipeline& pipeline() { return pipeline_; }
  GstElement* sink() { return sink_.get(); }
  GstElement* source() { return source_.get(); }

  /// Frame number `i`, which is with the sink when this returns.
  void push(int i) {
    const ObjectPtr<GstPad> pad(gst_element_get_static_pad(sink(), "sink"));
    guint64 before = arrived_;
    if (probe_ == 0) {
      probe_ = gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, count, this, nullptr);
    }
    gst_app_src_push_buffer(GST_APP_SRC(source()), make_frame(raw_caps("I420", 64, 48), i).release());
    while (arrived_ == before) {
      g_usleep(500);
    }
    // What the sink does with it follows the count; the next frame or request must, too.
    GST_PAD_STREAM_LOCK(pad.get());
    GST_PAD_STREAM_UNLOCK(pad.get());
  }

  std::vector<FileMessage> end() {
    gst_app_src_end_of_stream(GST_APP_SRC(source()));
    return run(pipeline_);
  }

 private:
  static GstPadProbeReturn count(GstPad*, GstPadProbeInfo*, gpointer camera) {
    ++static_cast<Camera*>(camera)->arrived_;
    return GST_PAD_PROBE_OK;
  }

  Pipeline pipeline_;
  ObjectPtr<GstElement> source_;
  ObjectPtr<GstElement> sink_;
  std::atomic<guint64> arrived_ = 0;
  gulong probe_ = 0;
};

std::vector<int> frame_numbers(const std::vector<FileMessage>& files) {
  std::vector<int> numbers;
  for (const FileMessage& file : files) {
    numbers.push_back(static_cast<int>(file.pts / (GST_SECOND / 30)));
  }
  return numbers;
}

TEST(TakePhoto, TheNextFrameAndNoOtherIsPacked) {
  const PhotoFolder folder;
  Camera camera("location=" + folder.path("%d.jpg"));
  camera.push(0);
  EXPECT_EQ(take_photo(camera.sink()), 1U);
  camera.push(1);
  camera.push(2);
  EXPECT_EQ(take_photo(camera.sink()), 2U);
  EXPECT_EQ(take_photo(camera.sink()), 3U);
  for (int i = 3; i < 7; ++i) {
    camera.push(i);
  }
  const auto files = camera.end();
  EXPECT_EQ(frame_numbers(files), (std::vector<int>{1, 3, 4}));
  ASSERT_EQ(files.size(), 3U);
  for (guint i = 0; i < 3; ++i) {
    EXPECT_EQ(files[i].request, i + 1);
    EXPECT_EQ(files[i].index, i);
  }
}

TEST(TakePhoto, EventsFromBothSidesAskForAFrame) {
  const PhotoFolder folder;
  Camera camera("location=" + folder.path("%d.jpg"));
  camera.push(0);
  EXPECT_TRUE(
      gst_element_send_event(camera.sink(), gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0)));
  camera.push(1);
  camera.push(2);
  EXPECT_TRUE(gst_element_send_event(
      camera.source(), gst_video_event_new_downstream_force_key_unit(GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE,
                                                                     GST_CLOCK_TIME_NONE, TRUE, 0)));
  camera.push(3);
  camera.push(4);
  EXPECT_EQ(frame_numbers(camera.end()), (std::vector<int>{1, 3}));
}

TEST(TakePhoto, AnyThreadMayAsk) {
  constexpr int kThreads = 4;
  constexpr int kEach = 25;
  const PhotoFolder folder;
  Camera camera("durability=none location=" + folder.path("%d.jpg"));
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::set<guint> requests;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        const guint request = take_photo(camera.sink());
        const std::lock_guard lock(mutex);
        requests.insert(request);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(requests.size(), static_cast<std::size_t>(kThreads * kEach));
  // More than one for each: those for which there is no room yet wait.
  std::vector<FileMessage> files;
  std::thread feeder([&] {
    for (int i = 0; i < kThreads * kEach * 100; ++i) {
      camera.push(i);
      guint64 index = 0;
      g_object_get(camera.sink(), "index", &index, nullptr);
      if (index == kThreads * kEach) {
        break;
      }
    }
    gst_app_src_end_of_stream(GST_APP_SRC(camera.source()));
  });
  files = run(camera.pipeline());
  feeder.join();
  ASSERT_EQ(files.size(), static_cast<std::size_t>(kThreads * kEach));
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ(files[i].request, i + 1);
  }
  EXPECT_EQ(folder.names().size(), files.size());
}

TEST(TakePhoto, NothingIsTakenWhereNothingCanBe) {
  const PhotoFolder folder;
  const ObjectPtr<GstElement> sink(
      GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("imagepackersink", nullptr))));
  EXPECT_EQ(take_photo(sink.get()), 0U);
  g_object_set(sink.get(), "on-request", TRUE, nullptr);
  EXPECT_EQ(take_photo(sink.get()), 0U);
  EXPECT_FALSE(
      gst_element_send_event(sink.get(), gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0)));
}

TEST(TakePhoto, RequestsThatTheEndLeavesOverAreSaid) {
  const PhotoFolder folder;
  Camera camera("location=" + folder.path("%d.jpg"));
  camera.push(0);
  take_photo(camera.sink());
  gst_app_src_end_of_stream(GST_APP_SRC(camera.source()));
  bool is_said = false;
  camera.pipeline().run_until([&](GstMessage* message) {
    is_said = is_said || GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING;
    return GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
  });
  EXPECT_TRUE(is_said);
}

TEST(TakePhoto, APhotoGoesWhereTheLocationWasWhenItsFrameCame) {
  const PhotoFolder folder;
  Camera camera("location=" + folder.path("a.jpg"));
  const char* const names[] = {"a.jpg", "b.heic", "c.png", "d.jpg", "e.webp"};
  int frame = 0;
  for (const char* const name : names) {
    g_object_set(camera.sink(), "location", folder.path(name).c_str(), nullptr);
    take_photo(camera.sink());
    camera.push(frame++);
  }
  const auto files = camera.end();
  ASSERT_EQ(files.size(), 5U) << (camera.pipeline().errors().empty() ? "" : camera.pipeline().errors()[0].message);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(files[i].location, folder.path(names[i]));
    EXPECT_EQ(format_of(folder.content(names[i])), files[i].format);
  }
}

TEST(TakePhoto, EverythingMayChangeWhilePhotosAreTaken) {
  const PhotoFolder folder;
  for (int round = 0; round < 5; ++round) {
    Pipeline pipeline(
        "videotestsrc ! video/x-raw,format=I420,width=160,height=120 ! imagepackersink name=sink "
        "on-request=true durability=none location=" +
        folder.path("a%d.jpg"));
    const auto sink = pipeline.element("sink");
    std::jthread presses([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        take_photo(sink.get());
        g_usleep(1000);
      }
    });
    std::jthread settings([&](const std::stop_token& stop) {
      for (int i = 0; !stop.stop_requested(); ++i) {
        const char* const name = i % 3 == 0 ? "a%d.jpg" : i % 3 == 1 ? "b%d.png" : "c%d.webp";
        g_object_set(sink.get(), "location", folder.path(name).c_str(), "quality", i % 101, "max-files", 5, nullptr);
        GstStructure* stats = nullptr;
        guint64 index = 0;
        g_object_get(sink.get(), "stats", &stats, "index", &index, nullptr);
        gst_structure_free(stats);
        g_usleep(500);
      }
    });
    for (int i = 0; i < 4; ++i) {
      ASSERT_NE(gst_element_set_state(pipeline.get(), GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
      g_usleep(50 * 1000);
      ASSERT_NE(gst_element_set_state(pipeline.get(), i % 2 == 0 ? GST_STATE_READY : GST_STATE_NULL),
                GST_STATE_CHANGE_FAILURE);
    }
    presses.request_stop();
    settings.request_stop();
    presses.join();
    settings.join();
    const ObjectPtr<GstBus> bus(gst_element_get_bus(pipeline.get()));
    while (GstMessage* const message = gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR)) {
      ADD_FAILURE() << gst_structure_to_string(gst_message_get_structure(message));
      gst_message_unref(message);
    }
  }
  for (const std::string& name : folder.names()) {
    EXPECT_NE(format_of(folder.content(name)), "") << name;
  }
}

/// Resident memory of this process in kilobytes.
long resident_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) {
      return std::stol(line.substr(6));
    }
  }
  return 0;
}

// With several arenas threads leave free memory behind that looks like a loss.
[[maybe_unused]] const int kOneArena = mallopt(M_ARENA_MAX, 1);

/// A sanitizer keeps freed memory, and tells of lost memory itself.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#elif defined(__has_feature)
constexpr bool kIsSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kIsSanitized = false;
#endif

/// Takes photos of numbers `first` to before `end`; what this process holds afterwards, in kilobytes.
long take_burst(const PhotoFolder& folder, std::size_t first, std::size_t end) {
  Pipeline pipeline("videotestsrc pattern=smpte num-buffers=" + std::to_string(end - first) +
                    " ! video/x-raw,format=I420,width=1920,height=1080,framerate=30/1 ! "
                    "imagepackersink durability=none index=" +
                    std::to_string(first) + " location=" + folder.path("%04d.jpg"));
  std::size_t count = first;
  EXPECT_TRUE(pipeline.run_until([&](GstMessage* message) {
    if (const auto file = file_message(message)) {
      EXPECT_EQ(file->index, count);
      EXPECT_EQ(file->pts, gst_util_uint64_scale(count - first, GST_SECOND, 30));
      ++count;
    }
    return GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
  }));
  EXPECT_EQ(count, end);
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  malloc_trim(0);
  return resident_kilobytes();
}

TEST(Burst, AThousandShotsLoseNothing) {
  constexpr std::size_t kShots = 1000;
  constexpr std::size_t kWarmUp = 200;
  // 0 to 64 kB were measured for 800 shots, 4 for 600 more. A frame has 3 MB, a file 90 kB.
  constexpr long kGrowthKilobytes = 1024;
  const PhotoFolder folder;
  const long before = take_burst(folder, 0, kWarmUp);
  const long after = take_burst(folder, kWarmUp, kShots);
  std::cout << "memory: " << before << " kB after " << kWarmUp << " shots, " << after << " kB after " << kShots << "\n";
  EXPECT_TRUE(kIsSanitized || after - before < kGrowthKilobytes) << after - before;
  const auto names = folder.names();
  ASSERT_EQ(names.size(), kShots);
  EXPECT_EQ(names.front(), "0000.jpg");
  EXPECT_EQ(names.back(), "0999.jpg");
  for (const std::string& name : names) {
    ASSERT_EQ(format_of(folder.content(name)), "jpeg") << name;
  }
}

/// The longest time between two frames of the preview.
struct Preview {
  std::atomic<gint64> longest_us = 0;
  std::atomic<gint64> last_us = 0;
  std::atomic<int> frames = 0;
};

void note_frame(GstElement*, GstBuffer*, GstPad*, gpointer data) {
  auto& preview = *static_cast<Preview*>(data);
  const gint64 now = g_get_monotonic_time();
  if (const gint64 last = preview.last_us.exchange(now); last != 0) {
    preview.longest_us = std::max(preview.longest_us.load(), now - last);
  }
  ++preview.frames;
}

/// IMAGEPACKER_PREVIEW_SECONDS makes it longer. How long the preview ever waited is said and is for who reads it: on a
/// busy machine it says more of the machine.
TEST(TakePhoto, APreviewGoesOnWhilePhotosAreTaken) {
  const char* const wanted = std::getenv("IMAGEPACKER_PREVIEW_SECONDS");
  const int seconds = wanted != nullptr ? std::atoi(wanted) : 3;
  const PhotoFolder folder;
  Pipeline pipeline(
      "videotestsrc is-live=true num-buffers=" + std::to_string(seconds * 30) +
      " ! video/x-raw,format=I420,width=1920,height=1080,framerate=30/1 ! tee name=t ! queue ! fakesink "
      "name=preview signal-handoffs=true sync=true t. ! imagepackersink name=sink on-request=true location=" +
      folder.path("%d.heic"));
  Preview preview;
  const auto shown = pipeline.element("preview");
  g_signal_connect(shown.get(), "handoff", G_CALLBACK(note_frame), &preview);
  const auto sink = pipeline.element("sink");
  std::atomic<bool> is_over = false;
  std::atomic<int> asked = 0;
  std::thread presses([&] {
    while (!is_over) {
      asked += take_photo(sink.get()) != 0 ? 1 : 0;
      g_usleep(1000 * 1000);
    }
  });
  const auto files = run(pipeline);
  is_over = true;
  presses.join();
  std::cout << "preview: " << preview.frames << " frames, the longest wait " << preview.longest_us / 1000 << " ms; "
            << files.size() << " photos\n";
  EXPECT_EQ(preview.frames, seconds * 30);
  EXPECT_GE(files.size() + 1, static_cast<std::size_t>(asked.load() - 1));
  EXPECT_GE(files.size(), 2U);
}

}  // namespace
}  // namespace imagepacker::test
