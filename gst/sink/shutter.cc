// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/shutter.h"

#include <utility>

namespace imagepacker::element {

void Shutter::set_on_request(bool on_request) {
  const std::lock_guard lock(mutex_);
  is_on_request_ = on_request;
}

bool Shutter::is_on_request() const {
  const std::lock_guard lock(mutex_);
  return is_on_request_;
}

void Shutter::set_skipped_frames(unsigned count) {
  const std::lock_guard lock(mutex_);
  skipped_frames_ = count;
}

unsigned Shutter::skipped_frames() const {
  const std::lock_guard lock(mutex_);
  return skipped_frames_;
}

void Shutter::start() {
  const std::lock_guard lock(mutex_);
  is_started_ = true;
  left_to_skip_ = skipped_frames_;
  last_request_ = 0;
  pending_ = 0;
}

void Shutter::stop() {
  const std::lock_guard lock(mutex_);
  is_started_ = false;
  pending_ = 0;
}

unsigned Shutter::request() {
  const std::lock_guard lock(mutex_);
  if (!is_on_request_ || !is_started_) {
    return 0;
  }
  ++pending_;
  return ++last_request_;
}

std::optional<unsigned> Shutter::release(bool has_room) {
  const std::lock_guard lock(mutex_);
  if (left_to_skip_ > 0) {
    --left_to_skip_;
    return std::nullopt;
  }
  if (!is_on_request_) {
    return 0;
  }
  if (pending_ == 0 || !has_room) {
    return std::nullopt;
  }
  return last_request_ - --pending_;
}

unsigned Shutter::end() {
  const std::lock_guard lock(mutex_);
  return std::exchange(pending_, 0);
}

}  // namespace imagepacker::element
