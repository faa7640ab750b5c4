// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace imagepacker {

/// Why a call failed: the kind of failure, for programs. The message is for people.
enum class Errc {
  invalid_argument,  ///< an option or a picture that no encoder could accept
  unsupported,       ///< valid, but not possible with this format or this build
  limit_exceeded,    ///< larger than the format or a configured limit allows
  out_of_memory,
  corrupt_input,  ///< an encoded image or a metadata blob breaks its own rules
  codec_failed,   ///< a codec library gave up; the message carries its text
  sink_failed,    ///< the ByteSink refused bytes
  no_space,       ///< the same, since the disk behind it, or its owner's share, is full
  cancelled,      ///< the caller's stop_token was triggered
  internal,       ///< a defect of this library
};

/// A failure: kind, a sentence that names cause, value and what is allowed, and where it was raised.
struct Error {
  Errc code = Errc::internal;
  std::string message;
  const char* file = "";
  int line = 0;
};

/// Builds an Error at the place where it is called.
[[nodiscard]] inline Error make_error(Errc code, std::string message, const char* file = __builtin_FILE(),
                                      int line = __builtin_LINE()) {
  return Error{code, std::move(message), file, line};
}

/// A value or an Error, with the member names of C++23's std::expected.
/// value() and operator* need has_value(); error() needs !has_value().
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return *std::get_if<1>(&state_); }
  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : failed_(true), error_(std::move(error)) {}

  [[nodiscard]] bool has_value() const noexcept { return !failed_; }
  explicit operator bool() const noexcept { return has_value(); }

  Error& error() & { return error_; }
  const Error& error() const& { return error_; }
  Error&& error() && { return std::move(error_); }

 private:
  bool failed_ = false;
  Error error_;
};

using Status = Result<void>;

}  // namespace imagepacker
