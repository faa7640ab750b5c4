// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/byte_sink.h"

namespace imagepacker {

/// How many tags the directories of a TIFF structure (IFD0, Exif, GPS) declare that can't be there: of a type that does
/// not exist, or with a value that lies outside of `tiff`, as in a file that was cut off. libexif passes over them
/// without a word. `tiff` begins with its header, else the answer is 0.
int count_unreadable_tags(ByteView tiff);

}  // namespace imagepacker
