// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/webp_settings.h"

#include <array>

#include "base/text.h"
#include "codec/webp/quality_scale.h"

namespace imagepacker::webp {
namespace {

/// What one step of `effort` means to libwebp.
struct EffortLevel {
  int method;          ///< lossy: 0 (fast) to 6
  int passes;          ///< lossy: passes of entropy analysis, 1..10
  int lossless_level;  ///< WebPConfigLosslessPreset, 0 (fast) to 9
};

constexpr std::array<EffortLevel, PackingOptions::kMaxEffort + 1> kEffortLevels = {{
    {0, 1, 0},
    {0, 1, 0},
    {1, 1, 1},
    {1, 1, 1},
    {2, 1, 2},
    {3, 1, 3},
    {4, 1, 4},
    {4, 1, 5},
    {5, 1, 6},
    {6, 1, 8},
    {6, 6, 9},
}};

/// From this method on libwebp weighs bits when it chooses predictions, and finds blocks whose edges need a stronger
/// filter than their quantiser asks for.
constexpr int kFirstWeighingMethod = 3;

/// What the methods below do better with, by bytes at the same butteraugli: 1.5 to 2 % fewer with method 2 on two sets
/// of photographs, and no time, for the filter is the decoder's work. Edges of blocks that got a bad prediction show
/// less; sharpness above 0, the simple filter, fewer segments and smoothed segments all cost bytes. Weaker shaping of
/// noise leaves more bits to the busy blocks, in which mispredictions cost most; weaker than this loses again.
void make_up_for_unweighed_predictions(WebPConfig& config) {
  constexpr int kStrongestFilter = 100;  // libwebp: 60
  constexpr int kNoiseShaping = 35;      // libwebp: 50
  config.filter_strength = kStrongestFilter;
  config.sns_strength = kNoiseShaping;
}

}  // namespace

Result<WebPConfig> make_config(const PackingOptions& options) {
  WebPConfig config;
  if (WebPConfigInit(&config) == 0) {
    return make_error(Errc::codec_failed,
                      text("libwebp ", WebPGetEncoderVersion() >> 16, ".", WebPGetEncoderVersion() >> 8 & 0xFF,
                           " has another interface than the libwebp this was built with"));
  }
  const EffortLevel& level = kEffortLevels.at(static_cast<std::size_t>(options.effort));
  // The preset sets method and quality, which is how hard the lossless coder tries.
  if (options.lossless) {
    if (WebPConfigLosslessPreset(&config, level.lossless_level) == 0) {
      return make_error(Errc::internal, text("libwebp refuses its lossless preset ", level.lossless_level));
    }
    config.exact = 1;
    return config;
  }
  config.quality = libwebp_quality(options.quality);
  config.method = level.method;
  config.pass = level.passes;
  if (level.method < kFirstWeighingMethod) {
    make_up_for_unweighed_predictions(config);
  }
  return config;
}

}  // namespace imagepacker::webp
