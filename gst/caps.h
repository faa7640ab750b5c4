// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "imagepacker/options.h"
#include "imagepacker/packer.h"

namespace imagepacker::element {

struct CapsUnref {
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
};
using CapsPtr = std::unique_ptr<GstCaps, CapsUnref>;

/// Raw video in every layout that both this library and this GStreamer know. The caller owns the caps.
GstCaps* raw_video_caps();

/// One structure per media type of `formats`, in their order, with the sizes they can have. The caller owns the caps.
GstCaps* packed_caps(std::span<const FormatInfo> formats);

/// One structure per media type of image files of `formats` (empty: all) that this build reads, with the names that
/// GStreamer's type finding has for them. The caller owns the caps.
GstCaps* image_file_caps(std::span<const Format> formats);

/// What comes out: a format and the media type to call it.
struct Output {
  const FormatInfo* format;
  std::string_view mime_type;
};

/// The output for what is linked to `source_pad`: the first of the formats that its template and the peer both have, in
/// the peer's order if it names any, else in the template's. A format's own first media type is preferred to its
/// others. Where the peer takes anything, `usual`, if this build has it. Nothing when the peer takes none of them.
std::optional<Output> choose_output(GstPad* source_pad, std::optional<Format> usual = std::nullopt);

/// What raw video `encoder`'s sink pad can take, given what its peers want. `keeps_size`: pictures go out as large as
/// they came in, so that limits of downstream are limits of upstream. The caller owns the caps.
GstCaps* acceptable_caps(GstElement* encoder, bool keeps_size, GstCaps* filter);

/// Caps for packed pictures, with everything that the bytes can be said to hold but size and framerate. The caller owns
/// them.
GstCaps* describe_output(const Output& output, const PackedInfo& info, const PackingOptions& options);

}  // namespace imagepacker::element
