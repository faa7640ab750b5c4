// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "container/png_structure.h"
#include "imagepacker/image.h"

namespace imagepacker {

/// What the samples of a PNG mean, W3C PNG (third edition) clause 4.3: cICP, unless its codes say nothing, outranks
/// `icc`, that sRGB, that gAMA and cHRM; without any of them it is sRGB. A profile, gamma or chromaticities that no
/// code of ColorSpace is near give `unspecified`. `icc`: the profile of the file, empty where it has none.
ColorSpace png_color(const PngStructure& structure, ByteView icc);

/// The HDR metadata of the file.
HdrInfo png_hdr_info(const PngStructure& structure);

}  // namespace imagepacker
