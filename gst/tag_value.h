// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <string>
#include <vector>

#include "imagepacker/notice.h"

namespace imagepacker::element {

/// The value number `index` of `tag`, when there is one that holds a `type` and is not empty (NULL); else nullptr. A
/// value of another type, which a deserialized list or an application that registered the tag first can hold, adds a
/// notice. GStreamer's own getters complain about such values as programming errors.
const GValue* tag_value(const GstTagList* tags, const char* tag, guint index, GType type, std::vector<Notice>& notices);

/// All values of `tag` that are strings, as they are: possibly not UTF-8. Others add a notice.
std::vector<std::string> tag_texts(const GstTagList* tags, const char* tag, std::vector<Notice>& notices);

}  // namespace imagepacker::element
