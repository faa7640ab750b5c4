// SPDX-License-Identifier: LGPL-2.1-or-later
#include "properties.h"

#include <gst/gst.h>

#include <iterator>
#include <string_view>
#include <type_traits>

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

}  // namespace

GType dynamic_range_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(DynamicRange::automatic), "HDR video stays HDR where the format can hold it", "auto"},
      {static_cast<int>(DynamicRange::sdr), "HDR video is tone-mapped to SDR", "sdr"},
      {static_cast<int>(DynamicRange::hdr), "HDR or an error", "hdr"},
      {0, nullptr, nullptr},
  };
  return enum_type("ImagePackerDynamicRange", values);
}

namespace {

GType hdr_layout_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(HdrLayout::single), "One HDR picture", "single"},
      {static_cast<int>(HdrLayout::gain_map), "An SDR picture and a gain map, for viewers that know no HDR",
       "gain-map"},
      {0, nullptr, nullptr},
  };
  return enum_type("ImagePackerHdrLayout", values);
}

GType gain_map_scale_type() {
  static const GEnumValue values[] = {
      {0, "Chosen by size and quality", "auto"},
      {1, "Every pixel", "1"},
      {2, "Half the columns and half the rows", "2"},
      {4, "A quarter of the columns and of the rows", "4"},
      {0, nullptr, nullptr},
  };
  return enum_type("ImagePackerGainMapScale", values);
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

template <class S, class T>
auto& at(S& settings, T PackingOptions::*member) {
  return settings.packing.*member;
}
template <class S, class T>
auto& at(S& settings, T Settings::*member) {
  return settings.*member;
}

/// One property: its description and its place in the settings.
struct Property {
  const char* name;
  const char* nick;
  const char* blurb;
  GParamSpec* (*make_spec)(const Property&);
  void (*set)(Settings&, const GValue*);
  void (*get)(const Settings&, GValue*);
};

template <auto kMember>
constexpr Property boolean(const char* name, const char* nick, const char* blurb) {
  return {
      name,
      nick,
      blurb,
      [](const Property& p) { return g_param_spec_boolean(p.name, p.nick, p.blurb, at(kDefaults, kMember), kFlags); },
      [](Settings& s, const GValue* v) { at(s, kMember) = g_value_get_boolean(v) != FALSE; },
      [](const Settings& s, GValue* v) { g_value_set_boolean(v, at(s, kMember)); }};
}

template <auto kMember, int kHighest>
constexpr Property integer(const char* name, const char* nick, const char* blurb) {
  return {name,
          nick,
          blurb,
          [](const Property& p) {
            return g_param_spec_int(p.name, p.nick, p.blurb, 0, kHighest, at(kDefaults, kMember), kFlags);
          },
          [](Settings& s, const GValue* v) { at(s, kMember) = g_value_get_int(v); },
          [](const Settings& s, GValue* v) { g_value_set_int(v, at(s, kMember)); }};
}

template <auto kMember, guint kHighest>
constexpr Property natural(const char* name, const char* nick, const char* blurb) {
  return {name,
          nick,
          blurb,
          [](const Property& p) {
            return g_param_spec_uint(p.name, p.nick, p.blurb, 0, kHighest, at(kDefaults, kMember), kFlags);
          },
          [](Settings& s, const GValue* v) { at(s, kMember) = g_value_get_uint(v); },
          [](const Settings& s, GValue* v) { g_value_set_uint(v, at(s, kMember)); }};
}

template <auto kMember>
constexpr Property natural64(const char* name, const char* nick, const char* blurb) {
  return {name,
          nick,
          blurb,
          [](const Property& p) {
            return g_param_spec_uint64(p.name, p.nick, p.blurb, 0, G_MAXUINT64, at(kDefaults, kMember), kFlags);
          },
          [](Settings& s, const GValue* v) { at(s, kMember) = g_value_get_uint64(v); },
          [](const Settings& s, GValue* v) { g_value_set_uint64(v, at(s, kMember)); }};
}

template <auto kMember, GType (*kType)()>
constexpr Property choice(const char* name, const char* nick, const char* blurb) {
  return {name,
          nick,
          blurb,
          [](const Property& p) {
            return g_param_spec_enum(p.name, p.nick, p.blurb, kType(), static_cast<int>(at(kDefaults, kMember)),
                                     kFlags);
          },
          [](Settings& s, const GValue* v) {
            auto& value = at(s, kMember);
            value = static_cast<std::remove_reference_t<decltype(value)>>(g_value_get_enum(v));
          },
          [](const Settings& s, GValue* v) { g_value_set_enum(v, static_cast<int>(at(s, kMember))); }};
}

using Options = PackingOptions;

constexpr Property kProperties[] = {
    integer<&Options::quality, Options::kMaxQuality>(
        "quality", "Quality",
        "Quality of lossy output, from 0 (smallest) to 100 (the best the lossy coder has; still lossy). Without effect "
        "on PNG and with lossless=true"),
    boolean<&Options::lossless>(
        "lossless", "Lossless",
        "Keep every sample exactly: for WebP and HEIF. PNG always does; with JPEG, which can't, it is an error"),
    integer<&Options::effort, Options::kMaxEffort>(
        "effort", "Effort",
        "Time spent for fewer bytes, from 0 (fastest) to 10 (smallest); one scale for all formats, the default is a "
        "good trade"),
    choice<&Options::chroma_subsampling, chroma_subsampling_type>(
        "chroma-subsampling", "Chroma subsampling",
        "Resolution of colour against brightness in JPEG and HEIF. Lossy WebP has 420 only and refuses 422 and 444; "
        "PNG has no subsampling and ignores it"),
    boolean<&Options::progressive>(
        "progressive", "Progressive",
        "JPEG that appears coarse first and sharpens while it loads; smaller but slower to make. With other formats it "
        "is an error"),
    choice<&Options::huffman_tables, huffman_tables_type>(
        "huffman-tables", "Huffman tables",
        "Code tables of JPEG: made for each picture, or those of the standard, which rtpjpegpay needs because RTP "
        "carries no tables. Other formats ignore it"),
    natural<&Options::background, 0xFFFFFFU>(
        "background", "Background",
        "Colour behind transparent pixels in JPEG, which has no transparency, as 0xRRGGBB in sRGB. Other formats keep "
        "the transparency and ignore it"),
    boolean<&Settings::premultiplied_alpha>(
        "premultiplied-alpha", "Premultiplied alpha",
        "The colours of incoming video with transparency have been multiplied by it, which caps can't say"),
    choice<&Options::desired_dynamic_range, dynamic_range_type>(
        "desired-dynamic-range", "Desired dynamic range",
        "What becomes of HDR video (PQ or HLG colorimetry). JPEG holds it as a gain map, PNG and HEIF hold it as it "
        "is, "
        "WebP can't: there hdr is an error and auto tone-maps. SDR video stays SDR with auto and sdr"),
    choice<&Options::hdr_layout, hdr_layout_type>(
        "hdr-layout", "HDR layout", "How HDR stands in HEIF. Other formats have one way only and ignore it"),
    choice<&Options::gain_map_scale, gain_map_scale_type>(
        "gain-map-scale", "Gain map scale",
        "How much smaller than the picture the gain map of HDR JPEG and HEIF is. Without effect where there is none"),
    integer<&Options::gain_map_quality, Options::kMaxQuality>(
        "gain-map-quality", "Gain map quality",
        "Quality of the gain map of HDR JPEG and HEIF, from 0 to 100. Without effect where there is none"),
    integer<&Options::max_width, G_MAXINT>("max-width", "Maximum width",
                                           "Pixels; wider pictures are shrunk to it, aspect ratio kept. 0 = no limit"),
    integer<&Options::max_height, G_MAXINT>(
        "max-height", "Maximum height", "Pixels; higher pictures are shrunk to it, aspect ratio kept. 0 = no limit"),
    natural64<&Options::max_bytes>(
        "max-bytes", "Maximum bytes",
        "Bytes; the highest quality up to the set one whose picture fits is searched, and it is an error if none does. "
        "Takes several times as long. 0 = no limit"),
    {"metadata", "Metadata",
     "Which metadata is written, from the tags of the stream, of the application and from what comes with a frame. "
     "Orientation is always written",
     [](const Property& p) {
       return g_param_spec_flags(p.name, p.nick, p.blurb, metadata_flags_type(), metadata_flags(kDefaults.packing),
                                 kFlags);
     },
     [](Settings& s, const GValue* v) { set_metadata_flags(s.packing, g_value_get_flags(v)); },
     [](const Settings& s, GValue* v) { g_value_set_flags(v, metadata_flags(s.packing)); }},
    boolean<&Options::keep_gps>(
        "gps", "GPS",
        "Write where the picture was taken; false takes positions out of Exif and XMP, wherever "
        "they come from"),
    integer<&Options::thumbnail_size, Options::kMaxThumbnailSize>(
        "thumbnail-size", "Thumbnail size",
        "Pixels on the long side of a small picture inside the file, for file managers. 0 = none"),
    boolean<&Settings::apply_orientation>(
        "apply-orientation", "Apply orientation",
        "Turn the pixels as the tag image-orientation says, instead of writing into the file that viewers must"),
    natural<&Settings::max_threads, kMaxThreads>(
        "max-threads", "Maximum threads",
        "Threads that encode: the parts of a single picture, or several pictures of a stream at once. 0 = one per CPU. "
        "The bytes don't depend on it"),
    boolean<&Settings::snapshot>(
        "snapshot", "Snapshot", "Encode one frame, then end the stream (EOS). A flush or going to READY arms it again"),
};

const Property* find(guint id) {
  return id >= 1 && id <= std::size(kProperties) ? &kProperties[id - 1] : nullptr;
}

bool is_about_frames(const Property& property) {
  const std::string_view name = property.name;
  return name == "premultiplied-alpha" || name == "snapshot";
}

}  // namespace

void install_properties(GObjectClass* object_class) {
  guint id = 0;
  for (const Property& property : kProperties) {
    g_object_class_install_property(object_class, ++id, property.make_spec(property));
  }
}

void install_repacking_properties(GObjectClass* object_class) {
  guint id = 0;
  for (const Property& property : kProperties) {
    ++id;
    if (!is_about_frames(property)) {
      g_object_class_install_property(object_class, id, property.make_spec(property));
    }
  }
}

bool is_quality_property(guint id) {
  const Property* const property = find(id);
  return property != nullptr && property->name == std::string_view("quality");
}

bool is_coding_property(guint id) {
  const Property* const property = find(id);
  return property != nullptr &&
         (property->name == std::string_view("progressive") || property->name == std::string_view("huffman-tables"));
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
