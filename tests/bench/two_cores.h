// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>

namespace imagepacker::bench {

/// Sees to it that what is measured had two cores. The two processors of a virtual machine may be the halves of one
/// core now and two cores a second later; the system does not know, and counts the time of both as given. Arithmetic
/// that keeps all units of a core busy knows: together they do twice as much of it, or little more than one of them.
class TwoCores {
 public:
  /// `patience`: how long measuring may take longer because of this, in all.
  explicit TwoCores(std::chrono::duration<double> patience) : patience_(patience) {}

  /// Runs `measure` when processors 0 and 1 are cores, and again if they are not afterwards: its last run counts. When
  /// patience is at its end, any run does, and false is returned.
  bool run(const std::function<void()>& measure);

 private:
  std::chrono::duration<double> patience_;
};

}  // namespace imagepacker::bench
