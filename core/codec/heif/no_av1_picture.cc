// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/coded_picture.h"

namespace imagepacker::heif {

StreamColor read_av1_color(ByteView) {
  return {};
}

Status decode_av1(const CodedItem&, const UsePicture&) {
  return make_error(Errc::unsupported, "the picture is coded as AV1 (AVIF); this build is without an AV1 decoder");
}

}  // namespace imagepacker::heif
