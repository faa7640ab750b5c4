// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "imagepacker/byte_sink.h"

namespace imagepacker {

/// Turns CMYK samples into sRGB: through the profile that belongs to them, else with the inks taken for ideal. One
/// thread at a time.
class CmykConversion {
 public:
  /// `icc`: the picture's profile or empty; one that is broken or for other colours counts as none. `is_inverted`: 255
  /// is no ink, as Adobe writes it; else 0 is.
  CmykConversion(ByteView icc, bool is_inverted);
  ~CmykConversion();
  CmykConversion(const CmykConversion&) = delete;
  CmykConversion& operator=(const CmykConversion&) = delete;

  /// False: without a profile that fits.
  [[nodiscard]] bool has_profile() const { return transform_ != nullptr; }

  /// `count` pixels of four bytes at `cmyk` to three bytes each at `rgb`.
  void convert(const std::uint8_t* cmyk, std::size_t count, std::uint8_t* rgb) const;

 private:
  struct DeleteTransform {
    void operator()(void* transform) const;
  };
  std::unique_ptr<void, DeleteTransform> transform_;
  bool is_inverted_;
};

}  // namespace imagepacker
