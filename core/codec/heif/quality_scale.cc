// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/quality_scale.h"

namespace imagepacker::heif {

double hevc_qp(int quality) {
  // The QP doubles the step every six; half a point per unit of quality spans nearly all of it.
  return (100 - quality) * 0.5;
}

}  // namespace imagepacker::heif
