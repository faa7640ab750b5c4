// SPDX-License-Identifier: LGPL-2.1-or-later
#include "xmp_tags.h"

#include <gst/tag/tag.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "tag_value.h"

namespace imagepacker::element {
namespace {

using Form = XmpEdit::Form;

struct Schema {
  const char* namespace_uri;
  const char* prefix;
};
constexpr Schema kDc{"http://purl.org/dc/elements/1.1/", "dc"};
constexpr Schema kXmp{"http://ns.adobe.com/xap/1.0/", "xmp"};
constexpr Schema kExif{"http://ns.adobe.com/exif/1.0/", "exif"};
constexpr Schema kTiff{"http://ns.adobe.com/tiff/1.0/", "tiff"};

XmpEdit edit(const Schema& schema, const char* name, Form form, std::vector<std::string> values) {
  return {schema.namespace_uri, schema.prefix, name, form, std::move(values)};
}

/// Tags whose texts are values as they are.
struct TextRule {
  const char* tag;
  Schema schema;
  const char* name;
  Form form;
};
// XMP specification part 1 clause 8.3 and 8.4, part 2 clause 1.2.
constexpr TextRule kTextRules[] = {
    {GST_TAG_TITLE, kDc, "title", Form::lang_alt},
    {GST_TAG_DESCRIPTION, kDc, "description", Form::lang_alt},
    {GST_TAG_COPYRIGHT, kDc, "rights", Form::lang_alt},
    {GST_TAG_ARTIST, kDc, "creator", Form::ordered},
    {GST_TAG_KEYWORDS, kDc, "subject", Form::unordered},
    {GST_TAG_APPLICATION_NAME, kXmp, "CreatorTool", Form::text},
    {GST_TAG_COMMENT, kExif, "UserComment", Form::lang_alt},
    {GST_TAG_DEVICE_MANUFACTURER, kTiff, "Make", Form::text},
    {GST_TAG_DEVICE_MODEL, kTiff, "Model", Form::text},
};

/// The words between the commas, which is how GStreamer holds several keywords in one value.
std::vector<std::string> split_at_commas(const std::vector<std::string>& texts) {
  std::vector<std::string> words;
  for (const std::string& each : texts) {
    gchar** const parts = g_strsplit(each.c_str(), ",", -1);
    for (gchar** part = parts; *part != nullptr; ++part) {
      if (const std::string_view word = g_strstrip(*part); !word.empty()) {
        words.emplace_back(word);
      }
    }
    g_strfreev(parts);
  }
  return words;
}

std::string fixed(double value, const char* format) {
  gchar chars[G_ASCII_DTOSTR_BUF_SIZE];
  return g_ascii_formatd(chars, sizeof chars, format, value);
}

/// ISO 8601 with a colon in the zone, which XMP specification part 1 clause 8.2.1.2 asks for and GStreamer leaves out.
std::string date_time_text(GstDateTime* time) {
  gchar* const chars = gst_date_time_to_iso8601_string(time);
  std::string date_time = chars != nullptr ? chars : "";
  g_free(chars);
  constexpr std::size_t kZoneLength = 5;
  const std::size_t zone = date_time.size() - std::min(date_time.size(), kZoneLength);
  if (date_time.find('T') < zone && (date_time[zone] == '+' || date_time[zone] == '-')) {
    return text(date_time.substr(0, zone + 3), ":", date_time.substr(zone + 3));
  }
  return date_time;
}

/// "48,8.250000N", XMP specification part 2 clause 1.2.7.4: a millionth of a minute is 2 mm.
std::string coordinate(double degrees, char positive, char negative) {
  const auto units = static_cast<long long>(std::llround(std::abs(degrees) * 60e6));
  return text(units / 60000000, ",", fixed(static_cast<double>(units % 60000000) / 1e6, "%.6f"),
              degrees < 0 ? negative : positive);
}

void append_position(const GstTagList* tags, std::vector<XmpEdit>& edits, std::vector<Notice>& notices) {
  const GValue* const latitude = tag_value(tags, GST_TAG_GEO_LOCATION_LATITUDE, 0, G_TYPE_DOUBLE, notices);
  const GValue* const longitude = tag_value(tags, GST_TAG_GEO_LOCATION_LONGITUDE, 0, G_TYPE_DOUBLE, notices);
  const GValue* const elevation = tag_value(tags, GST_TAG_GEO_LOCATION_ELEVATION, 0, G_TYPE_DOUBLE, notices);
  const bool is_on_earth = latitude != nullptr && longitude != nullptr &&
                           std::abs(g_value_get_double(latitude)) <= 90 &&
                           std::abs(g_value_get_double(longitude)) <= 180;
  if (!is_on_earth) {
    return;
  }
  edits.push_back(edit(kExif, "GPSLatitude", Form::text, {coordinate(g_value_get_double(latitude), 'N', 'S')}));
  edits.push_back(edit(kExif, "GPSLongitude", Form::text, {coordinate(g_value_get_double(longitude), 'E', 'W')}));
  if (elevation != nullptr && std::isfinite(g_value_get_double(elevation))) {
    const double metres = g_value_get_double(elevation);
    edits.push_back(edit(kExif, "GPSAltitudeRef", Form::text, {metres < 0 ? "1" : "0"}));
    edits.push_back(edit(kExif, "GPSAltitude", Form::text, {fixed(std::abs(metres) * 1000, "%.0f") + "/1000"}));
  }
}

}  // namespace

std::vector<XmpEdit> xmp_edits_of(const GstTagList* tags, std::vector<Notice>& notices) {
  std::vector<XmpEdit> edits;
  for (const TextRule& rule : kTextRules) {
    auto texts = tag_texts(tags, rule.tag, notices);
    if (rule.form == Form::unordered) {
      texts = split_at_commas(texts);
    }
    if (texts.empty()) {
      continue;
    }
    if (rule.form == Form::text || rule.form == Form::lang_alt) {
      texts.resize(1);
    }
    edits.push_back(edit(rule.schema, rule.name, rule.form, std::move(texts)));
  }
  if (const GValue* const rating = tag_value(tags, GST_TAG_USER_RATING, 0, G_TYPE_UINT, notices)) {
    // GStreamer counts to 100, XMP to five stars.
    const guint stars = (MIN(g_value_get_uint(rating), 100U) + 10) / 20;
    edits.push_back(edit(kXmp, "Rating", Form::text, {text(stars)}));
  }
  if (const GValue* const time = tag_value(tags, GST_TAG_DATE_TIME, 0, GST_TYPE_DATE_TIME, notices)) {
    edits.push_back(
        edit(kXmp, "CreateDate", Form::text, {date_time_text(static_cast<GstDateTime*>(g_value_get_boxed(time)))}));
  }
  append_position(tags, edits, notices);
  return edits;
}

}  // namespace imagepacker::element
