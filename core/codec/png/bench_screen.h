// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"

namespace imagepacker {

/// RGB rows of something like a screen with windows full of text: glyphs with smoothed edges that repeat, colours that
/// don't, flat grounds. The same for every call.
Bytes text_screen(Size size);

}  // namespace imagepacker
