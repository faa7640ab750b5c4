// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <set>
#include <sstream>

#include "files/photo_folder.h"

// A process that is killed in the middle of a burst leaves whole photos, all that were announced, and, after the next
// start, nothing else.

namespace imagepacker::test {
namespace {

constexpr int kKills = 50;

/// Starts files-burst, kills it when it has announced `count` photos and `pause_us` have passed, and returns what it
/// has announced.
std::set<std::string> burst_until(int count, unsigned pause_us, const std::string& folder, const char* way) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execl(BURST_PROGRAM, BURST_PROGRAM, folder.c_str(), way, nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::string told;
  std::array<char, 4096> buffer{};
  const auto read_more = [&] {
    const ssize_t size = read(ends[0], buffer.data(), buffer.size());
    told.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    return size > 0;
  };
  while (std::count(told.begin(), told.end(), '\n') < count && read_more()) {
  }
  g_usleep(pause_us);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the burst ended by itself";
  while (read_more()) {
  }
  close(ends[0]);
  std::set<std::string> names;
  std::istringstream lines(told.substr(0, told.rfind('\n') + 1));
  for (std::string line; std::getline(lines, line);) {
    names.insert(line);
  }
  return names;
}

/// What libjpeg-turbo's own program finds wrong with the photos in `folder`.
std::string broken_photos(const PhotoFolder& folder) {
  const std::string check =
      "for photo in " + folder.path("*.jpg") +
      "; do [ ! -e \"$photo\" ] || djpeg -outfile /dev/null \"$photo\" 2>&1 || echo \"$photo\"; done";
  FILE* const printed = popen(check.c_str(), "r");
  std::string text;
  for (int c = 0; (c = std::fgetc(printed)) != EOF;) {
    text += static_cast<char>(c);
  }
  EXPECT_EQ(pclose(printed), 0);
  return text;
}

TEST(Kill, PhotosAreWholeAndThoseAnnouncedAreThere) {
  std::mt19937 random(7);
  for (int kill_number = 0; kill_number < kKills; ++kill_number) {
    SCOPED_TRACE(testing::Message() << "kill number " << kill_number);
    const PhotoFolder folder;
    const auto announced = burst_until(static_cast<int>(random() % 20), random() % 5000, folder.path(),
                                       kill_number % 2 == 0 ? "nameless" : "hidden");
    for (const std::string& path : announced) {
      EXPECT_TRUE(std::filesystem::exists(path)) << path << " was announced";
    }
    EXPECT_EQ(broken_photos(folder), "");
    Pipeline next("videotestsrc num-buffers=1 ! imagepackersink location=" + folder.path("next.jpg"));
    EXPECT_EQ(run(next).size(), 1U);
    for (const std::string& name : folder.names()) {
      EXPECT_FALSE(name.starts_with('.')) << name;
    }
  }
}

}  // namespace
}  // namespace imagepacker::test
