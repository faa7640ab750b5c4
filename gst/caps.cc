// SPDX-License-Identifier: LGPL-2.1-or-later
#include "caps.h"

#include <gst/video/video.h>

#include <algorithm>
#include <string>

#include "color.h"

namespace imagepacker::element {
namespace {

void append_string(GValue* list, const char* string) {
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_TYPE_STRING);
  g_value_set_string(&value, string);
  gst_value_list_append_and_take_value(list, &value);
}

GstCaps* template_caps(GstElement* element, const char* pad) {
  return gst_pad_template_get_caps(gst_element_get_pad_template(element, pad));
}

bool is_named(const GstStructure* structure, const GstCaps* caps) {
  for (guint i = 0; i < gst_caps_get_size(caps); ++i) {
    if (gst_structure_get_name_id(gst_caps_get_structure(caps, i)) == gst_structure_get_name_id(structure)) {
      return true;
    }
  }
  return false;
}

/// Raw video restricted to what a peer that takes `wanted` says, where it names a media type of `possible`, about the
/// fields that encoding leaves as they are.
CapsPtr raw_caps_for(const GstCaps* wanted, const GstCaps* possible, bool keeps_size) {
  static constexpr const char* kKeptFields[] = {"framerate", "pixel-aspect-ratio"};
  static constexpr const char* kSizeFields[] = {"width", "height"};
  CapsPtr result(gst_caps_new_empty());
  for (guint i = 0; i < gst_caps_get_size(wanted); ++i) {
    const GstStructure* const from = gst_caps_get_structure(wanted, i);
    if (!is_named(from, possible)) {
      continue;
    }
    GstStructure* const to = gst_structure_new_empty("video/x-raw");
    const auto copy = [&](const char* field) {
      if (const GValue* const value = gst_structure_get_value(from, field)) {
        gst_structure_set_value(to, field, value);
      }
    };
    for (const char* const field : kKeptFields) {
      copy(field);
    }
    for (const char* const field : kSizeFields) {
      if (keeps_size) {
        copy(field);
      }
    }
    result.reset(gst_caps_merge_structure(result.release(), to));
  }
  return result;
}

/// The names that jpegparse has for how a JPEG is sampled.
const char* jpeg_sampling(const PixelFormatInfo& info) {
  static constexpr const char* kByLog2[3][2] = {
      {"YCbCr-4:4:4", "YCbCr-4:4:0"}, {"YCbCr-4:2:2", "YCbCr-4:2:0"}, {"YCbCr-4:1:1", "YCbCr-4:1:0"}};
  return info.model == ColorModel::gray ? "GRAYSCALE" : kByLog2[info.log2_chroma_w][info.log2_chroma_h];
}

constexpr int kBaselineSof = 0;
constexpr int kProgressiveSof = 2;

}  // namespace

GstCaps* raw_video_caps() {
  GValue names = G_VALUE_INIT;
  gst_value_list_init(&names, static_cast<guint>(all_pixel_formats().size()));
  for (const PixelFormatInfo& info : all_pixel_formats()) {
    const std::string name(info.name);
    if (gst_video_format_from_string(name.c_str()) != GST_VIDEO_FORMAT_UNKNOWN) {
      append_string(&names, name.c_str());
    }
  }
  GstStructure* const structure = gst_structure_new_empty("video/x-raw");
  gst_structure_take_value(structure, "format", &names);
  gst_structure_set(structure,                                  //
                    "width", GST_TYPE_INT_RANGE, 1, G_MAXINT,   //
                    "height", GST_TYPE_INT_RANGE, 1, G_MAXINT,  //
                    "framerate", GST_TYPE_FRACTION_RANGE, 0, 1, G_MAXINT, 1, nullptr);
  return gst_caps_new_full(structure, nullptr);
}

GstCaps* packed_caps(std::span<const FormatInfo> formats) {
  GstCaps* const caps = gst_caps_new_empty();
  for (const FormatInfo& format : formats) {
    for (const std::string_view mime_type : format.mime_types) {
      gst_caps_append_structure(caps,
                                gst_structure_new(std::string(mime_type).c_str(),                      //
                                                  "width", GST_TYPE_INT_RANGE, 1, format.max_width,    //
                                                  "height", GST_TYPE_INT_RANGE, 1, format.max_height,  //
                                                  "framerate", GST_TYPE_FRACTION_RANGE, 0, 1, G_MAXINT, 1, nullptr));
    }
  }
  return caps;
}

GstCaps* image_file_caps(std::span<const Format> formats) {
  GstCaps* const caps = gst_caps_new_empty();
  for (const FormatInfo& info : supported_formats()) {
    if (!info.can_unpack || (!formats.empty() && std::ranges::find(formats, info.format) == formats.end())) {
      continue;
    }
    for (const std::string_view mime_type : info.mime_types) {
      gst_caps_append_structure(caps, gst_structure_new_empty(std::string(mime_type).c_str()));
    }
    if (info.format == Format::heif) {
      gst_caps_append_structure(caps, gst_structure_new_empty("image/avif"));
      gst_caps_append_structure(caps, gst_structure_new("video/quicktime", "variant", G_TYPE_STRING, "heif", nullptr));
    }
  }
  return caps;
}

std::optional<Output> choose_output(GstPad* source_pad, std::optional<Format> usual) {
  const CapsPtr possible(gst_pad_get_pad_template_caps(source_pad));
  const CapsPtr peer(gst_pad_peer_query_caps(source_pad, nullptr));
  const CapsPtr allowed(gst_caps_intersect_full(peer.get(), possible.get(), GST_CAPS_INTERSECT_FIRST));
  if (gst_caps_is_empty(allowed.get())) {
    return std::nullopt;
  }
  if (const FormatInfo* const info = usual && gst_caps_is_any(peer.get()) ? format_info(*usual) : nullptr) {
    return Output{info, info->mime_types.front()};
  }
  const auto allows = [&](std::string_view mime_type) {
    for (guint i = 0; i < gst_caps_get_size(allowed.get()); ++i) {
      if (gst_structure_get_name(gst_caps_get_structure(allowed.get(), i)) == mime_type) {
        return true;
      }
    }
    return false;
  };
  const std::string_view first = gst_structure_get_name(gst_caps_get_structure(allowed.get(), 0));
  for (const FormatInfo& format : supported_formats()) {
    for (const std::string_view mime_type : format.mime_types) {
      if (mime_type == first) {
        const std::string_view preferred = format.mime_types.front();
        return Output{&format, allows(preferred) ? preferred : mime_type};
      }
    }
  }
  return std::nullopt;
}

GstCaps* acceptable_caps(GstElement* encoder, bool keeps_size, GstCaps* filter) {
  CapsPtr result(template_caps(encoder, "sink"));
  GstPad* const source_pad = GST_VIDEO_ENCODER_SRC_PAD(encoder);
  const CapsPtr possible(gst_pad_get_pad_template_caps(source_pad));
  const CapsPtr peer(gst_pad_peer_query_caps(source_pad, nullptr));
  // The largest size of a format is not passed on: a picture too large is refused with a sentence, which beats a failed
  // negotiation. What a peer says itself is.
  if (!gst_caps_is_any(peer.get())) {
    const CapsPtr wanted = raw_caps_for(peer.get(), possible.get(), keeps_size);
    result.reset(gst_caps_intersect_full(wanted.get(), result.get(), GST_CAPS_INTERSECT_FIRST));
  }
  if (filter != nullptr) {
    result.reset(gst_caps_intersect_full(filter, result.get(), GST_CAPS_INTERSECT_FIRST));
  }
  return result.release();
}

GstCaps* describe_output(const Output& output, const PackedInfo& info, const PackingOptions& options) {
  GstCaps* const caps =
      gst_caps_new_simple(std::string(output.mime_type).c_str(), "parsed", G_TYPE_BOOLEAN, TRUE, nullptr);
  if (output.format->format == Format::jpeg) {
    const PixelFormatInfo& layout = info.format.info();
    gst_caps_set_simple(caps,                                                                             //
                        "sof-marker", G_TYPE_INT, options.progressive ? kProgressiveSof : kBaselineSof,   //
                        "colorspace", G_TYPE_STRING, layout.model == ColorModel::gray ? "GRAY" : "sYUV",  //
                        "sampling", G_TYPE_STRING, jpeg_sampling(layout), nullptr);
  }
  if (is_hdr(info.format.color.transfer)) {
    set_hdr_info(caps, info.format.hdr);
  }
  return caps;
}

}  // namespace imagepacker::element
