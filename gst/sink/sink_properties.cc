// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/sink_properties.h"

#include <string>
#include <string_view>
#include <vector>

#include "properties.h"

namespace imagepacker::element {
namespace {

/// The sink's own properties are numbered from here, the encoder's from 1.
enum SinkProperty : guint {
  kLocation = 1000,
  kFd,
  kFormat,
  kIndex,
  kMaxFiles,
  kOverwrite,
  kDurability,
  kGallery,
  kGalleryFolder,
  kOnRequest,
  kSkipFrames,
  kStats,
};

constexpr auto kReadOnly = static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
constexpr auto kFlags =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
constexpr auto kFlagsBeforePaused =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);

GType registered(const char* name, const GEnumValue* values) {
  const GType type = g_enum_register_static(name, values);
  gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
  return type;
}

constexpr int kAutomatic = -1;

/// "auto" and the formats of this build.
GType format_type() {
  static const GType type = [] {
    static std::vector<std::string> names;
    static std::vector<GEnumValue> values{
        {kAutomatic, "As the extension of the location says; files that come in stay as they are where it doesn't",
         "auto"}};
    const auto formats = supported_formats();
    names.reserve(formats.size() * 2);
    for (const FormatInfo& format : formats) {
      const char* const nick = names.emplace_back(format.name).c_str();
      const char* const name = names.emplace_back(format.long_name).c_str();
      values.push_back({static_cast<int>(format.format), name, nick});
    }
    values.push_back({0, nullptr, nullptr});
    return registered("ImagePackerSinkFormat", values.data());
  }();
  return type;
}

GType overwrite_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(Overwrite::automatic), "unique in the gallery, else replace", "auto"},
      {static_cast<int>(Overwrite::replace), "The new file takes the place of the old one", "replace"},
      {static_cast<int>(Overwrite::fail), "It is an error", "fail"},
      {static_cast<int>(Overwrite::unique),
       "The next index that is free; -1, -2 … before the extension of names without an index", "unique"},
      {0, nullptr, nullptr},
  };
  static const GType type = registered("ImagePackerSinkOverwrite", values);
  return type;
}

GType durability_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(Durability::none), "The system writes them when it likes", "none"},
      {static_cast<int>(Durability::file), "The bytes are on the disk before the file has its name", "file"},
      {static_cast<int>(Durability::directory), "The name is on the disk, too", "directory"},
      {0, nullptr, nullptr},
  };
  static const GType type = registered("ImagePackerSinkDurability", values);
  return type;
}

void install(GObjectClass* klass, SinkProperty id, GParamSpec* spec) {
  g_object_class_install_property(klass, id, spec);
}

std::string string_of(const GValue* value) {
  const char* const string = g_value_get_string(value);
  return string != nullptr ? string : "";
}

void set_string(GValue* value, const std::string& string) {
  g_value_set_string(value, string.empty() ? nullptr : string.c_str());
}

}  // namespace

void install_sink_properties(GObjectClass* klass) {
  install_properties(klass);
  install(
      klass, kLocation,
      g_param_spec_string(
          "location", "Location",
          "Path or URI of the files. %05d stands for the index, {date:%Y%m%d_%H%M%S} for the time of the photo, %%, "
          "{{ and }} for %, { and }. Without either each photo takes the place of the last one. With gallery=true: "
          "a name in the gallery, by default one like IMG_20260101_120000_001.jpg",
          nullptr, kFlags));
  install(
      klass, kFd,
      g_param_spec_int("fd", "File descriptor",
                       "Open descriptor to write to instead; it stays open. A regular file holds the last photo and "
                       "nothing else, a pipe gets one after the other. -1 = none",
                       -1, G_MAXINT, -1, kFlags));
  install(klass, kFormat,
          g_param_spec_enum("format", "Format",
                            "Format of the files. auto: what the extension of the location says, JPEG for raw video in "
                            "the gallery; raw video is an error where nothing says it, as with fd",
                            format_type(), kAutomatic, kFlags));
  install(klass, kIndex,
          g_param_spec_uint64("index", "Index", "Index of the next file; each file that was written adds one", 0,
                              G_MAXUINT64, 0, kFlags));
  install(klass, kMaxFiles,
          g_param_spec_uint("max-files", "Maximum files",
                            "Files of this element that are kept; older ones are removed. 0 = no limit", 0, G_MAXUINT,
                            0, kFlags));
  install(klass, kOverwrite,
          g_param_spec_enum("overwrite", "Overwrite", "What happens when there is a file of that name",
                            overwrite_type(), static_cast<int>(Overwrite::automatic), kFlags));
  install(klass, kDurability,
          g_param_spec_enum("durability", "Durability",
                            "How sure it is that a photo outlives a power cut when its message is posted. A file is "
                            "whole or not there in any case",
                            durability_type(), static_cast<int>(Durability::file), kFlags));
  install(
      klass, kGallery,
      g_param_spec_boolean("gallery", "Gallery",
                           "Write to the folder of the user's pictures, under names as cameras give them, dated when "
                           "the photo was taken",
                           FALSE, kFlags));
  install(
      klass, kGalleryFolder,
      g_param_spec_string("gallery-folder", "Gallery folder",
                          "Folder below that of the user's pictures for gallery=true, such as Camera; it is made when "
                          "it isn't there",
                          nullptr, kFlags));
  install(
      klass, kOnRequest,
      g_param_spec_boolean("on-request", "On request",
                           "Only frames that take-photo or a GstForceKeyUnit event asks for become files, else every "
                           "frame does",
                           FALSE, kFlags));
  install(klass, kSkipFrames,
          g_param_spec_uint("skip-frames", "Skip frames",
                            "Frames that are left out at the start, until a camera has found its exposure", 0,
                            G_MAXUINT, 0, kFlagsBeforePaused));
  install(
      klass, kStats,
      g_param_spec_boxed(
          "stats", "Statistics",
          "Since the start: frames (files that were written), bytes, last-encode-time (nanoseconds), dropped (frames "
          "that came too late)",
          GST_TYPE_STRUCTURE, kReadOnly));
}

void set_sink_property(PhotoSink& sink, guint id, const GValue* value, GParamSpec* spec) {
  if (id < kLocation) {
    sink.chain().set_property(spec->name, value);
    return;
  }
  const auto change = [&](auto apply) { sink.change_settings(apply); };
  switch (id) {
    case kLocation:
      return change([&](DestinationSettings& s) { s.location = string_of(value); });
    case kFd:
      return change([&](DestinationSettings& s) { s.fd = g_value_get_int(value); });
    case kFormat: {
      const int format = g_value_get_enum(value);
      return change([&](DestinationSettings& s) {
        s.format = format == kAutomatic ? std::nullopt : std::optional(static_cast<Format>(format));
      });
    }
    case kIndex:
      return sink.writer().set_index(g_value_get_uint64(value));
    case kMaxFiles:
      return change([&](DestinationSettings& s) { s.max_files = g_value_get_uint(value); });
    case kOverwrite:
      return change([&](DestinationSettings& s) { s.overwrite = static_cast<Overwrite>(g_value_get_enum(value)); });
    case kDurability:
      return change([&](DestinationSettings& s) { s.durability = static_cast<Durability>(g_value_get_enum(value)); });
    case kGallery:
      return change([&](DestinationSettings& s) { s.is_gallery = g_value_get_boolean(value) != FALSE; });
    case kGalleryFolder:
      return change([&](DestinationSettings& s) { s.gallery_folder = string_of(value); });
    case kOnRequest:
      return sink.set_on_request(g_value_get_boolean(value) != FALSE);
    case kSkipFrames:
      return sink.shutter().set_skipped_frames(g_value_get_uint(value));
    default:
      break;
  }
}

void get_sink_property(PhotoSink& sink, guint id, GValue* value, GParamSpec* spec) {
  const DestinationSettings settings = sink.settings();
  switch (id) {
    case kLocation:
      return set_string(value, settings.location);
    case kFd:
      return g_value_set_int(value, settings.fd);
    case kFormat:
      return g_value_set_enum(value, settings.format ? static_cast<int>(*settings.format) : kAutomatic);
    case kIndex:
      return g_value_set_uint64(value, sink.writer().index());
    case kMaxFiles:
      return g_value_set_uint(value, settings.max_files);
    case kOverwrite:
      return g_value_set_enum(value, static_cast<int>(settings.overwrite));
    case kDurability:
      return g_value_set_enum(value, static_cast<int>(settings.durability));
    case kGallery:
      return g_value_set_boolean(value, settings.is_gallery);
    case kGalleryFolder:
      return set_string(value, settings.gallery_folder);
    case kOnRequest:
      return g_value_set_boolean(value, sink.shutter().is_on_request());
    case kSkipFrames:
      return g_value_set_uint(value, sink.shutter().skipped_frames());
    case kStats:
      return g_value_take_boxed(value, sink.statistics());
    default:
      return sink.chain().get_property(spec->name, value);
  }
}

}  // namespace imagepacker::element
