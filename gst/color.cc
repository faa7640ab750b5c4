// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color.h"

#include <cstring>
#include <iterator>
#include <optional>
#include <type_traits>

namespace imagepacker::element {
namespace {

// GStreamer's own curves and primaries that H.273 has no code for.
constexpr struct {
  GstVideoTransferFunction gst;
  Transfer transfer;
} kOwnTransfers[] = {
    {GST_VIDEO_TRANSFER_GAMMA18, Transfer::gamma18},
    {GST_VIDEO_TRANSFER_GAMMA20, Transfer::gamma20},
    {GST_VIDEO_TRANSFER_ADOBERGB, Transfer::adobe_rgb},
};

constexpr struct {
  unsigned gst;  ///< GstVideoChromaSite flags
  ChromaSite site;
} kChromaSites[] = {
    {GST_VIDEO_CHROMA_SITE_NONE, ChromaSite::center},
    {GST_VIDEO_CHROMA_SITE_H_COSITED, ChromaSite::left},
    {GST_VIDEO_CHROMA_SITE_V_COSITED, ChromaSite::top},
    {GST_VIDEO_CHROMA_SITE_COSITED, ChromaSite::top_left},
};

Transfer transfer_of(GstVideoTransferFunction gst) {
  for (const auto& own : kOwnTransfers) {
    if (own.gst == gst) {
      return own.transfer;
    }
  }
  return static_cast<Transfer>(gst_video_transfer_function_to_iso(gst));
}

Primaries primaries_of(GstVideoColorPrimaries gst) {
  return gst == GST_VIDEO_COLOR_PRIMARIES_ADOBERGB ? Primaries::adobe_rgb
                                                   : static_cast<Primaries>(gst_video_color_primaries_to_iso(gst));
}

/// `code` as GStreamer took it from caps, which may hold any number; 0, unknown, when it is none of those up to
/// `highest`.
template <class Code>
Code known_code(const Code& code, Code highest) {
  // Not read as what it may not be.
  std::underlying_type_t<Code> number{};
  static_assert(sizeof number == sizeof code);
  std::memcpy(&number, &code, sizeof number);
  return number <= static_cast<std::underlying_type_t<Code>>(highest) ? static_cast<Code>(number) : Code{};
}

GstVideoColorimetry known_codes(const GstVideoColorimetry& given) {
  GstVideoColorimetry known{};
  known.range = known_code(given.range, GST_VIDEO_COLOR_RANGE_16_235);
  known.matrix = known_code(given.matrix, GST_VIDEO_COLOR_MATRIX_BT2020);
  known.transfer = known_code(given.transfer, GST_VIDEO_TRANSFER_BT601);
  known.primaries = known_code(given.primaries, GST_VIDEO_COLOR_PRIMARIES_EBU3213);
  return known;
}

/// The colorimetry that GStreamer gives to caps of this format and size that carry none.
GstVideoColorimetry default_colorimetry(const GstVideoInfo& info) {
  GstVideoInfo plain;
  if (!gst_video_info_set_format(&plain, GST_VIDEO_INFO_FORMAT(&info), static_cast<guint>(info.width),
                                 static_cast<guint>(info.height))) {
    return info.colorimetry;
  }
  return plain.colorimetry;
}

}  // namespace

ColorSpace color_space_of(const GstVideoInfo& info) {
  GstVideoColorimetry color = known_codes(info.colorimetry);
  const GstVideoColorimetry usual = default_colorimetry(info);
  const bool is_rgb = GST_VIDEO_INFO_IS_RGB(&info);
  if (color.range == GST_VIDEO_COLOR_RANGE_UNKNOWN) {
    color.range = usual.range;
  }
  if (is_rgb) {
    color.matrix = GST_VIDEO_COLOR_MATRIX_RGB;
  } else if (color.matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN || color.matrix == GST_VIDEO_COLOR_MATRIX_RGB) {
    color.matrix = usual.matrix;
  }
  if (color.transfer == GST_VIDEO_TRANSFER_UNKNOWN) {
    color.transfer = usual.transfer;
  }
  if (color.primaries == GST_VIDEO_COLOR_PRIMARIES_UNKNOWN) {
    color.primaries = usual.primaries;
  }

  ColorSpace result{
      .primaries = primaries_of(color.primaries),
      .transfer = transfer_of(color.transfer),
      .matrix = static_cast<Matrix>(gst_video_color_matrix_to_iso(color.matrix)),
      .range = color.range == GST_VIDEO_COLOR_RANGE_16_235 ? Range::limited : Range::full,
      .chroma_site = ChromaSite::unspecified,
  };
  const auto site = static_cast<unsigned>(info.chroma_site) & ~static_cast<unsigned>(GST_VIDEO_CHROMA_SITE_ALT_LINE);
  for (const auto& each : kChromaSites) {
    if (each.gst == site) {
      result.chroma_site = each.site;
    }
  }
  return result;
}

GstVideoColorimetry colorimetry_of(const ColorSpace& color) {
  GstVideoColorimetry result{};
  result.range = color.range == Range::limited ? GST_VIDEO_COLOR_RANGE_16_235 : GST_VIDEO_COLOR_RANGE_0_255;
  result.matrix = gst_video_color_matrix_from_iso(static_cast<guint>(color.matrix));
  result.primaries = color.primaries == Primaries::adobe_rgb
                         ? GST_VIDEO_COLOR_PRIMARIES_ADOBERGB
                         : gst_video_color_primaries_from_iso(static_cast<guint>(color.primaries));
  for (const auto& own : kOwnTransfers) {
    if (own.transfer == color.transfer) {
      result.transfer = own.gst;
      return result;
    }
  }
  result.transfer = gst_video_transfer_function_from_iso(static_cast<guint>(color.transfer));
  return result;
}

GstVideoChromaSite chroma_site_of(const ImageFormat& format) {
  const PixelFormatInfo& info = format.info();
  if (info.log2_chroma_w == 0 && info.log2_chroma_h == 0) {
    return GST_VIDEO_CHROMA_SITE_UNKNOWN;
  }
  for (const auto& each : kChromaSites) {
    if (each.site == format.color.chroma_site) {
      return static_cast<GstVideoChromaSite>(each.gst);
    }
  }
  return GST_VIDEO_CHROMA_SITE_UNKNOWN;
}

HdrInfo hdr_info_of(const GstCaps* caps) {
  HdrInfo hdr;
  GstVideoMasteringDisplayInfo display;
  if (gst_video_mastering_display_info_from_caps(&display, caps)) {
    const auto& primaries = display.display_primaries;
    hdr.mastering_display = MasteringDisplay{
        .red = {primaries[0].x, primaries[0].y},
        .green = {primaries[1].x, primaries[1].y},
        .blue = {primaries[2].x, primaries[2].y},
        .white = {display.white_point.x, display.white_point.y},
        .max_luminance = display.max_display_mastering_luminance,
        .min_luminance = display.min_display_mastering_luminance,
    };
  }
  GstVideoContentLightLevel light;
  if (gst_video_content_light_level_from_caps(&light, caps)) {
    hdr.content_light_level = ContentLightLevel{light.max_content_light_level, light.max_frame_average_light_level};
  }
  return hdr;
}

void set_hdr_info(GstCaps* caps, const HdrInfo& hdr) {
  GstStructure* const structure = gst_caps_get_structure(caps, 0);
  gst_structure_remove_fields(structure, "mastering-display-info", "content-light-level", nullptr);
  if (hdr.mastering_display) {
    const MasteringDisplay& from = *hdr.mastering_display;
    GstVideoMasteringDisplayInfo display;
    gst_video_mastering_display_info_init(&display);
    const Chromaticity primaries[] = {from.red, from.green, from.blue};
    for (std::size_t i = 0; i < std::size(primaries); ++i) {
      display.display_primaries[i].x = primaries[i].x;
      display.display_primaries[i].y = primaries[i].y;
    }
    display.white_point.x = from.white.x;
    display.white_point.y = from.white.y;
    display.max_display_mastering_luminance = from.max_luminance;
    display.min_display_mastering_luminance = from.min_luminance;
    gst_video_mastering_display_info_add_to_caps(&display, caps);
  }
  if (hdr.content_light_level) {
    GstVideoContentLightLevel light;
    gst_video_content_light_level_init(&light);
    light.max_content_light_level = hdr.content_light_level->max_cll;
    light.max_frame_average_light_level = hdr.content_light_level->max_fall;
    gst_video_content_light_level_add_to_caps(&light, caps);
  }
}

}  // namespace imagepacker::element
