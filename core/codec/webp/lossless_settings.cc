// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/lossless_settings.h"

#include <array>

#include "base/text.h"
#include "imagepacker/options.h"

namespace imagepacker::webp {
namespace {

/// WebPConfigLosslessPreset's level, 0 (fast) to 9, by effort.
constexpr std::array<int, PackingOptions::kMaxEffort + 1> kLevels = {0, 0, 1, 1, 2, 3, 4, 5, 6, 8, 9};

}  // namespace

Result<WebPConfig> make_lossless_config(int effort) {
  WebPConfig config;
  if (WebPConfigInit(&config) == 0) {
    return make_error(Errc::codec_failed,
                      text("libwebp ", WebPGetEncoderVersion() >> 16, ".", WebPGetEncoderVersion() >> 8 & 0xFF,
                           " has another interface than the libwebp this was built with"));
  }
  const int level = kLevels.at(static_cast<std::size_t>(effort));
  // Sets method and quality, which is how hard the lossless coder tries.
  if (WebPConfigLosslessPreset(&config, level) == 0) {
    return make_error(Errc::internal, text("libwebp refuses its lossless preset ", level));
  }
  config.exact = 1;
  return config;
}

}  // namespace imagepacker::webp
