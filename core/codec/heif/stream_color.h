// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "imagepacker/color_space.h"

namespace imagepacker::heif {

/// What a coded stream says of its colours: the VUI of HEVC (H.265 clause E.2.1), the sequence header of AV1.
struct StreamColor {
  std::optional<Range> range;  ///< empty where it says nothing of them
  Primaries primaries = Primaries::unspecified;
  Transfer transfer = Transfer::unspecified;
  int matrix_code = static_cast<int>(Matrix::unspecified);  ///< of H.273, also one that Matrix has no name for
  std::optional<ChromaSite> chroma_site;
};

}  // namespace imagepacker::heif
