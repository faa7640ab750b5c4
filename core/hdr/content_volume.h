// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/image.h"

namespace imagepacker {

/// The colour volume of a picture as a mastering display that can just show it: the primaries of its colour space, its
/// MaxCLL (at least 1 cd/m²) and the black of BT.2100's reference display, 0.005 cd/m². For formats whose readers
/// expect one where none is known.
MasteringDisplay content_volume(const ColorSpace& color, const ContentLightLevel& level);

}  // namespace imagepacker
