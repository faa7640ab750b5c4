// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <mutex>
#include <optional>

namespace imagepacker::element {

/// Decides which frames become photos. Any thread.
class Shutter {
 public:
  /// Whether frames must be asked for; else each is a photo.
  void set_on_request(bool on_request);
  [[nodiscard]] bool is_on_request() const;

  /// How many frames are left out after start().
  void set_skipped_frames(unsigned count);
  [[nodiscard]] unsigned skipped_frames() const;

  /// Frames come from now on, until stop(), which forgets what was asked for.
  void start();
  void stop();

  /// Asks for the next frame that nobody else has asked for. Returns the number of the request, from 1 since start();
  /// 0 when frames need not be asked for or none come.
  unsigned request();

  /// For each frame that comes in: the number of the request that it answers, 0 when every frame is a photo; nothing
  /// when it is none. `has_room`: one more can wait to be packed; if not, requests stay for later frames.
  std::optional<unsigned> release(bool has_room);

  /// No more frames come: takes back what was asked for in vain and returns how many requests that were.
  unsigned end();

 private:
  mutable std::mutex mutex_;
  bool is_on_request_ = false;
  bool is_started_ = false;
  unsigned skipped_frames_ = 0;
  unsigned left_to_skip_ = 0;
  unsigned last_request_ = 0;
  unsigned pending_ = 0;
};

}  // namespace imagepacker::element
