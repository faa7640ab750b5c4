// SPDX-License-Identifier: LGPL-2.1-or-later
#include "properties.h"

#include <gst/gst.h>

#include <iterator>

namespace imagepacker::element {
namespace {

constexpr auto kFlags =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

const Settings kDefaults;

/// A GEnum type for `values`, made once.
GType enum_type(const char* name, const GEnumValue* values) {
  const GType existing = g_type_from_name(name);
  if (existing != 0) {
    return existing;
  }
  const GType type = g_enum_register_static(name, values);
  gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
  return type;
}

GType chroma_subsampling_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(ChromaSubsampling::automatic), "As the source has it where the format can; 4:2:0 for RGB",
       "auto"},
      {static_cast<int>(ChromaSubsampling::yuv420), "4:2:0, half the columns and half the rows", "420"},
      {static_cast<int>(ChromaSubsampling::yuv422), "4:2:2, half the columns and all rows", "422"},
      {static_cast<int>(ChromaSubsampling::yuv444), "4:4:4, colour at full resolution", "444"},
      {0, nullptr, nullptr},
  };
  return enum_type("ImagePackerChromaSubsampling", values);
}

GType dynamic_range_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(DynamicRange::automatic), "HDR video stays HDR where the format can hold it", "auto"},
      {static_cast<int>(DynamicRange::sdr), "HDR video is tone-mapped to SDR", "sdr"},
      {static_cast<int>(DynamicRange::hdr), "HDR or an error", "hdr"},
      {0, nullptr, nullptr},
  };
  return enum_type("ImagePackerDynamicRange", values);
}

GType huffman_tables_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(HuffmanTables::optimal), "Made for the picture: fewest bytes", "optimal"},
      {static_cast<int>(HuffmanTables::standard), "Those of the standard, which RTP/JPEG needs", "standard"},
      {0, nullptr, nullptr},
  };
  return enum_type("ImagePackerHuffmanTables", values);
}

enum MetadataFlag : unsigned { kExif = 1, kXmp = 2, kIcc = 4 };

GType metadata_flags_type() {
  static const GFlagsValue values[] = {
      {kExif, "Exif: camera, lens, exposure, time, position", "exif"},
      {kXmp, "XMP: the same and more as XML", "xmp"},
      {kIcc, "The ICC profile that comes with a picture; one that its colours need is made anyway", "icc"},
      {0, nullptr, nullptr},
  };
  static const GType type = [] {
    const GType made = g_flags_register_static("ImagePackerMetadataKinds", values);
    gst_type_mark_as_plugin_api(made, static_cast<GstPluginAPIFlags>(0));
    return made;
  }();
  return type;
}

unsigned metadata_flags(const PackingOptions& options) {
  return (options.keep_exif ? kExif : 0U) | (options.keep_xmp ? kXmp : 0U) | (options.keep_icc ? kIcc : 0U);
}

void set_metadata_flags(PackingOptions& options, unsigned flags) {
  options.keep_exif = (flags & kExif) != 0;
  options.keep_xmp = (flags & kXmp) != 0;
  options.keep_icc = (flags & kIcc) != 0;
}

/// One property: its description and its place in the settings.
struct Property {
  GParamSpec* (*make_spec)();
  void (*set)(Settings&, const GValue*);
  void (*get)(const Settings&, GValue*);
};

const Property kProperties[] = {
    {[] {
       return g_param_spec_int("quality", "Quality",
                               "Quality of lossy output, from 0 (smallest) to 100 (the best the lossy coder has; still "
                               "lossy). Without effect on PNG and with lossless=true",
                               0, PackingOptions::kMaxQuality, kDefaults.packing.quality, kFlags);
     },
     [](Settings& s, const GValue* v) { s.packing.quality = g_value_get_int(v); },
     [](const Settings& s, GValue* v) { g_value_set_int(v, s.packing.quality); }},
    {[] {
       return g_param_spec_boolean("lossless", "Lossless",
                                   "Keep every sample exactly: for WebP and HEIF. PNG always does; with JPEG, which "
                                   "can't, it is an error",
                                   kDefaults.packing.lossless, kFlags);
     },
     [](Settings& s, const GValue* v) { s.packing.lossless = g_value_get_boolean(v) != FALSE; },
     [](const Settings& s, GValue* v) { g_value_set_boolean(v, s.packing.lossless); }},
    {[] {
       return g_param_spec_int("effort", "Effort",
                               "Time spent for fewer bytes, from 0 (fastest) to 10 (smallest); one scale for all "
                               "formats, the default is a good trade",
                               0, PackingOptions::kMaxEffort, kDefaults.packing.effort, kFlags);
     },
     [](Settings& s, const GValue* v) { s.packing.effort = g_value_get_int(v); },
     [](const Settings& s, GValue* v) { g_value_set_int(v, s.packing.effort); }},
    {[] {
       return g_param_spec_enum("chroma-subsampling", "Chroma subsampling",
                                "Resolution of colour against brightness in JPEG and HEIF. Lossy WebP has 420 only and "
                                "refuses 422 and 444; PNG has no subsampling and ignores it",
                                chroma_subsampling_type(), static_cast<int>(kDefaults.packing.chroma_subsampling),
                                kFlags);
     },
     [](Settings& s, const GValue* v) {
       s.packing.chroma_subsampling = static_cast<ChromaSubsampling>(g_value_get_enum(v));
     },
     [](const Settings& s, GValue* v) { g_value_set_enum(v, static_cast<int>(s.packing.chroma_subsampling)); }},
    {[] {
       return g_param_spec_boolean("progressive", "Progressive",
                                   "JPEG that appears coarse first and sharpens while it loads; smaller but slower to "
                                   "make. With other formats it is an error",
                                   kDefaults.packing.progressive, kFlags);
     },
     [](Settings& s, const GValue* v) { s.packing.progressive = g_value_get_boolean(v) != FALSE; },
     [](const Settings& s, GValue* v) { g_value_set_boolean(v, s.packing.progressive); }},
    {[] {
       return g_param_spec_enum("huffman-tables", "Huffman tables",
                                "Code tables of JPEG: made for each picture, or those of the standard, which "
                                "rtpjpegpay needs because RTP carries no tables. Other formats ignore it",
                                huffman_tables_type(), static_cast<int>(kDefaults.packing.huffman_tables), kFlags);
     },
     [](Settings& s, const GValue* v) { s.packing.huffman_tables = static_cast<HuffmanTables>(g_value_get_enum(v)); },
     [](const Settings& s, GValue* v) { g_value_set_enum(v, static_cast<int>(s.packing.huffman_tables)); }},
    {[] {
       return g_param_spec_uint("background", "Background",
                                "Colour behind transparent pixels in JPEG, which has no transparency, as 0xRRGGBB in "
                                "sRGB. Other formats keep the transparency and ignore it",
                                0, 0xFFFFFF, kDefaults.packing.background, kFlags);
     },
     [](Settings& s, const GValue* v) { s.packing.background = g_value_get_uint(v); },
     [](const Settings& s, GValue* v) { g_value_set_uint(v, s.packing.background); }},
    {[] {
       return g_param_spec_boolean("premultiplied-alpha", "Premultiplied alpha",
                                   "The colours of incoming video with transparency have been multiplied by it, which "
                                   "caps can't say",
                                   kDefaults.premultiplied_alpha, kFlags);
     },
     [](Settings& s, const GValue* v) { s.premultiplied_alpha = g_value_get_boolean(v) != FALSE; },
     [](const Settings& s, GValue* v) { g_value_set_boolean(v, s.premultiplied_alpha); }},
    {[] {
       return g_param_spec_enum("desired-dynamic-range", "Desired dynamic range",
                                "What becomes of HDR video (PQ or HLG colorimetry). SDR video stays SDR with auto and "
                                "sdr",
                                dynamic_range_type(), static_cast<int>(kDefaults.packing.desired_dynamic_range),
                                kFlags);
     },
     [](Settings& s, const GValue* v) {
       s.packing.desired_dynamic_range = static_cast<DynamicRange>(g_value_get_enum(v));
     },
     [](const Settings& s, GValue* v) { g_value_set_enum(v, static_cast<int>(s.packing.desired_dynamic_range)); }},
    {[] {
       return g_param_spec_int("max-width", "Maximum width",
                               "Pixels; wider pictures are shrunk to it, aspect ratio kept. 0 = no limit", 0, G_MAXINT,
                               kDefaults.packing.max_width, kFlags);
     },
     [](Settings& s, const GValue* v) { s.packing.max_width = g_value_get_int(v); },
     [](const Settings& s, GValue* v) { g_value_set_int(v, s.packing.max_width); }},
    {[] {
       return g_param_spec_int("max-height", "Maximum height",
                               "Pixels; higher pictures are shrunk to it, aspect ratio kept. 0 = no limit", 0, G_MAXINT,
                               kDefaults.packing.max_height, kFlags);
     },
     [](Settings& s, const GValue* v) { s.packing.max_height = g_value_get_int(v); },
     [](const Settings& s, GValue* v) { g_value_set_int(v, s.packing.max_height); }},
    {[] {
       return g_param_spec_uint64("max-bytes", "Maximum bytes",
                                  "Bytes; the highest quality up to the set one whose picture fits is searched, and it "
                                  "is an error if none does. Takes several times as long. 0 = no limit",
                                  0, G_MAXUINT64, kDefaults.packing.max_bytes, kFlags);
     },
     [](Settings& s, const GValue* v) { s.packing.max_bytes = g_value_get_uint64(v); },
     [](const Settings& s, GValue* v) { g_value_set_uint64(v, s.packing.max_bytes); }},
    {[] {
       return g_param_spec_flags("metadata", "Metadata",
                                 "Which metadata is written, from the tags of the stream, of the application and from "
                                 "what comes with a frame. Orientation is always written",
                                 metadata_flags_type(), metadata_flags(kDefaults.packing), kFlags);
     },
     [](Settings& s, const GValue* v) { set_metadata_flags(s.packing, g_value_get_flags(v)); },
     [](const Settings& s, GValue* v) { g_value_set_flags(v, metadata_flags(s.packing)); }},
    {[] {
       return g_param_spec_boolean("gps", "GPS",
                                   "Write where the picture was taken; false takes positions out of Exif and XMP, "
                                   "wherever they come from",
                                   kDefaults.packing.keep_gps, kFlags);
     },
     [](Settings& s, const GValue* v) { s.packing.keep_gps = g_value_get_boolean(v) != FALSE; },
     [](const Settings& s, GValue* v) { g_value_set_boolean(v, s.packing.keep_gps); }},
    {[] {
       return g_param_spec_int(
           "thumbnail-size", "Thumbnail size",
           "Pixels on the long side of a small picture inside the file, for file managers. 0 = none", 0,
           PackingOptions::kMaxThumbnailSize, kDefaults.packing.thumbnail_size, kFlags);
     },
     [](Settings& s, const GValue* v) { s.packing.thumbnail_size = g_value_get_int(v); },
     [](const Settings& s, GValue* v) { g_value_set_int(v, s.packing.thumbnail_size); }},
    {[] {
       return g_param_spec_boolean("apply-orientation", "Apply orientation",
                                   "Turn the pixels as the tag image-orientation says, instead of writing into the "
                                   "file that viewers must",
                                   kDefaults.apply_orientation, kFlags);
     },
     [](Settings& s, const GValue* v) { s.apply_orientation = g_value_get_boolean(v) != FALSE; },
     [](const Settings& s, GValue* v) { g_value_set_boolean(v, s.apply_orientation); }},
    {[] {
       return g_param_spec_uint(
           "max-threads", "Maximum threads",
           "Threads that encode: the parts of a single picture, or several pictures of a stream at "
           "once. 0 = one per CPU. The bytes don't depend on it",
           0, kMaxThreads, kDefaults.max_threads, kFlags);
     },
     [](Settings& s, const GValue* v) { s.max_threads = g_value_get_uint(v); },
     [](const Settings& s, GValue* v) { g_value_set_uint(v, s.max_threads); }},
    {[] {
       return g_param_spec_boolean(
           "snapshot", "Snapshot",
           "Encode one frame, then end the stream (EOS). A flush or going to READY arms it again", kDefaults.snapshot,
           kFlags);
     },
     [](Settings& s, const GValue* v) { s.snapshot = g_value_get_boolean(v) != FALSE; },
     [](const Settings& s, GValue* v) { g_value_set_boolean(v, s.snapshot); }},
};

const Property* find(guint id) {
  return id >= 1 && id <= std::size(kProperties) ? &kProperties[id - 1] : nullptr;
}

}  // namespace

void install_properties(GObjectClass* object_class) {
  guint id = 0;
  for (const Property& property : kProperties) {
    g_object_class_install_property(object_class, ++id, property.make_spec());
  }
}

bool set_property(Settings& settings, guint id, const GValue* value) {
  const Property* const property = find(id);
  if (property != nullptr) {
    property->set(settings, value);
  }
  return property != nullptr;
}

bool get_property(const Settings& settings, guint id, GValue* value) {
  const Property* const property = find(id);
  if (property != nullptr) {
    property->get(settings, value);
  }
  return property != nullptr;
}

}  // namespace imagepacker::element
