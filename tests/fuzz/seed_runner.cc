// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: *-seed-runner FOLDER: a fuzz target, without libFuzzer, over the files of a folder: each as it is, cut to its
// half, and with single bytes changed. What a target takes for a defect ends the program, as does a crash.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// A target's own mutator, where it has one.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                                                     std::size_t max_size, unsigned seed);

/// What that one calls: libFuzzer's mutation, here of one byte.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t) {
  if (size > 0) {
    data[size / 2] ^= 0x20;
  }
  return size;
}

namespace {

/// Bytes changed in each file, one at a time.
constexpr std::size_t kChanges = 16;

void run(const std::vector<std::uint8_t>& input) {
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

void run_with_variants(std::vector<std::uint8_t> file) {
  run(file);
  run({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(file.size() / 2)});
  for (std::size_t change = 0; change < std::min(kChanges, file.size()); ++change) {
    std::uint8_t& byte = file[change * file.size() / kChanges];
    byte ^= 0x81;
    run(file);
    byte ^= 0x81;
  }
  if (LLVMFuzzerCustomMutator != nullptr && !file.empty()) {
    file.resize(LLVMFuzzerCustomMutator(file.data(), file.size(), file.size(), 1));
    run(file);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream stream(entry.path(), std::ios::binary);
    std::printf("%s\n", entry.path().filename().c_str());
    std::fflush(stdout);
    run_with_variants({std::istreambuf_iterator<char>(stream), {}});
    ++files;
  }
  std::printf("%d files\n", files);
  return files > 0 ? 0 : 1;
}
