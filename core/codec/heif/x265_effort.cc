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
  int smallest_unit;          ///< coding unit in pixels; 8 instead of 16 is the most costly choice of all
  int rate_distortion_level;  ///< how many prediction modes are coded on trial
  int transform_depth;        ///< how often a block's transform may be split
  bool sample_adaptive_offset;
  bool adaptive_quantization;  ///< by variance; what the eye sees less gets fewer bits
  bool sign_hiding;            ///< 2 % of the bytes for a seventh of the time
};

constexpr std::array<Step, 11> kSteps = {{
    {"ultrafast", 16, 1, 1, false, false, false},
    {"ultrafast", 16, 1, 1, false, true, false},
    {"ultrafast", 16, 1, 1, true, false, false},
    {"ultrafast", 16, 1, 1, true, true, false},
    {"ultrafast", 16, 1, 1, true, true, false},
    {"ultrafast", 16, 1, 2, true, true, true},
    {"ultrafast", 8, 1, 1, true, true, true},
    {"medium", 8, 3, 2, true, true, true},
    {"slow", 8, 4, 2, true, true, true},
    {"slower", 8, 6, 3, true, true, true},
    {"placebo", 8, 6, 4, true, true, true},
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
  param.rc.aqMode = step.adaptive_quantization ? X265_AQ_AUTO_VARIANCE : X265_AQ_NONE;
  param.rc.aqStrength = step.adaptive_quantization ? 1.0 : 0.0;
  return {};
}

}  // namespace imagepacker::heif
