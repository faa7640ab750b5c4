// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/icc_profile.h"

namespace imagepacker {

bool is_shown_as_srgb(const ColorSpace& color) {
  return (color.primaries == Primaries::bt709 || color.primaries == Primaries::unspecified) &&
         (color.transfer == Transfer::srgb || color.transfer == Transfer::bt709);
}

Result<Bytes> make_icc_profile(const ColorSpace&, ColorModel) {
  return make_error(Errc::unsupported, "no ICC profile for this colour space");
}

}  // namespace imagepacker
