// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tag_value.h"

#include "base/text.h"

namespace imagepacker::element {
namespace {

bool is_empty(const GValue* value) {
  return g_value_fits_pointer(value) && g_value_peek_pointer(value) == nullptr;
}

}  // namespace

const GValue* tag_value(const GstTagList* tags, const char* tag, guint index, GType type,
                        std::vector<Notice>& notices) {
  const GValue* const value = gst_tag_list_get_value_index(tags, tag, index);
  if (value == nullptr) {
    return nullptr;
  }
  const bool is_right_type = G_VALUE_HOLDS(value, type);
  if (is_right_type && !is_empty(value)) {
    return value;
  }
  notices.push_back({Notice::Kind::metadata_dropped,
                     text("the tag ", tag, " is left out: it holds ",
                          is_right_type ? text("no ", g_type_name(type))
                                        : text("a ", G_VALUE_TYPE_NAME(value), ", not a ", g_type_name(type)))});
  return nullptr;
}

std::vector<std::string> tag_texts(const GstTagList* tags, const char* tag, std::vector<Notice>& notices) {
  std::vector<std::string> texts;
  const guint count = gst_tag_list_get_tag_size(tags, tag);
  for (guint i = 0; i < count; ++i) {
    if (const GValue* const value = tag_value(tags, tag, i, G_TYPE_STRING, notices)) {
      texts.emplace_back(g_value_get_string(value));
    }
  }
  return texts;
}

}  // namespace imagepacker::element
