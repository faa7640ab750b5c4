// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string_view>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/orientation.h"

namespace imagepacker::bmff {

// Item properties of HEIF files (ISO/IEC 23008-12 clause 6.5) from the payloads of their boxes; the writing counterpart
// is bmff_properties.h. Empty for payloads that are cut or mean nothing.

/// 'ispe', sides 1 to 2^31 - 1.
std::optional<Size> parse_spatial_extents(ByteView payload);

/// 'colr' of type nclx. Codes that ColorSpace has no name for are unspecified.
std::optional<ColorSpace> parse_color_nclx(ByteView payload);

/// H.273's code of the matrix in 'colr' of type nclx, also one that Matrix has no name for.
std::optional<int> parse_matrix_code(ByteView payload);

/// 'colr' of type prof or rICC: the profile, borrowed.
std::optional<ByteView> parse_color_profile(ByteView payload);

std::optional<ContentLightLevel> parse_content_light_level(ByteView payload);
std::optional<MasteringDisplay> parse_mastering_display(ByteView payload);

/// 'auxC': the URN, borrowed.
std::optional<std::string_view> parse_auxiliary_type(ByteView payload);

/// What remains of stored pixels, and how that is turned. Side by side because 'clap', 'irot' and 'imir' act one after
/// the other, in the order of an item's properties.
struct Geometry {
  int left = 0;  ///< of the first pixel that remains, as stored
  int top = 0;
  Size size;  ///< of what remains, as stored
  Orientation orientation = Orientation::normal;

  /// Applies one more property. False when the payload is broken, or 'clap' keeps nothing; others do nothing.
  bool apply(std::string_view type, ByteView payload);
};

}  // namespace imagepacker::bmff
