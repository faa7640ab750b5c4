// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <span>

namespace imagepacker {

/// How a strip's rows are filtered: all alike, or each with what suits it.
enum class StripFilter { none, up, paeth, adaptive };

/// How a strip's filtered bytes become deflate blocks.
enum class StripCoding {
  byte_runs,      ///< literals and runs of equal bytes, see find_byte_runs
  pixel_matches,  ///< PixelMatcher where the first rows of a strip gain by it, byte_runs elsewhere
  repeats,        ///< RepeatFinder
  pixel_repeats,  ///< PixelRepeatFinder
  same_pixels,    ///< SamePixelFinder, skipped where a trial saves little
  libdeflate,     ///< for what is worth more time
};

/// One way to code a strip.
struct StripPlan {
  StripFilter filter;
  StripCoding coding;
  int strength = 0;  ///< chain length of repeats, level of libdeflate
};

/// What one effort does with a strip: of `photo` or `drawn`, whichever the strip looks like, or of both where that is
/// unclear, the plan that gives the fewest bytes.
struct EffortPlans {
  std::span<const StripPlan> photo;
  std::span<const StripPlan> drawn;
  std::size_t strip_bytes;  ///< filtered bytes per strip, roughly
};

/// The plans of `effort`, 0 to 10.
const EffortPlans& effort_plans(int effort);

}  // namespace imagepacker
