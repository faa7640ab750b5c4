// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "support/raw_frame.h"

namespace imagepacker::testing {

/// Fills the memory of `frame` through the packing function of GStreamer's description of the layout.
void write_by_gstreamer(const FrameContent& content, RawFrame& frame);

}  // namespace imagepacker::testing
