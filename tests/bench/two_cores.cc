// SPDX-License-Identifier: LGPL-2.1-or-later
#include "two_cores.h"

#include <array>
#include <atomic>
#include <barrier>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <thread>

#include "pinning.h"

namespace imagepacker::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kTolerance = 0.1;  ///< other machines on the same cores disturb the control too
constexpr std::chrono::milliseconds kPause(20);

/// Steps per second of eight chains of arithmetic in registers (G. Marsaglia, Xorshift RNGs, 2003) on `processor`, from
/// when all of `start` are there. They wait for nothing but the units of the core; a few milliseconds.
double calculate(int processor, std::barrier<>& start) {
  constexpr int kSteps = 1 << 20;
  static std::atomic<std::uint64_t> result;
  pin_thread(0, processor);
  start.arrive_and_wait();
  const Clock::time_point begin = Clock::now();
  std::array<std::uint64_t, 8> values = {1, 2, 3, 4, 5, 6, 7, 8};
  for (int i = 0; i < kSteps; ++i) {
    for (std::uint64_t& value : values) {
      value ^= value << 13;
      value ^= value >> 7;
      value ^= value << 17;
    }
  }
  result = std::accumulate(values.begin(), values.end(), std::uint64_t{0}, std::bit_xor<>());
  return kSteps / std::chrono::duration<double>(Clock::now() - begin).count();
}

double calculate_alone() {
  double speed = 0;
  std::jthread([&] {
    std::barrier<> start(1);
    speed = calculate(0, start);
  }).join();
  return speed;
}

double calculate_together() {
  std::barrier<> start(2);
  double first = 0;
  double second = 0;
  std::jthread beside([&] { first = calculate(0, start); });
  std::jthread([&] { second = calculate(1, start); }).join();
  beside.join();
  return first + second;
}

bool are_there() {
  return std::abs(calculate_together() / calculate_alone() - 2) <= kTolerance;
}

}  // namespace

bool TwoCores::run(const std::function<void()>& measure) {
  for (;;) {
    const Clock::time_point begin = Clock::now();
    while (Clock::now() - begin < patience_ && !are_there()) {
      std::this_thread::sleep_for(kPause);
    }
    const Clock::duration waited = Clock::now() - begin;
    measure();
    if (are_there()) {
      patience_ -= waited;
      return true;
    }
    patience_ -= Clock::now() - begin;
    if (patience_ <= patience_.zero()) {
      return false;
    }
  }
}

}  // namespace imagepacker::bench
