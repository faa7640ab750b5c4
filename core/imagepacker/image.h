// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "imagepacker/color_space.h"
#include "imagepacker/export.h"
#include "imagepacker/pixel_format.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Width and height in pixels.
struct Size {
  int width = 0;
  int height = 0;

  friend bool operator==(const Size&, const Size&) = default;
};

/// What the alpha component means. A format without alpha component is `none` whatever is stated.
enum class Alpha : std::uint8_t {
  none,
  straight,       ///< colour is independent of alpha
  premultiplied,  ///< colour (the coded, non-linear value) has been multiplied by alpha
};

/// CIE 1931 xy in units of 0.00002, as in SMPTE ST 2086 and H.273 SEI messages.
struct Chromaticity {
  std::uint16_t x = 0;
  std::uint16_t y = 0;

  friend bool operator==(const Chromaticity&, const Chromaticity&) = default;
};

/// SMPTE ST 2086 mastering display colour volume. Luminances in units of 0.0001 cd/m².
struct MasteringDisplay {
  Chromaticity red, green, blue, white;
  std::uint32_t max_luminance = 0;
  std::uint32_t min_luminance = 0;

  friend bool operator==(const MasteringDisplay&, const MasteringDisplay&) = default;
};

/// CTA-861.3 content light level in cd/m²; 0 is unknown.
struct ContentLightLevel {
  std::uint16_t max_cll = 0;   ///< brightest pixel's max(R, G, B)
  std::uint16_t max_fall = 0;  ///< mean of max(R, G, B) over the picture

  friend bool operator==(const ContentLightLevel&, const ContentLightLevel&) = default;
};

/// Static HDR metadata that came with the source.
struct HdrInfo {
  std::optional<MasteringDisplay> mastering_display;
  std::optional<ContentLightLevel> content_light_level;

  friend bool operator==(const HdrInfo&, const HdrInfo&) = default;
};

/// What an image is, without its samples: layout, size, meaning.
struct ImageFormat {
  PixelFormat layout = PixelFormat::rgb;
  Size size;
  ColorSpace color;
  Alpha alpha = Alpha::none;
  HdrInfo hdr;

  [[nodiscard]] const PixelFormatInfo& info() const { return pixel_format_info(layout); }
  /// Has an alpha component that means something.
  [[nodiscard]] bool has_alpha() const { return alpha != Alpha::none && info().has_alpha; }

  friend bool operator==(const ImageFormat&, const ImageFormat&) = default;
};

/// One plane of samples, borrowed. Row y starts at bytes[y * stride_bytes]; the last row may be cut after its last
/// sample.
struct Plane {
  std::span<const std::byte> bytes;
  std::size_t stride_bytes = 0;
};

/// An image whose samples belong to someone else, who keeps them alive and unchanged while the view is used.
struct ImageView {
  ImageFormat format;
  std::array<Plane, 4> planes;
};

/// Rows of `plane` for an image of that format and size.
IMAGEPACKER_API int plane_height(const PixelFormatInfo& info, int plane, Size size);

/// Bytes from the first to the last sample of a row of `plane`, without padding. For packed 4:2:2 and v210 the last,
/// incomplete group is counted whole.
IMAGEPACKER_API std::size_t plane_row_bytes(const PixelFormatInfo& info, int plane, Size size);

/// Errc::invalid_argument when the size is not at least 1×1, colour space and layout contradict each other (an RGB
/// layout with a YCbCr matrix or the reverse) or a code point is unknown.
IMAGEPACKER_API Status validate(const ImageFormat& format);

/// validate(format), and that every plane is there, its stride holds a row and its bytes hold all rows.
IMAGEPACKER_API Status validate(const ImageView& view);

}  // namespace imagepacker
