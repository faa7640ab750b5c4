// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/output_profile.h"

#include "color/icc_profile.h"

namespace imagepacker {

Result<Bytes> make_output_profile(ColorSpace& color, ColorModel model) {
  if (is_shown_as_srgb(color)) {
    return Bytes{};
  }
  if (color.transfer == Transfer::linear) {
    color.transfer = Transfer::srgb;
    return make_output_profile(color, model);
  }
  auto profile = make_icc_profile(color, model);
  if (profile.has_value() || profile.error().code != Errc::unsupported || color.transfer == Transfer::srgb) {
    return profile;
  }
  color.transfer = Transfer::srgb;
  return make_output_profile(color, model);
}

}  // namespace imagepacker
