// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/cmyk_conversion.h"

#include <lcms2.h>

#include <limits>

#include "color/profile_color.h"

namespace imagepacker {
namespace {

using Profile = std::unique_ptr<void, cmsBool (*)(cmsHPROFILE)>;

/// Both in 0..255; exactly rounded.
std::uint8_t product(unsigned a, unsigned b) {
  return static_cast<std::uint8_t>((a * b + 127) / 255);
}

}  // namespace

void CmykConversion::DeleteTransform::operator()(void* transform) const {
  cmsDeleteTransform(transform);
}

CmykConversion::CmykConversion(ByteView icc, bool is_inverted) : is_inverted_(is_inverted) {
  if (icc.empty() || icc.size() > std::numeric_limits<cmsUInt32Number>::max()) {
    return;
  }
  const Profile profile(cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size())), cmsCloseProfile);
  if (profile == nullptr || profile_color_space(icc) != cmsSigCmykData) {
    return;
  }
  const Profile srgb(cmsCreate_sRGBProfile(), cmsCloseProfile);
  if (srgb != nullptr) {
    transform_.reset(cmsCreateTransform(profile.get(), is_inverted ? TYPE_CMYK_8_REV : TYPE_CMYK_8, srgb.get(),
                                        TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_BLACKPOINTCOMPENSATION));
  }
}

CmykConversion::~CmykConversion() = default;

void CmykConversion::convert(const std::uint8_t* cmyk, std::size_t count, std::uint8_t* rgb) const {
  if (transform_) {
    cmsDoTransform(transform_.get(), cmyk, rgb, static_cast<cmsUInt32Number>(count));
    return;
  }
  const unsigned flip = is_inverted_ ? 0 : 0xFF;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned light = cmyk[4 * i + 3] ^ flip;
    for (std::size_t c = 0; c < 3; ++c) {
      rgb[3 * i + c] = product(cmyk[4 * i + c] ^ flip, light);
    }
  }
}

}  // namespace imagepacker
