// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <exception>
#include <new>
#include <string_view>

#include "base/text.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// The exception that is being handled as an Error; `doing` completes "no memory for …". Only within a catch block.
inline Error error_from_exception(std::string_view doing) {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return make_error(Errc::out_of_memory, text("no memory for ", doing));
  } catch (const std::exception& exception) {
    return make_error(Errc::internal, text("exception while ", doing, ": ", exception.what()));
  }
}

}  // namespace imagepacker
