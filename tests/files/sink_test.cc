// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <regex>
#include <thread>

#include "files/photo_folder.h"

// imagepackersink without faults: where photos go, what is said of them.

namespace imagepacker::test {
namespace {

using Names = std::vector<std::string>;

const std::string kSource = "videotestsrc num-buffers=1 ! video/x-raw,width=64,height=48,framerate=30/1 ! ";

std::string source(int frames, const std::string& more = "") {
  return "videotestsrc num-buffers=" + std::to_string(frames) + " ! video/x-raw,width=64,height=48,framerate=30/1" +
         more + " ! ";
}

/// The message of the error that `line` ends with, "" when it ends well.
std::string error_of(const std::string& line) {
  Pipeline pipeline(line);
  return pipeline.run() ? "" : pipeline.errors().empty() ? "no message" : pipeline.errors()[0].message;
}

TEST(Sink, TheExtensionChoosesTheFormat) {
  for (const FormatInfo& format : supported_formats()) {
    for (const std::string_view extension : format.extensions) {
      const PhotoFolder folder;
      const std::string name = "photo." + std::string(extension);
      Pipeline pipeline(kSource + "imagepackersink location=" + folder.path(name));
      const auto files = run(pipeline);
      ASSERT_EQ(files.size(), 1U) << name;
      EXPECT_EQ(files[0].location, folder.path(name));
      EXPECT_EQ(files[0].format, format.name);
      EXPECT_EQ(files[0].size, folder.content(name).size());
      EXPECT_EQ(files[0].width, 64);
      EXPECT_EQ(files[0].height, 48);
      EXPECT_EQ(files[0].pts, 0U);
      EXPECT_GT(files[0].encode_time, 0U);
      EXPECT_EQ(format_of(folder.content(name)), format.name) << name;
      EXPECT_EQ(folder.names(), Names{name});
    }
  }
}

TEST(Sink, ExtensionsMayBeUpperCase) {
  const PhotoFolder folder;
  Pipeline pipeline(kSource + "imagepackersink location=" + folder.path("A.PNG"));
  run(pipeline);
  EXPECT_EQ(format_of(folder.content("A.PNG")), "png");
}

TEST(Sink, IndicesCountUp) {
  const PhotoFolder folder;
  Pipeline pipeline(source(5) + "imagepackersink name=sink index=8 location=" + folder.path("p%03d.jpg"));
  const auto files = run(pipeline);
  ASSERT_EQ(files.size(), 5U);
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ(files[i].index, 8 + i);
    EXPECT_EQ(files[i].pts, gst_util_uint64_scale(i, GST_SECOND, 30));
  }
  EXPECT_EQ(folder.names(), (Names{"p008.jpg", "p009.jpg", "p010.jpg", "p011.jpg", "p012.jpg"}));
  guint64 index = 0;
  GstStructure* stats = nullptr;
  g_object_get(pipeline.element("sink").get(), "index", &index, "stats", &stats, nullptr);
  EXPECT_EQ(index, 13U);
  guint64 frames = 0;
  gst_structure_get_uint64(stats, "frames", &frames);
  EXPECT_EQ(frames, 5U);
  gst_structure_free(stats);
}

TEST(Sink, TheOldestGoWhenThereAreTooMany) {
  const PhotoFolder folder;
  Pipeline pipeline(source(5) + "imagepackersink max-files=2 location=" + folder.path("%d.jpg"));
  EXPECT_EQ(run(pipeline).size(), 5U);
  EXPECT_EQ(folder.names(), (Names{"3.jpg", "4.jpg"}));
}

TEST(Sink, FifosAreNoFilesOfItsOwnToRemove) {
  const PhotoFolder folder;
  std::vector<int> readers;
  for (const char* const name : {"0.jpg", "1.jpg"}) {
    ASSERT_EQ(mkfifo(folder.path(name).c_str(), 0600), 0);
    readers.push_back(open(folder.path(name).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }
  Pipeline pipeline(source(4) + "imagepackersink max-files=1 location=" + folder.path("%d.jpg"));
  EXPECT_EQ(run(pipeline).size(), 4U);
  EXPECT_EQ(folder.names(), (Names{"0.jpg", "1.jpg", "3.jpg"}));
  for (const int reader : readers) {
    close(reader);
  }
}

TEST(Sink, WithoutAPlaceholderTheLastStays) {
  const PhotoFolder folder;
  Pipeline pipeline(source(3) + "imagepackersink max-files=1 location=" + folder.path("now.jpg"));
  EXPECT_EQ(run(pipeline).size(), 3U);
  EXPECT_EQ(folder.names(), Names{"now.jpg"});
}

TEST(Sink, NamesThatAreTakenAreLeftAloneWhenAskedTo) {
  const PhotoFolder folder;
  std::ofstream(folder.path("a.jpg")) << "old";
  std::ofstream(folder.path("1.jpg")) << "old";
  Pipeline copies(source(2) + "imagepackersink overwrite=unique location=" + folder.path("a.jpg"));
  EXPECT_EQ(run(copies).size(), 2U);
  Pipeline numbered(source(2) + "imagepackersink overwrite=unique location=" + folder.path("%d.jpg"));
  EXPECT_EQ(run(numbered).size(), 2U);
  EXPECT_EQ(folder.names(), (Names{"0.jpg", "1.jpg", "2.jpg", "a-1.jpg", "a-2.jpg", "a.jpg"}));
  EXPECT_EQ(folder.content("a.jpg"), "old");
  EXPECT_EQ(folder.content("1.jpg"), "old");
  EXPECT_NE(
      error_of(kSource + "imagepackersink overwrite=fail location=" + folder.path("a.jpg")).find("overwrite=fail"),
      std::string::npos);
  EXPECT_EQ(folder.content("a.jpg"), "old");
}

TEST(Sink, DatesAreThoseOfThePhoto) {
  const PhotoFolder folder;
  Pipeline pipeline(source(1) + "imagepackersink location=" + folder.path("{date:%Y%m%d_%H%M%S}.jpg"));
  run(pipeline);
  ASSERT_EQ(folder.names().size(), 1U);
  EXPECT_TRUE(std::regex_match(folder.names()[0], std::regex("20\\d{6}_\\d{6}\\.jpg"))) << folder.names()[0];
}

TEST(Sink, MistakesInSettingsAreSaid) {
  const PhotoFolder folder;
  const auto says = [&](const std::string& settings, const char* what) {
    const std::string message = error_of(kSource + "imagepackersink " + settings);
    EXPECT_NE(message.find(what), std::string::npos) << settings << ": " << message;
  };
  says("", "set location");
  says("location=" + folder.path("%s.jpg"), "which is no index");
  says("location=" + folder.path("{time}.jpg"), "single {");
  says("location=" + folder.path("photo"), "which format");
  says("location=" + folder.path("photo.txt"), "which format");
  says("location=" + folder.path("photo.jpg") + " format=png", "another extension");
  says("location=" + folder.path("photo.jpg") + " fd=1", "both set");
  says("gallery=true location=/etc/photo.jpg", "leads out of the gallery");
  says("gallery=true gallery-folder=a/../../b", "leads out of the gallery");
  says("fd=9999 format=jpeg", "Bad file descriptor");
  says("fd=1", "which format");
  says("location=" + folder.path("missing/photo.jpg"), "missing");
  says("location=" + folder.path(""), "is a folder");
  EXPECT_EQ(folder.names(), Names{});
}

TEST(Sink, AFormatMayBeSetForNamesWithoutOne) {
  const PhotoFolder folder;
  Pipeline pipeline(kSource + "imagepackersink format=webp location=" + folder.path("photo"));
  run(pipeline);
  EXPECT_EQ(format_of(folder.content("photo")), "webp");
}

TEST(Sink, PropertiesOfThePackerAreTheSinks) {
  const PhotoFolder folder;
  for (const char* const quality : {"5", "95"}) {
    Pipeline pipeline(kSource + "imagepackersink quality=" + quality +
                      " location=" + folder.path(std::string(quality) + ".jpg"));
    run(pipeline);
  }
  EXPECT_LT(folder.content("5.jpg").size(), folder.content("95.jpg").size());
  const ObjectPtr<GstElement> packer(
      GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("imagepacker", nullptr))));
  const ObjectPtr<GstElement> sink(
      GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("imagepackersink", nullptr))));
  guint count = 0;
  GParamSpec** const specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(packer.get()), &count);
  for (guint i = 0; i < count; ++i) {
    const bool is_the_packers = g_type_is_a(specs[i]->owner_type, g_type_from_name("ImagePackerEncoder")) != FALSE;
    EXPECT_TRUE(!is_the_packers ||
                g_object_class_find_property(G_OBJECT_GET_CLASS(sink.get()), specs[i]->name) != nullptr)
        << specs[i]->name;
  }
  g_free(specs);
}

TEST(Sink, ADescriptorHoldsTheLastPhoto) {
  const PhotoFolder folder;
  std::ofstream(folder.path("fd")) << std::string(100000, 'x');
  const int fd = open(folder.path("fd").c_str(), O_RDWR | O_CLOEXEC);
  Pipeline pipeline(source(2) + "imagepackersink format=jpeg fd=" + std::to_string(fd));
  const auto files = run(pipeline);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(format_of(folder.content("fd")), "jpeg");
  EXPECT_EQ(folder.content("fd").size(), files[1].size);
  EXPECT_EQ(close(fd), 0) << "was closed";
}

TEST(Sink, APipeGetsOneAfterTheOther) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  std::string got;
  std::thread reader([&] {
    char buffer[4096];
    for (ssize_t count = 0; (count = read(ends[0], buffer, sizeof buffer)) > 0;) {
      got.append(buffer, static_cast<std::size_t>(count));
    }
  });
  {
    Pipeline pipeline(source(3) + "imagepackersink format=jpeg fd=" + std::to_string(ends[1]));
    EXPECT_EQ(run(pipeline).size(), 3U);
  }
  close(ends[1]);
  reader.join();
  close(ends[0]);
  EXPECT_EQ(format_of(got), "jpeg");
  std::size_t starts = 0;
  for (std::size_t at = got.find("\xFF\xD8\xFF"); at != std::string::npos; at = got.find("\xFF\xD8\xFF", at + 1)) {
    ++starts;
  }
  EXPECT_EQ(starts, 3U);
}

TEST(Sink, StoppingEndsTheWaitForAReader) {
  const PhotoFolder folder;
  ASSERT_EQ(mkfifo(folder.path("fifo").c_str(), 0600), 0);
  for (const std::string name : {"fifo", "pipe"}) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    Pipeline pipeline(source(100) + "imagepackersink format=png lossless=true " +
                      (name == "pipe" ? "fd=" + std::to_string(ends[1]) : "location=" + folder.path(name)));
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    g_usleep(100 * 1000);
    EXPECT_EQ(gst_element_set_state(pipeline.get(), GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS) << name;
    close(ends[0]);
    close(ends[1]);
  }
}

TEST(Sink, APauseDoesNotEndTheWaitForAReader) {
  const PhotoFolder folder;
  for (const bool has_reader : {false, true}) {
    const std::string name = has_reader ? "full" : "unread";
    ASSERT_EQ(mkfifo(folder.path(name).c_str(), 0600), 0);
    const auto open_to_read = [&] { return open(folder.path(name).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC); };
    int fd = has_reader ? open_to_read() : -1;
    Pipeline pipeline(
        "videotestsrc pattern=snow num-buffers=2 ! video/x-raw,format=RGB,width=320,height=240 ! imagepackersink "
        "format=png location=" +
        folder.path(name));
    for (const GstState state : {GST_STATE_PLAYING, GST_STATE_PAUSED, GST_STATE_PLAYING}) {
      ASSERT_NE(gst_element_set_state(pipeline.get(), state), GST_STATE_CHANGE_FAILURE) << name;
      g_usleep(100 * 1000);
    }
    fd = has_reader ? fd : open_to_read();
    std::string got;
    std::atomic<bool> is_over = false;
    std::jthread reader([&] {
      char buffer[4096];
      for (bool is_last = false; !is_last;) {
        is_last = is_over;
        for (ssize_t count = 0; (count = read(fd, buffer, sizeof buffer)) > 0;) {
          got.append(buffer, static_cast<std::size_t>(count));
        }
        g_usleep(1000);
      }
    });
    const auto files = run(pipeline);
    is_over = true;
    reader.join();
    close(fd);
    ASSERT_EQ(files.size(), 2U) << name;
    EXPECT_EQ(got.size(), files[0].size + files[1].size) << name;
    EXPECT_EQ(format_of(got.substr(0, files[0].size)), "png") << name;
  }
}

TEST(Sink, NobodyCanOpenASocketByItsName) {
  const PhotoFolder folder;
  const int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  folder.path("socket").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::string error = error_of(kSource + "imagepackersink format=jpeg location=" + folder.path("socket"));
  EXPECT_NE(error.find(folder.path("socket")), std::string::npos) << error;
  EXPECT_NE(error.find("fd"), std::string::npos) << error;
  close(listening);
}

TEST(Sink, TheLastIndexHasNoneAfterIt) {
  const PhotoFolder folder;
  std::ofstream(folder.path("0.jpg")) << "old";
  for (const char* const overwrite : {"replace", "unique"}) {
    const std::string error = error_of(source(3) + "imagepackersink index=18446744073709551614 overwrite=" + overwrite +
                                       " location=" + folder.path("%d.jpg"));
    EXPECT_NE(error.find("18446744073709551615"), std::string::npos) << error;
    EXPECT_EQ(folder.content("0.jpg"), "old");
    EXPECT_EQ(format_of(folder.content("18446744073709551614.jpg")), "jpeg");
  }
}

TEST(Sink, FileUrisAreFiles) {
  const PhotoFolder folder;
  Pipeline pipeline(source(2) + "imagepackersink location=file://" + folder.path("a%20b%03d.jpg"));
  const auto files = run(pipeline);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(folder.names(), (Names{"a b000.jpg", "a b001.jpg"}));
}

TEST(Sink, ALinkStaysALink) {
  const PhotoFolder folder;
  std::ofstream(folder.path("target.jpg")) << "old";
  ASSERT_EQ(symlink("target.jpg", folder.path("link.jpg").c_str()), 0);
  Pipeline pipeline(kSource + "imagepackersink location=" + folder.path("link.jpg"));
  run(pipeline);
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("link.jpg")));
  EXPECT_EQ(format_of(folder.content("target.jpg")), "jpeg");
}

TEST(Sink, StartingRemovesWhatTheDeadHaveLeft) {
  const PhotoFolder folder;
  std::ofstream(folder.path(".imagepacker-0123.part")) << "half";
  Pipeline pipeline(kSource + "imagepackersink location=" + folder.path("a.jpg"));
  run(pipeline);
  EXPECT_EQ(folder.names(), Names{"a.jpg"});
}

TEST(Sink, StoppingInMidEncodeLeavesNothing) {
  const PhotoFolder folder;
  Pipeline pipeline(
      "videotestsrc pattern=snow num-buffers=1 ! video/x-raw,format=RGB,width=1920,height=1080 ! imagepackersink "
      "effort=10 "
      "location=" +
      folder.path("slow.png"));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  g_usleep(100 * 1000);
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  EXPECT_EQ(folder.names(), Names{});
}

}  // namespace
}  // namespace imagepacker::test
