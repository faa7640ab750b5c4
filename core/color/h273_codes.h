// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "imagepacker/color_space.h"

namespace imagepacker {

// The enumerators of H.273's code points, for readers of files. Empty for codes that have none, reserved ones too.

std::optional<Primaries> primaries_of_code(int code);
std::optional<Transfer> transfer_of_code(int code);
std::optional<Matrix> matrix_of_code(int code);

}  // namespace imagepacker
