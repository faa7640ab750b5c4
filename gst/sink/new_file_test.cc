// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/new_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>

namespace imagepacker::element {
namespace {

namespace fs = std::filesystem;

ByteView bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// True when `error` has the text of `error_number`.
bool is(const Error& error, int error_number) {
  return error.code == Errc::sink_failed && error.message.ends_with(std::generic_category().message(error_number));
}

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder of its own for each test.
class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "imagepacker-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path path(const char* name) const { return folder_ / name; }
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }
  [[nodiscard]] Result<NewFile> written(std::string_view text) const {
    auto file = NewFile::create(folder_.string(), "a.jpg");
    EXPECT_TRUE(file && file->write(bytes_of(text)) && file->seal(Durability::file));
    return file;
  }

  fs::path folder_;
};

TEST_F(Files, AFileHasItsNameWhenItIsWhole) {
  auto file = written("whole");
  EXPECT_FALSE(fs::exists(path("a.jpg")));
  const auto published = file->publish("a.jpg", NewFile::Existing::keep, Durability::directory);
  ASSERT_TRUE(published);
  EXPECT_TRUE(*published);
  EXPECT_EQ(content(path("a.jpg")), "whole");
  EXPECT_EQ(count(), 1U);
}

TEST_F(Files, AFileThatIsGivenUpLeavesNothing) {
  { auto file = written("half"); }
  EXPECT_EQ(count(), 0U);
}

TEST_F(Files, OneThatIsThereIsKeptOrReplaced) {
  std::ofstream(path("a.jpg")) << "old";
  auto file = written("new");
  const auto kept = file->publish("a.jpg", NewFile::Existing::keep, Durability::none);
  ASSERT_TRUE(kept);
  EXPECT_FALSE(*kept);
  EXPECT_EQ(content(path("a.jpg")), "old");
  const auto replaced = file->publish("a.jpg", NewFile::Existing::replace, Durability::none);
  ASSERT_TRUE(replaced);
  EXPECT_TRUE(*replaced);
  EXPECT_EQ(content(path("a.jpg")), "new");
  EXPECT_EQ(count(), 1U);
}

TEST_F(Files, AnotherNameMayBeTried) {
  std::ofstream(path("a.jpg")) << "old";
  auto file = written("new");
  EXPECT_FALSE(*file->publish("a.jpg", NewFile::Existing::keep, Durability::none));
  EXPECT_TRUE(*file->publish("a-1.jpg", NewFile::Existing::keep, Durability::none));
  EXPECT_EQ(content(path("a-1.jpg")), "new");
}

TEST_F(Files, RightsAreTheUmasks) {
  const mode_t before = umask(027);
  auto file = written("x");
  ASSERT_TRUE(file->publish("a.jpg", NewFile::Existing::replace, Durability::none));
  umask(before);
  struct stat status {};
  ASSERT_EQ(stat(path("a.jpg").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST_F(Files, TheTimeIsTheOneThatWasSet) {
  auto file = NewFile::create(folder_.string(), "a.jpg");
  ASSERT_TRUE(file && file->set_modification_time({1767225600, 5000}));
  ASSERT_TRUE(file->publish("a.jpg", NewFile::Existing::replace, Durability::none));
  struct stat status {};
  ASSERT_EQ(stat(path("a.jpg").c_str(), &status), 0);
  EXPECT_EQ(status.st_mtim.tv_sec, 1767225600);
}

TEST_F(Files, AFolderThatIsNotThereIsAnError) {
  const auto file = NewFile::create(path("missing").string(), "a.jpg");
  ASSERT_FALSE(file);
  EXPECT_TRUE(is(file.error(), ENOENT));
  EXPECT_NE(file.error().message.find("missing"), std::string::npos);
}

TEST_F(Files, AFolderOfThatNameIsAnError) {
  fs::create_directory(path("a.jpg"));
  auto file = written("new");
  const auto published = file->publish("a.jpg", NewFile::Existing::replace, Durability::none);
  ASSERT_FALSE(published);
  EXPECT_TRUE(is(published.error(), EISDIR));
}

TEST_F(Files, OnlyTheFilesOfTheDeadAreStale) {
  std::ofstream(path(".imagepacker-dead.part")) << "half";
  std::ofstream(path(".imagepacker-living.part")) << "half";
  std::ofstream(path("photo.part")) << "mine";
  const Descriptor living(open(path(".imagepacker-living.part").c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(flock(living.get(), LOCK_EX), 0);
  EXPECT_EQ(remove_stale_files(folder_.string()), 1);
  EXPECT_FALSE(fs::exists(path(".imagepacker-dead.part")));
  EXPECT_TRUE(fs::exists(path(".imagepacker-living.part")));
  EXPECT_TRUE(fs::exists(path("photo.part")));
  EXPECT_EQ(remove_stale_files(path("missing").string()), 0);
}

TEST_F(Files, ARegularDescriptorHoldsTheLastPhotoAndNothingElse) {
  const Cancellation none;
  std::ofstream(path("fd")) << "something that is much longer";
  const ByteView parts[] = {bytes_of("two "), bytes_of("parts")};
  for (const int flags : {O_RDWR, O_RDWR | O_APPEND}) {
    const Descriptor file(open(path("fd").c_str(), flags | O_CLOEXEC));
    ASSERT_TRUE(fill_descriptor(file.get(), parts, Durability::file, none, "fd"));
    ASSERT_TRUE(fill_descriptor(file.get(), parts, Durability::file, none, "fd"));
    EXPECT_EQ(content(path("fd")), "two parts");
  }
  const Descriptor read_only(open(path("fd").c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_TRUE(is(fill_descriptor(read_only.get(), parts, Durability::file, none, "fd").error(), EBADF));
  EXPECT_TRUE(is(fill_descriptor(9999, parts, Durability::file, none, "fd").error(), EBADF));
}

TEST_F(Files, APipeGetsAllHoweverSlowItsReaderIs) {
  for (const int flags : {0, O_NONBLOCK}) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC | flags), 0);
    const Descriptor reading(ends[0]);
    Descriptor writing(ends[1]);
    const std::string big(300000, 'x');
    std::string got;
    std::thread reader([&] {
      char buffer[1000];
      for (;;) {
        const ssize_t count = read(reading.get(), buffer, sizeof buffer);
        if (count > 0) {
          got.append(buffer, static_cast<std::size_t>(count));
        } else if (count == 0) {
          return;
        } else {
          std::this_thread::yield();
        }
      }
    });
    const ByteView part = bytes_of(big);
    const Cancellation none;
    EXPECT_TRUE(fill_descriptor(writing.get(), {&part, 1}, Durability::file, none, "pipe"));
    writing.reset();
    reader.join();
    EXPECT_EQ(got, big);
  }
}

TEST_F(Files, APipeWithoutReaderIsAnErrorAndNoSignal) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const Descriptor writing(ends[1]);
  close(ends[0]);
  const ByteView part = bytes_of("x");
  const Cancellation none;
  EXPECT_TRUE(is(fill_descriptor(writing.get(), {&part, 1}, Durability::file, none, "pipe").error(), EPIPE));
}

TEST_F(Files, WaitingForAReaderCanBeCancelled) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const Descriptor reading(ends[0]);
  const Descriptor writing(ends[1]);
  const std::string big(300000, 'x');
  Cancellation cancellation;
  Status result;
  std::thread writer([&] {
    const ByteView part = bytes_of(big);
    result = fill_descriptor(writing.get(), {&part, 1}, Durability::file, cancellation, "pipe");
  });
  cancellation.cancel();
  writer.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::cancelled);

  ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(open_stream(path("fifo").c_str(), cancellation).error().code, Errc::cancelled);
  cancellation.rearm();
  const Descriptor reader(open(path("fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_TRUE(open_stream(path("fifo").c_str(), cancellation));
}

}  // namespace
}  // namespace imagepacker::element
