// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/color_map.h"

#include "base/text.h"

namespace imagepacker {
namespace {

Transfer shown(Transfer transfer) {
  switch (transfer) {
    case Transfer::bt709:
    case Transfer::unspecified:
    case Transfer::bt601:
    case Transfer::bt2020_10:
    case Transfer::bt2020_12:
      return Transfer::srgb;
    default:
      return transfer;
  }
}

}  // namespace

Result<std::unique_ptr<const ColorMap>> make_color_map(const ImageFormat& source, const ImageFormat& target) {
  const auto resolved = [](Primaries p) { return p == Primaries::unspecified ? Primaries::bt709 : p; };
  if (shown(source.color.transfer) == shown(target.color.transfer) &&
      resolved(source.color.primaries) == resolved(target.color.primaries)) {
    return std::unique_ptr<const ColorMap>();
  }
  return make_error(Errc::unsupported, "no conversion between different transfer characteristics or primaries");
}

Vector3 srgb_color_in(const ColorSpace&, std::uint32_t srgb) {
  return {(srgb >> 16 & 0xFF) / 255.0, (srgb >> 8 & 0xFF) / 255.0, (srgb & 0xFF) / 255.0};
}

}  // namespace imagepacker
