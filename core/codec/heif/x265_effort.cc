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
  unsigned largest_unit;   ///< coding tree unit, pixels
  unsigned smallest_unit;  ///< coding unit, pixels
};

constexpr std::array<Step, 11> kSteps = {{
    {"ultrafast", 32, 16},
    {"ultrafast", 32, 16},
    {"ultrafast", 32, 8},
    {"ultrafast", 32, 8},
    {"ultrafast", 32, 8},
    {"veryfast", 32, 8},
    {"fast", 32, 8},
    {"medium", 32, 8},
    {"slow", 32, 8},
    {"slower", 64, 8},
    {"veryslow", 64, 8},
}};

}  // namespace

Status set_effort(const x265_api& api, x265_param& param, int effort) {
  const Step& step = kSteps[static_cast<std::size_t>(std::clamp(effort, 0, 10))];
  if (api.param_default_preset(&param, step.preset, nullptr) != 0) {
    return make_error(Errc::codec_failed, text("x265 has no preset ", step.preset));
  }
  param.maxCUSize = step.largest_unit;
  param.minCUSize = step.smallest_unit;
  param.bEnableSignHiding = 1;
  return {};
}

}  // namespace imagepacker::heif
