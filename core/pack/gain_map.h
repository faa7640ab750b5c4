// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>

#include "codec/codec.h"
#include "hdr/light_rows.h"
#include "image/image_buffer.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// A gain map as codecs take it, with its samples. Stays where it is: part() points into it.
class PreparedGainMap {
 public:
  PreparedGainMap() = default;
  PreparedGainMap(const PreparedGainMap&) = delete;
  PreparedGainMap& operator=(const PreparedGainMap&) = delete;

  /// Computes the map of an HDR picture whose light levels are known and whose base is made by the tone map for them.
  Status compute(const LightRows& rows, const ImageView& image, int scale, TaskPool& pool, const std::stop_token& stop);

  /// Takes over an app's own map. It shrinks to `size`, unless it is that small, as the picture has shrunk; both before
  /// the picture is turned by `orientation`.
  /// Errors: invalid_argument (image or metadata), unsupported (a base rendition that is not the SDR one).
  Status convert(const GainMap& map, Size size, Orientation orientation, TaskPool& pool, const std::stop_token& stop);

  /// Borrows from this object.
  [[nodiscard]] GainMapPart part() const { return {rows_, metadata_, alternate_, light_level_}; }

 private:
  ImageBuffer buffer_;
  ImageBuffer scaled_;
  ImageBuffer turned_;
  ImageView view_;
  ViewRows rows_{view_};
  GainMapMetadata metadata_;
  ColorSpace alternate_;
  ContentLightLevel light_level_;
};

}  // namespace imagepacker
