// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "frame.h"

namespace imagepacker::bench {

using File = std::vector<std::uint8_t>;

/// One way of packing frames. Made for one kind of frame.
class Contestant {
 public:
  virtual ~Contestant() = default;
  /// Packs the frame `times` times, as a stream where that is a notion, and returns the last file. Throws.
  virtual File pack(const Frame& frame, int times) = 0;
};

/// `line`: elements as gst-launch takes them, or one of the libraries called as an application would call them:
///   @libpng LEVEL [none]   zlib level; "none" writes without row filters, as pngenc does
///   @turbojpeg QUALITY     tjCompress2 from RGB, 4:2:0
///   @libheif QUALITY       libheif's default encoder from I420, as heif-enc drives it
///   @nothing               packs nothing: the memory of the frame and the libraries alone
std::unique_ptr<Contestant> make_contestant(const std::string& line, const Frame& frame);

std::unique_ptr<Contestant> make_element_contestant(const std::string& line, const Frame& frame);
std::unique_ptr<Contestant> make_libpng_contestant(int level, bool has_filters);
std::unique_ptr<Contestant> make_turbojpeg_contestant(int quality);
std::unique_ptr<Contestant> make_libheif_contestant(int quality);

}  // namespace imagepacker::bench
