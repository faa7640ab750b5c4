// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exif_tags.h"

#include <gst/tag/tag.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "tag_value.h"

namespace imagepacker::element {
namespace {

using Edits = std::vector<ExifEdit>;

std::string formatted(const char* format, double value) {
  std::array<char, G_ASCII_DTOSTR_BUF_SIZE> chars{};
  // Not the program's locale: Exif has a point.
  return g_ascii_formatd(chars.data(), static_cast<int>(chars.size()), format, value);
}

std::string number_text(double value) {
  return formatted("%.9g", value);
}

/// A word of GStreamer's for a number of Exif's.
struct Word {
  const char* word;
  int code;
};

// Exif 2.32, clause 4.6.5.
constexpr Word kExposurePrograms[] = {{"undefined", 0},        {"manual", 1},   {"normal", 2}, {"aperture-priority", 3},
                                      {"shutter-priority", 4}, {"creative", 5}, {"action", 6}, {"portrait", 7},
                                      {"landscape", 8}};
constexpr Word kExposureModes[] = {{"auto-exposure", 0}, {"manual-exposure", 1}, {"auto-bracket", 2}};
constexpr Word kSceneCaptureTypes[] = {{"standard", 0}, {"landscape", 1}, {"portrait", 2}, {"night-scene", 3}};
constexpr Word kGainAdjustments[] = {
    {"none", 0}, {"low-gain-up", 1}, {"high-gain-up", 2}, {"low-gain-down", 3}, {"high-gain-down", 4}};
constexpr Word kWhiteBalances[] = {{"auto", 0},     {"manual", 1},      {"daylight", 1}, {"cloudy", 1},
                                   {"tungsten", 1}, {"fluorescent", 1}, {"flash", 1},    {"fluorescent-h", 1}};
constexpr Word kLightSources[] = {{"daylight", 1}, {"fluorescent", 2}, {"tungsten", 3},
                                  {"flash", 4},    {"cloudy", 10},     {"fluorescent-h", 14}};
constexpr Word kContrasts[] = {{"normal", 0}, {"soft", 1}, {"hard", 2}};
constexpr Word kSaturations[] = {{"normal", 0}, {"low-saturation", 1}, {"high-saturation", 2}};
constexpr Word kMeteringModes[] = {{"unknown", 0}, {"average", 1},    {"center-weighted-average", 2},
                                   {"spot", 3},    {"multi-spot", 4}, {"pattern", 5},
                                   {"partial", 6}, {"other", 255}};

/// How a tag's value becomes values of Exif.
using Convert = void (*)(const GValue& value, Edits& edits);

struct TagRule {
  const char* tag;
  GType (*type)();
  Convert convert;
};

GType string_type() {
  return G_TYPE_STRING;
}
GType double_type() {
  return G_TYPE_DOUBLE;
}
GType int_type() {
  return G_TYPE_INT;
}
template <const char* kKey>
void copy_text(const GValue& value, Edits& edits) {
  edits.push_back({kKey, g_value_get_string(&value)});
}

template <const char* kKey>
void copy_number(const GValue& value, Edits& edits) {
  edits.push_back({kKey, number_text(g_value_get_double(&value))});
}

template <const auto& kWords>
const Word* find_word(std::string_view word) {
  for (const Word& each : kWords) {
    if (word == each.word) {
      return &each;
    }
  }
  return nullptr;
}

template <const char* kKey, const auto& kWords>
void copy_word(const GValue& value, Edits& edits) {
  const char* const word = g_value_get_string(&value);
  const Word* const known = find_word<kWords>(word);
  // An unknown word is a value that no number can hold, for a notice that names the key.
  edits.push_back({kKey, known != nullptr ? text(known->code) : word});
}

constexpr char kDescription[] = "Exif.Image.ImageDescription";
constexpr char kTitle[] = "Exif.Image.DocumentName";
constexpr char kComment[] = "Exif.Photo.UserComment";
constexpr char kArtist[] = "Exif.Image.Artist";
constexpr char kCopyright[] = "Exif.Image.Copyright";
constexpr char kMake[] = "Exif.Image.Make";
constexpr char kModel[] = "Exif.Image.Model";
constexpr char kSoftware[] = "Exif.Image.Software";
constexpr char kFNumber[] = "Exif.Photo.FNumber";
constexpr char kFocalLength[] = "Exif.Photo.FocalLength";
constexpr char kFocalLength35[] = "Exif.Photo.FocalLengthIn35mmFilm";
constexpr char kDigitalZoom[] = "Exif.Photo.DigitalZoomRatio";
constexpr char kExposureBias[] = "Exif.Photo.ExposureBiasValue";
constexpr char kExposureProgram[] = "Exif.Photo.ExposureProgram";
constexpr char kExposureMode[] = "Exif.Photo.ExposureMode";
constexpr char kSceneCaptureType[] = "Exif.Photo.SceneCaptureType";
constexpr char kGainControl[] = "Exif.Photo.GainControl";
constexpr char kWhiteBalance[] = "Exif.Photo.WhiteBalance";
constexpr char kLightSource[] = "Exif.Photo.LightSource";
constexpr char kContrast[] = "Exif.Photo.Contrast";
constexpr char kSaturation[] = "Exif.Photo.Saturation";
constexpr char kSharpness[] = "Exif.Photo.Sharpness";
constexpr char kMeteringMode[] = "Exif.Photo.MeteringMode";

void copy_exposure_time(const GValue& value, Edits& edits) {
  edits.push_back({"Exif.Photo.ExposureTime",
                   text(gst_value_get_fraction_numerator(&value), "/", gst_value_get_fraction_denominator(&value))});
}

void copy_iso_speed(const GValue& value, Edits& edits) {
  const int speed = g_value_get_int(&value);
  // The 16-bit tag ends at 65535, which then means "see the 32-bit one".
  edits.push_back({"Exif.Photo.ISOSpeedRatings", text(CLAMP(speed, 0, 65535))});
  constexpr int kIsoSpeed = 3;
  edits.push_back({"Exif.Photo.SensitivityType", text(kIsoSpeed)});
  edits.push_back({"Exif.Photo.ISOSpeed", text(MAX(speed, 0))});
}

void copy_focal_length_35(const GValue& value, Edits& edits) {
  edits.push_back({kFocalLength35, formatted("%.0f", g_value_get_double(&value))});
}

void copy_white_balance(const GValue& value, Edits& edits) {
  copy_word<kWhiteBalance, kWhiteBalances>(value, edits);
  if (const Word* const source = find_word<kLightSources>(g_value_get_string(&value))) {
    edits.push_back({kLightSource, text(source->code)});
  }
}

void copy_file_source(const GValue& value, Edits& edits) {
  const std::string_view source = g_value_get_string(&value);
  const char code = source == "dsc" ? 3 : source == "transparent-scanner" ? 1 : source == "reflex-scanner" ? 2 : 0;
  edits.push_back({"Exif.Photo.FileSource", std::string(1, code)});
}

/// Degrees, minutes, seconds with a ten-thousandth of a second: 3 mm.
std::string sexagesimal(double degrees) {
  const auto units = static_cast<long long>(std::llround(degrees * 3600 * 10000));
  return text(units / 36000000, "/1 ", units / 600000 % 60, "/1 ", units % 600000, "/10000");
}

template <bool kIsLatitude>
void copy_coordinate(const GValue& value, Edits& edits) {
  const double degrees = g_value_get_double(&value);
  const std::string key = kIsLatitude ? "Exif.GPSInfo.GPSLatitude" : "Exif.GPSInfo.GPSLongitude";
  if (!(std::abs(degrees) <= (kIsLatitude ? 90 : 180))) {
    // A value that no fraction can hold, for a notice that names the key.
    edits.push_back({key, number_text(degrees)});
    return;
  }
  const bool is_negative = degrees < 0;
  edits.push_back({key + "Ref", kIsLatitude ? (is_negative ? "S" : "N") : (is_negative ? "W" : "E")});
  edits.push_back({key, sexagesimal(std::abs(degrees))});
}

void copy_altitude(const GValue& value, Edits& edits) {
  const double metres = g_value_get_double(&value);
  if (std::isfinite(metres)) {
    edits.push_back({"Exif.GPSInfo.GPSAltitudeRef", metres < 0 ? "1" : "0"});
  }
  edits.push_back({"Exif.GPSInfo.GPSAltitude", number_text(std::abs(metres))});
}

void copy_position_error(const GValue& value, Edits& edits) {
  edits.push_back({"Exif.GPSInfo.GPSHPositioningError", number_text(g_value_get_double(&value))});
}

void copy_speed(const GValue& value, Edits& edits) {
  constexpr double kKilometresPerHour = 3.6;
  edits.push_back({"Exif.GPSInfo.GPSSpeedRef", "K"});
  edits.push_back({"Exif.GPSInfo.GPSSpeed", number_text(g_value_get_double(&value) * kKilometresPerHour)});
}

void copy_track(const GValue& value, Edits& edits) {
  edits.push_back({"Exif.GPSInfo.GPSTrackRef", "T"});
  edits.push_back({"Exif.GPSInfo.GPSTrack", number_text(g_value_get_double(&value))});
}

void copy_direction(const GValue& value, Edits& edits) {
  edits.push_back({"Exif.GPSInfo.GPSImgDirectionRef", "T"});
  edits.push_back({"Exif.GPSInfo.GPSImgDirection", number_text(g_value_get_double(&value))});
}

template <const char* kKey>
void copy_resolution(const GValue& value, Edits& edits) {
  constexpr int kInch = 2;
  edits.push_back({kKey, number_text(g_value_get_double(&value))});
  edits.push_back({"Exif.Image.ResolutionUnit", text(kInch)});
}

constexpr char kXResolution[] = "Exif.Image.XResolution";
constexpr char kYResolution[] = "Exif.Image.YResolution";

void copy_capture_time(const GValue& value, Edits& edits) {
  append_capture_time(static_cast<GstDateTime*>(g_value_get_boxed(&value)), edits);
}

void copy_application_data(const GValue& value, Edits& edits) {
  GstBuffer* const buffer = gst_sample_get_buffer(gst_value_get_sample(&value));
  GstMapInfo map;
  if (buffer != nullptr && gst_buffer_map(buffer, &map, GST_MAP_READ)) {
    edits.push_back({"Exif.Photo.MakerNote", std::string(reinterpret_cast<const char*>(map.data), map.size)});
    gst_buffer_unmap(buffer, &map);
  }
}

constexpr TagRule kRules[] = {
    {GST_TAG_DESCRIPTION, string_type, copy_text<kDescription>},
    {GST_TAG_TITLE, string_type, copy_text<kTitle>},
    {GST_TAG_COMMENT, string_type, copy_text<kComment>},
    {GST_TAG_ARTIST, string_type, copy_text<kArtist>},
    {GST_TAG_COPYRIGHT, string_type, copy_text<kCopyright>},
    {GST_TAG_DEVICE_MANUFACTURER, string_type, copy_text<kMake>},
    {GST_TAG_DEVICE_MODEL, string_type, copy_text<kModel>},
    {GST_TAG_APPLICATION_NAME, string_type, copy_text<kSoftware>},
    {GST_TAG_DATE_TIME, gst_date_time_get_type, copy_capture_time},
    {GST_TAG_CAPTURING_SHUTTER_SPEED, gst_fraction_get_type, copy_exposure_time},
    {GST_TAG_CAPTURING_FOCAL_RATIO, double_type, copy_number<kFNumber>},
    {GST_TAG_CAPTURING_FOCAL_LENGTH, double_type, copy_number<kFocalLength>},
    {GST_TAG_CAPTURING_FOCAL_LENGTH_35_MM, double_type, copy_focal_length_35},
    {GST_TAG_CAPTURING_DIGITAL_ZOOM_RATIO, double_type, copy_number<kDigitalZoom>},
    {GST_TAG_CAPTURING_ISO_SPEED, int_type, copy_iso_speed},
    {GST_TAG_CAPTURING_EXPOSURE_PROGRAM, string_type, copy_word<kExposureProgram, kExposurePrograms>},
    {GST_TAG_CAPTURING_EXPOSURE_MODE, string_type, copy_word<kExposureMode, kExposureModes>},
    {GST_TAG_CAPTURING_EXPOSURE_COMPENSATION, double_type, copy_number<kExposureBias>},
    {GST_TAG_CAPTURING_SCENE_CAPTURE_TYPE, string_type, copy_word<kSceneCaptureType, kSceneCaptureTypes>},
    {GST_TAG_CAPTURING_GAIN_ADJUSTMENT, string_type, copy_word<kGainControl, kGainAdjustments>},
    {GST_TAG_CAPTURING_WHITE_BALANCE, string_type, copy_white_balance},
    {GST_TAG_CAPTURING_CONTRAST, string_type, copy_word<kContrast, kContrasts>},
    {GST_TAG_CAPTURING_SATURATION, string_type, copy_word<kSaturation, kSaturations>},
    {GST_TAG_CAPTURING_SHARPNESS, string_type, copy_word<kSharpness, kContrasts>},
    {GST_TAG_CAPTURING_METERING_MODE, string_type, copy_word<kMeteringMode, kMeteringModes>},
    {GST_TAG_CAPTURING_SOURCE, string_type, copy_file_source},
    {GST_TAG_IMAGE_HORIZONTAL_PPI, double_type, copy_resolution<kXResolution>},
    {GST_TAG_IMAGE_VERTICAL_PPI, double_type, copy_resolution<kYResolution>},
    {GST_TAG_GEO_LOCATION_LATITUDE, double_type, copy_coordinate<true>},
    {GST_TAG_GEO_LOCATION_LONGITUDE, double_type, copy_coordinate<false>},
    {GST_TAG_GEO_LOCATION_ELEVATION, double_type, copy_altitude},
    {GST_TAG_GEO_LOCATION_HORIZONTAL_ERROR, double_type, copy_position_error},
    {GST_TAG_GEO_LOCATION_MOVEMENT_SPEED, double_type, copy_speed},
    {GST_TAG_GEO_LOCATION_MOVEMENT_DIRECTION, double_type, copy_track},
    {GST_TAG_GEO_LOCATION_CAPTURE_DIRECTION, double_type, copy_direction},
    {GST_TAG_APPLICATION_DATA, gst_sample_get_type, copy_application_data},
};

/// Flash, whose one number holds "fired" in bit 0 and the mode in bits 3 and 4.
void append_flash(const GstTagList* tags, Edits& edits, std::vector<Notice>& notices) {
  const GValue* const fired = tag_value(tags, GST_TAG_CAPTURING_FLASH_FIRED, 0, G_TYPE_BOOLEAN, notices);
  const GValue* const mode = tag_value(tags, GST_TAG_CAPTURING_FLASH_MODE, 0, G_TYPE_STRING, notices);
  if (fired != nullptr || mode != nullptr) {
    const bool has_fired = fired != nullptr && g_value_get_boolean(fired) != FALSE;
    const std::string_view word = mode != nullptr ? g_value_get_string(mode) : "";
    const int mode_bits = word == "always" ? 1 : word == "never" ? 2 : word == "auto" ? 3 : 0;
    edits.push_back({"Exif.Photo.Flash", text((has_fired ? 1 : 0) | mode_bits << 3)});
  }
}

/// GPS time and date, which are UTC: known when the capture time knows its zone.
void append_gps_time(const GstTagList* tags, Edits& edits, std::vector<Notice>& notices) {
  const GValue* const value = tag_value(tags, GST_TAG_DATE_TIME, 0, GST_TYPE_DATE_TIME, notices);
  const bool has_position = gst_tag_list_get_tag_size(tags, GST_TAG_GEO_LOCATION_LATITUDE) > 0;
  if (!has_position || value == nullptr) {
    return;
  }
  auto* const time = static_cast<GstDateTime*>(g_value_get_boxed(value));
  GDateTime* const local = gst_date_time_has_time(time) ? gst_date_time_to_g_date_time(time) : nullptr;
  GDateTime* const utc = local != nullptr ? g_date_time_to_utc(local) : nullptr;
  if (utc != nullptr) {
    edits.push_back({"Exif.GPSInfo.GPSTimeStamp", text(g_date_time_get_hour(utc), "/1 ", g_date_time_get_minute(utc),
                                                       "/1 ", g_date_time_get_second(utc), "/1")});
    gchar* const date = g_date_time_format(utc, "%Y:%m:%d");
    edits.push_back({"Exif.GPSInfo.GPSDateStamp", date});
    g_free(date);
    g_date_time_unref(utc);
  }
  if (local != nullptr) {
    g_date_time_unref(local);
  }
}

void append_extended_comments(const GstTagList* tags, Edits& edits, std::vector<Notice>& notices) {
  constexpr std::string_view kPrefix = "Exif.";
  for (const std::string& comment : tag_texts(tags, GST_TAG_EXTENDED_COMMENT, notices)) {
    const std::size_t equals = comment.find('=');
    if (comment.starts_with(kPrefix) && equals != std::string::npos) {
      edits.push_back({comment.substr(0, equals), comment.substr(equals + 1)});
    }
  }
}

}  // namespace

void append_capture_time(GstDateTime* time, std::vector<ExifEdit>& edits) {
  if (time == nullptr || !gst_date_time_has_year(time)) {
    return;
  }
  const auto part = [](bool is_known, int value, const char* unknown) {
    return is_known ? formatted("%02.0f", value) : std::string(unknown);
  };
  const bool has_time = gst_date_time_has_time(time) != FALSE;
  const bool has_second = gst_date_time_has_second(time) != FALSE;
  // What is unknown is blank (Exif 2.32, DateTimeOriginal).
  const std::string date_time =
      text(formatted("%04.0f", gst_date_time_get_year(time)), ":",
           part(gst_date_time_has_month(time), gst_date_time_has_month(time) ? gst_date_time_get_month(time) : 0, "  "),
           ":", part(gst_date_time_has_day(time), gst_date_time_has_day(time) ? gst_date_time_get_day(time) : 0, "  "),
           " ", part(has_time, has_time ? gst_date_time_get_hour(time) : 0, "  "), ":",
           part(has_time, has_time ? gst_date_time_get_minute(time) : 0, "  "), ":",
           part(has_second, has_second ? gst_date_time_get_second(time) : 0, "  "));
  for (const char* suffix : {"Original", "Digitized"}) {
    edits.push_back({text("Exif.Photo.DateTime", suffix), date_time});
    if (has_second && gst_date_time_get_microsecond(time) != 0) {
      edits.push_back(
          {text("Exif.Photo.SubSecTime", suffix), formatted("%06.0f", gst_date_time_get_microsecond(time))});
    }
    if (has_time) {
      const int minutes = static_cast<int>(std::lround(gst_date_time_get_time_zone_offset(time) * 60));
      edits.push_back({text("Exif.Photo.OffsetTime", suffix),
                       text(minutes < 0 ? "-" : "+", formatted("%02.0f", std::abs(minutes) / 60), ":",
                            formatted("%02.0f", std::abs(minutes) % 60))});
    }
  }
}

std::vector<ExifEdit> exif_edits_of(const GstTagList* tags, std::vector<Notice>& notices) {
  Edits edits;
  for (const TagRule& rule : kRules) {
    if (const GValue* const value = tag_value(tags, rule.tag, 0, rule.type(), notices)) {
      rule.convert(*value, edits);
    }
  }
  append_flash(tags, edits, notices);
  append_gps_time(tags, edits, notices);
  append_extended_comments(tags, edits, notices);
  return edits;
}

}  // namespace imagepacker::element
