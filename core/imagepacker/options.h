// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "imagepacker/export.h"
#include "imagepacker/orientation.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Output formats, in order of preference when anything goes.
enum class Format : std::uint8_t { jpeg, webp, png, heif };

/// What a format of this build can hold, as data.
struct FormatInfo {
  Format format;
  std::string_view name;                         ///< "jpeg"
  std::string_view long_name;                    ///< "JPEG"
  std::span<const std::string_view> mime_types;  ///< the first is what is written
  std::span<const std::string_view> extensions;  ///< without dot, the first is preferred
  int max_width;
  int max_height;
  bool can_lossy;
  bool can_lossless;
  bool can_alpha;
  bool can_progressive;
  bool can_hdr;
  int max_depth;              ///< bits per colour component
  bool can_gain_map = false;  ///< an SDR picture and what makes it HDR in one file
  bool can_unpack = false;    ///< files of the format can be read, too
};

/// The formats of this build, in order of preference.
IMAGEPACKER_API std::span<const FormatInfo> supported_formats();

/// The description of `format`, or nullptr when this build is without it.
IMAGEPACKER_API const FormatInfo* format_info(Format format);

enum class DynamicRange : std::uint8_t {
  automatic,  ///< HDR content stays HDR where the format can hold it
  sdr,        ///< HDR content is tone-mapped
  hdr,        ///< HDR or an error
};

enum class ChromaSubsampling : std::uint8_t {
  automatic,  ///< as the source has it where the format can; 4:2:0 for RGB sources
  yuv420,
  yuv422,
  yuv444,
};

/// Entropy-code tables of JPEG; other formats ignore it.
enum class HuffmanTables : std::uint8_t {
  optimal,   ///< made for the picture: fewest bytes. Effort 0 and 1 take the standard ones all the same
  standard,  ///< ITU-T T.81 annex K, for receivers that get no tables: RTP (RFC 2435). An error with `progressive`
};

/// How HDR stands in a HEIF file; other formats have one way only and ignore it.
enum class HdrLayout : std::uint8_t {
  single,    ///< one HDR picture
  gain_map,  ///< an SDR picture of 8 bit with a gain map, for viewers that know no HDR
};

/// How a picture is packed. Packer::create checks every value and names the range of one that is out of it.
struct PackingOptions {
  static constexpr int kMaxQuality = 100;
  static constexpr int kMaxEffort = 10;
  /// Larger thumbnails would not fit an Exif segment.
  static constexpr int kMaxThumbnailSize = 512;
  static constexpr int kDefaultQuality = 85;
  static constexpr int kDefaultEffort = 4;

  Format format = Format::jpeg;
  int quality = kDefaultQuality;  ///< 0..100, 100 is the best the lossy coder has; without effect where lossless
  bool lossless = false;          ///< exact samples, for formats that can
  int effort = kDefaultEffort;    ///< 0..10, time spent for fewer bytes
  ChromaSubsampling chroma_subsampling = ChromaSubsampling::automatic;
  bool progressive = false;  ///< JPEG with progressive scans; an error with formats that have none
  HuffmanTables huffman_tables = HuffmanTables::optimal;
  std::uint32_t background = 0xFFFFFF;  ///< 0xRRGGBB in sRGB, behind transparent pixels where alpha can't be kept
  DynamicRange desired_dynamic_range = DynamicRange::automatic;
  HdrLayout hdr_layout = HdrLayout::single;
  int gain_map_scale =
      0;  ///< the gain map's resolution is 1/1, 1/2 or 1/4 of the picture's; 0 = chosen by quality and size
  int gain_map_quality = kDefaultQuality;  ///< 0..100
  int max_width = 0;                       ///< pixels, 0 = no limit; larger pictures shrink, aspect kept
  int max_height = 0;                      ///< pixels, 0 = no limit
  std::uint64_t max_bytes = 0;             ///< 0 = no limit; else the highest quality that fits is searched

  bool keep_exif = true;   ///< write the Exif that comes with a picture
  bool keep_xmp = true;    ///< write the XMP that comes with a picture
  bool keep_icc = true;    ///< write the ICC profile that comes with a picture, not one made from its colour space
  bool keep_gps = true;    ///< false: positions are taken out of Exif and XMP
  int thumbnail_size = 0;  ///< pixels on the long side of a thumbnail: HEIF's own, in Exif elsewhere; 0 = none
  /// Pixels are turned so that pictures with this orientation stand upright, and are marked as such.
  Orientation apply_orientation = Orientation::normal;

  friend bool operator==(const PackingOptions&, const PackingOptions&) = default;
};

}  // namespace imagepacker
