// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <gst/gst.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <map>

#include "files/faults.h"
#include "files/photo_folder.h"

// A photo is whole or it isn't there, whatever fails: what an application hears of it. preload_test.py has
// gst-launch-1.0 do the same.

namespace imagepacker::test {
namespace {

using faults::Call;

const std::string kSource =
    "videotestsrc pattern=snow num-buffers=2 ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! ";

bool is_hidden(const std::string& name) {
  return name.starts_with('.');
}

/// Every file in `folder` is a whole picture or was there before, and none is hidden.
void expect_whole(const PhotoFolder& folder) {
  for (const std::string& name : folder.names()) {
    const std::string bytes = folder.content(name);
    EXPECT_TRUE(bytes == "old" || format_of(bytes) == "jpeg") << name << " of " << bytes.size() << " bytes";
    EXPECT_FALSE(is_hidden(name)) << name;
  }
}

/// What the sink says of files, all of which must be there.
std::vector<FileMessage> run_and_check(Pipeline& pipeline, const PhotoFolder& folder) {
  const auto files = run(pipeline);
  faults::stop();
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  std::map<std::string, guint64> announced;
  for (const FileMessage& file : files) {
    announced[file.location.substr(folder.path().size())] = file.size;
  }
  for (const auto& [name, size] : announced) {
    // One that was to take its place may have done so without a message, when only the folder could not be synced.
    EXPECT_TRUE(folder.content(name).size() == size || !pipeline.errors().empty()) << name << " was announced";
    EXPECT_EQ(format_of(folder.content(name)), "jpeg");
  }
  expect_whole(folder);
  return files;
}

struct Way {
  const char* name;
  const char* settings;
  bool has_nameless_files;
};
// Each takes other calls to its end.
const Way kWays[] = {
    {"nameless, new", "location=", true},
    {"hidden, new", "location=", false},
    {"nameless, unique", "overwrite=unique location=", true},
    {"hidden, unique", "overwrite=unique location=", false},
};

class Faults : public testing::Test {
 protected:
  void TearDown() override {
    faults::stop();
    faults::set_nameless_files(true);
  }
};

TEST_F(Faults, ACallThatFailsLeavesNoPartOfAPhoto) {
  int failures = 0;
  for (const Way& way : kWays) {
    faults::set_nameless_files(way.has_nameless_files);
    for (const char* const name : {"%d.jpg", "same.jpg"}) {
      for (const auto& [call, call_name] : faults::kCalls) {
        for (const int error_number : {EIO, ENOSPC}) {
          // As many as a run has, and one run without any failure.
          for (int nth = 1;; ++nth) {
            ASSERT_LT(nth, 1000);
            SCOPED_TRACE(testing::Message() << way.name << ' ' << name << ", call " << call_name << " number " << nth
                                            << ", error " << error_number);
            const PhotoFolder folder;
            std::ofstream(folder.path("same.jpg")) << "old";
            Pipeline pipeline(kSource + "imagepackersink durability=directory " + way.settings + folder.path(name));
            gst_element_set_state(pipeline.get(), GST_STATE_READY);
            faults::fail(call, nth, error_number);
            const auto files = run_and_check(pipeline, folder);
            if (pipeline.errors().empty()) {
              EXPECT_EQ(files.size(), 2U);
              if (!faults::stop()) {
                break;
              }
              continue;
            }
            ++failures;
            EXPECT_LT(files.size(), 2U);
            EXPECT_EQ(pipeline.errors()[0].domain, GST_RESOURCE_ERROR) << pipeline.errors()[0].message;
            EXPECT_EQ(pipeline.errors()[0].code,
                      error_number == ENOSPC ? GST_RESOURCE_ERROR_NO_SPACE_LEFT : GST_RESOURCE_ERROR_WRITE);
            EXPECT_NE(pipeline.errors()[0].message.find(folder.path()), std::string::npos);
          }
        }
      }
    }
  }
  EXPECT_GE(failures, 50);
}

TEST_F(Faults, InterruptedAndShortWritesAreGoneOnWith) {
  for (const bool has_nameless_files : {true, false}) {
    const PhotoFolder folder;
    faults::set_nameless_files(has_nameless_files);
    Pipeline pipeline(kSource + "imagepackersink durability=directory location=" + folder.path("%d.jpg"));
    gst_element_set_state(pipeline.get(), GST_STATE_READY);
    faults::disturb();
    EXPECT_EQ(run_and_check(pipeline, folder).size(), 2U)
        << (pipeline.errors().empty() ? "" : pipeline.errors()[0].message);
  }
}

TEST_F(Faults, ADescriptorHoldsNothingAfterAFailure) {
  const PhotoFolder folder;
  std::ofstream(folder.path("fd")) << "old";
  const int fd = open(folder.path("fd").c_str(), O_RDWR | O_CLOEXEC);
  Pipeline pipeline(kSource + "imagepackersink format=jpeg fd=" + std::to_string(fd));
  gst_element_set_state(pipeline.get(), GST_STATE_READY);
  faults::fill_disk_after(5000);
  EXPECT_EQ(run(pipeline).size(), 0U);
  EXPECT_TRUE(faults::stop());
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  EXPECT_EQ(folder.content("fd"), "");
  EXPECT_EQ(close(fd), 0);
}

TEST_F(Faults, APhotoThatWasAskedForFailsWithoutEndingThePreview) {
  const PhotoFolder folder;
  Pipeline pipeline(
      "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 ! imagepackersink "
      "name=sink on-request=true location=" +
      folder.path("%d.jpg"));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const auto sink = pipeline.element("sink");
  const auto take = [&] {
    guint request = 0;
    g_signal_emit_by_name(sink.get(), "take-photo", &request);
    return request;
  };
  faults::fail(Call::write, 1, ENOSPC);
  EXPECT_EQ(take(), 1U);
  guint failed = 0;
  EXPECT_TRUE(pipeline.run_until([&](GstMessage* message) {
    if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_WARNING) {
      return false;
    }
    const GstStructure* details = nullptr;
    gst_message_parse_warning_details(message, &details);
    return details != nullptr && gst_structure_get_uint(details, "request", &failed);
  }));
  EXPECT_EQ(failed, 1U);
  EXPECT_EQ(take(), 2U);
  EXPECT_TRUE(pipeline.run_until([&](GstMessage* message) {
    const auto file = file_message(message);
    return file && file->request == 2 && file->index == 0;
  }));
  expect_whole(folder);
}

}  // namespace
}  // namespace imagepacker::test
