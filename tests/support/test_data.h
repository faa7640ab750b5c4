// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

#include "imagepacker/byte_sink.h"

namespace imagepacker::testing {

/// The bytes of the file `name` in tests/data. Ends the test program when it can't be read.
Bytes read_test_data(std::string_view name);

}  // namespace imagepacker::testing
