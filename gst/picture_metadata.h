// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <vector>

#include "imagepacker/notice.h"
#include "imagepacker/picture.h"

namespace imagepacker::element {

/// The metadata of one frame: the blobs that came along with it or as attachments among the tags, and what the tags say
/// in their stead. `tags` may be nullptr. What can't be used is left out and adds a notice.
/// Any thread. Errors: out_of_memory.
Result<Metadata> metadata_of(const GstTagList* tags, GstBuffer* frame, std::vector<Notice>& notices);

/// The blobs alone that came with `frame`, or as attachments among the tags: of a kind that both bring, the frame's.
Metadata blobs_of(const GstTagList* tags, GstBuffer* frame, std::vector<Notice>& notices);

/// `frame` brings metadata of its own.
bool has_metadata(GstBuffer* frame);

/// Takes the metadata that came along off `frame`, which is writable: they stand in it now.
void remove_metadata(GstBuffer* frame);

/// The orientation that `tags` state; normal when they don't or state it wrongly, which adds a notice. `tags` may be
/// nullptr.
Orientation orientation_of(const GstTagList* tags, std::vector<Notice>& notices);

/// The word of the tag image-orientation.
const char* orientation_word(Orientation orientation);

/// `meta` is that of metadata_meta.h.
bool is_metadata_meta(const GstMeta* meta);

/// Whether `meta` speaks of places in the picture (regions of interest, crops): wrong once its pixels are elsewhere.
bool is_about_places(const GstMeta* meta);

/// Registers the meta of metadata_meta.h. Once per process is enough; more do no harm.
void register_metadata_meta();

}  // namespace imagepacker::element
