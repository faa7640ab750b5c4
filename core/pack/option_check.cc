// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/option_check.h"

#include <string>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker {
namespace {

Status check_range(std::string_view option, std::int64_t value, std::int64_t lowest, std::int64_t highest) {
  if (value < lowest || value > highest) {
    return make_error(Errc::invalid_argument, text(option, " is ", value, "; allowed are ", lowest, " to ", highest));
  }
  return {};
}

Status check_ranges(const PackingOptions& options) {
  constexpr std::int64_t kInt = 0x7FFFFFFF;
  IP_TRY(check_range("format", static_cast<int>(options.format), 0, static_cast<int>(Format::heif)));
  IP_TRY(check_range("quality", options.quality, 0, PackingOptions::kMaxQuality));
  IP_TRY(check_range("effort", options.effort, 0, PackingOptions::kMaxEffort));
  IP_TRY(check_range("chroma-subsampling", static_cast<int>(options.chroma_subsampling), 0,
                     static_cast<int>(ChromaSubsampling::yuv444)));
  IP_TRY(check_range("desired-dynamic-range", static_cast<int>(options.desired_dynamic_range), 0,
                     static_cast<int>(DynamicRange::hdr)));
  IP_TRY(check_range("huffman-tables", static_cast<int>(options.huffman_tables), 0,
                     static_cast<int>(HuffmanTables::standard)));
  IP_TRY(check_range("background", options.background, 0, 0xFFFFFF));
  IP_TRY(check_range("hdr-layout", static_cast<int>(options.hdr_layout), 0, static_cast<int>(HdrLayout::gain_map)));
  IP_TRY(check_range("gain-map-quality", options.gain_map_quality, 0, PackingOptions::kMaxQuality));
  if (const int scale = options.gain_map_scale; scale != 0 && scale != 1 && scale != 2 && scale != 4) {
    return make_error(Errc::invalid_argument,
                      text("gain-map-scale is ", scale, "; allowed are 1, 2, 4 and 0 for auto"));
  }
  IP_TRY(check_range("max-width", options.max_width, 0, kInt));
  IP_TRY(check_range("max-height", options.max_height, 0, kInt));
  IP_TRY(check_range("thumbnail-size", options.thumbnail_size, 0, PackingOptions::kMaxThumbnailSize));
  IP_TRY(check_range("apply-orientation", static_cast<int>(options.apply_orientation),
                     static_cast<int>(Orientation::normal), static_cast<int>(Orientation::rotate_270)));
  return {};
}

}  // namespace

Status check_options(const PackingOptions& options, const FormatInfo* codec) {
  IP_TRY(check_ranges(options));
  if (codec == nullptr) {
    std::string formats;
    for (const FormatInfo& each : supported_formats()) {
      formats += text(formats.empty() ? "" : ", ", each.name);
    }
    return make_error(Errc::unsupported, text("this build has no encoder for format ", static_cast<int>(options.format),
                                              "; it has ", formats));
  }
  if (options.lossless && !codec->can_lossless) {
    return make_error(Errc::unsupported,
                      text("lossless is true but ", codec->long_name, " has no lossless mode; use WebP, PNG or HEIF"));
  }
  if (options.progressive && !codec->can_progressive) {
    return make_error(Errc::unsupported,
                      text("progressive is true but only JPEG is made progressive, not ", codec->long_name));
  }
  return {};
}

Status check_size(Size size, const FormatInfo& codec) {
  if (size.width > codec.max_width || size.height > codec.max_height) {
    return make_error(Errc::limit_exceeded,
                      text("a picture of ", size.width, "×", size.height, " pixels is too large for ", codec.long_name,
                           "; the largest is ", codec.max_width, "×", codec.max_height));
  }
  return {};
}

}  // namespace imagepacker
