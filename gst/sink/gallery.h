// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "imagepacker/result.h"

namespace imagepacker::element {

/// The folder of the user's pictures (XDG_PICTURES_DIR, else "Pictures" at home) and `subfolder` in it, with a slash at
/// the end. Nobody looks whether it is there.
std::string gallery_path(const std::string& subfolder);

/// Makes the folder `path` and those above it.
Status make_folders(const std::string& path);

}  // namespace imagepacker::element
