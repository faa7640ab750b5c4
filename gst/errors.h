// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include "imagepacker/packer.h"
#include "imagepacker/result.h"

namespace imagepacker::element {

/// Posts `error` as an error message on the bus: its sentence as text, the place where it was raised as debug string,
/// domain and code by its Errc. Errc::cancelled posts nothing. Any thread.
void post_error(GstElement* element, const Error& error);

/// The same for what is wrong with the video that came in, whatever the Errc: STREAM/FORMAT.
void post_format_error(GstElement* element, const Error& error);

/// The same for an image file that can't be read: what a codec says is STREAM/DECODE.
void post_reading_error(GstElement* element, const Error& error);

/// Posts that downstream refuses what comes out, of `caps` (nullptr: unknown). Any thread.
void post_refusal(GstElement* element, const GstCaps* caps);

/// Posts that nothing is linked to the source pad. Any thread.
void post_no_link(GstElement* element);

/// Posts `error` as a warning message, with `details` (taken over, or nullptr). Any thread.
void post_warning(GstElement* element, const Error& error, GstStructure* details);

/// Posts `notice` on the bus: as a warning where metadata is lost, else as an info message. Any thread.
void post_notice(GstElement* element, const Notice& notice);

}  // namespace imagepacker::element
