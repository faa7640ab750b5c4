// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace imagepacker {

/// A change to the picture or its metadata that its owner should know of because the output can't hold what came in.
struct Notice {
  enum class Kind {
    tone_mapped,       ///< HDR came in, SDR goes out
    metadata_dropped,  ///< a part of the metadata is broken or does not fit the format
    frames_dropped,    ///< an animation came in, one picture goes out
  } kind;
  std::string message;  ///< one sentence: what was done, why, and what to ask for instead
};

}  // namespace imagepacker
