// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/x265_effort.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace imagepacker::heif {
namespace {

/// One step of the ladder: the preset to start from and what differs for stills.
struct Step {
  const char* preset;
  int smallest_unit;          ///< coding unit in pixels: halved, it doubles the time and more
  int rate_distortion_level;  ///< how many prediction modes are coded on trial
  int transform_depth;        ///< how often a unit's transform may be split, the first step of which is none
  bool sample_adaptive_offset;
  bool adaptive_quantization;  ///< by variance; what the eye sees less gets fewer bits
  bool sign_hiding;            ///< 3 % of the bytes for a seventh of the time
  int trellis;                 ///< x265's RDOQ level: which coefficients are worth their bits
};

// Large units whose transforms may be split are twice as fast as small units and take about as many bytes. Units of 8
// pixels gain nothing on photographs and a third on text.
constexpr std::array<Step, 11> kSteps = {{
    {"ultrafast", 32, 1, 2, false, false, false, 0},
    {"ultrafast", 32, 1, 2, false, true, false, 0},
    {"ultrafast", 32, 1, 3, false, true, false, 0},
    {"ultrafast", 32, 1, 3, false, true, true, 0},
    {"ultrafast", 32, 1, 3, true, true, true, 0},
    {"ultrafast", 16, 1, 2, true, true, true, 0},
    {"ultrafast", 16, 1, 2, true, true, true, 2},
    {"ultrafast", 8, 1, 2, true, true, true, 2},
    {"slow", 8, 4, 2, true, true, true, 2},
    {"slower", 8, 6, 3, true, true, true, 2},
    {"placebo", 8, 6, 4, true, true, true, 2},
}};

}  // namespace

Status set_effort(const x265_api& api, x265_param& param, int effort) {
  const Step& step = kSteps[static_cast<std::size_t>(std::clamp(effort, 0, 10))];
  if (api.param_default_preset(&param, step.preset, nullptr) != 0) {
    return make_error(Errc::codec_failed, text("x265 has no preset ", step.preset));
  }
  constexpr unsigned kLargestUnit = 64;
  param.maxCUSize = kLargestUnit;
  param.minCUSize = static_cast<unsigned>(step.smallest_unit);
  param.rdLevel = step.rate_distortion_level;
  param.tuQTMaxIntraDepth = static_cast<unsigned>(step.transform_depth);
  param.bEnableSAO = step.sample_adaptive_offset ? 1 : 0;
  param.bEnableSignHiding = step.sign_hiding ? 1 : 0;
  param.rdoqLevel = step.trellis;
  // Keeping the energy of texture at the cost of its samples loses by the measures that stills are judged by.
  param.psyRd = 0;
  param.psyRdoq = 0;
  param.rc.aqMode = step.adaptive_quantization ? X265_AQ_AUTO_VARIANCE : X265_AQ_NONE;
  param.rc.aqStrength = step.adaptive_quantization ? 1.0 : 0.0;
  return {};
}

}  // namespace imagepacker::heif
