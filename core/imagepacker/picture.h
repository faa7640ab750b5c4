// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/orientation.h"

namespace imagepacker {

/// Blobs that travel with a picture. Empty means absent.
struct Metadata {
  Bytes exif;  ///< a TIFF structure ("II*\0" or "MM\0*" first), without any container's prefix
  Bytes xmp;   ///< one XMP packet, UTF-8
  Bytes icc;   ///< an ICC profile; when empty, a profile is made from the colour space where the format needs one
  Orientation orientation = Orientation::normal;
  /// False: where `orientation` is normal, that of `exif` holds. True: `orientation` holds, whatever Exif says, as for
  /// pixels that were turned since.
  bool overrides_exif_orientation = false;
};

/// How a gain map turns the base rendition into the alternate one, ISO 21496-1 clause 5. Gains and headrooms are log2.
struct GainMapMetadata {
  struct Channel {
    double gain_min = 0;
    double gain_max = 0;
    double gamma = 1;
    double base_offset = 1.0 / 64;
    double alternate_offset = 1.0 / 64;
  };
  std::array<Channel, 3> channels;  ///< R, G, B; all three equal when there is one set
  double base_hdr_headroom = 0;
  double alternate_hdr_headroom = 0;
  bool use_base_color_space = true;
};

/// A gain map: a gray, RGB or YCbCr image and its meaning. Its R, G, B are data; its format's primaries are those in
/// which they apply when they are not the base's.
struct GainMap {
  ImageView image;
  GainMapMetadata metadata;
};

/// A further image of the same scene, such as a depth map, that goes along as auxiliary image of that type (URN).
struct AuxiliaryImage {
  std::string type;
  ImageView image;
};

/// All that goes into one file.
struct Picture {
  ImageView main;
  std::optional<GainMap> gain_map;
  std::vector<AuxiliaryImage> auxiliary;
  Metadata metadata;
};

}  // namespace imagepacker
