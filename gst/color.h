// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include "imagepacker/image.h"

namespace imagepacker::element {

/// What colorimetry and chroma site of `info` mean. What is unknown there is taken as GStreamer takes it when caps
/// carry no colorimetry: by size for YCbCr, sRGB for RGB.
ColorSpace color_space_of(const GstVideoInfo& info);

/// `color` in GStreamer's terms; 0 (unknown) where it has no value.
GstVideoColorimetry colorimetry_of(const ColorSpace& color);

/// The chroma site in GStreamer's terms, unknown for layouts without subsampling.
GstVideoChromaSite chroma_site_of(const ImageFormat& format);

/// The caps fields mastering-display-info and content-light-level.
HdrInfo hdr_info_of(const GstCaps* caps);

/// Writes `hdr` to the caps fields mastering-display-info and content-light-level; removes those that it lacks.
void set_hdr_info(GstCaps* caps, const HdrInfo& hdr);

}  // namespace imagepacker::element
