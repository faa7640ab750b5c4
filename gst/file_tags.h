// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include "imagepacker/picture.h"

namespace imagepacker::element {

/// Registers the tag that marks lists from file_tags(). Once per process is enough; more do no harm.
void register_file_tags();

/// What `metadata` of an image file of the format `codec` ("JPEG") say, as tags for viewers. The list is marked, so
/// that an encoder that gets the metadata themselves along with a frame does not write their rounded copies over them.
/// The caller owns the list.
GstTagList* file_tags(const Metadata& metadata, const char* codec);

/// `tags` come from file_tags().
bool are_file_tags(const GstTagList* tags);

/// Puts the blobs of `metadata` on `frame`, as metadata_meta.h says, unless there are none.
void attach_metadata(GstBuffer* frame, const Metadata& metadata);

}  // namespace imagepacker::element
