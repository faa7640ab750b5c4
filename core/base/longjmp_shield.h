// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <csetjmp>
#include <cstdio>

namespace imagepacker {

/// Catches the error exit of C libraries that leave by longjmp (libjpeg, libpng), and keeps their text.
///
/// The frame of run() owns nothing. What `body` calls between the entry and a possible fail() must not hold objects
/// with destructors: they would be skipped.
class LongjmpShield {
 public:
  /// Runs `body`; false when fail() ended it.
  template <class Body>
  [[nodiscard]] bool run(Body&& body) {
    if (setjmp(exit_) != 0) {
      return false;
    }
    body();
    return true;
  }

  /// Leaves the running body. For the library's error callback only.
  [[noreturn]] void fail(const char* library_text) {
    std::snprintf(message_, sizeof message_, "%s", library_text);
    std::longjmp(exit_, 1);
  }

  [[nodiscard]] const char* message() const { return message_; }

 private:
  std::jmp_buf exit_;
  char message_[256] = "";
};

}  // namespace imagepacker
