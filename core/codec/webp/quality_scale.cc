// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/quality_scale.h"

namespace imagepacker::webp {

float libwebp_quality(int quality) {
  return static_cast<float>(quality);
}

}  // namespace imagepacker::webp
