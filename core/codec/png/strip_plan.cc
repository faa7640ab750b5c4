// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/strip_plan.h"

#include <array>

#include "imagepacker/options.h"

namespace imagepacker {
namespace {

using F = StripFilter;
using C = StripCoding;

constexpr StripPlan kPaethRuns[] = {{F::paeth, C::byte_runs}};
constexpr StripPlan kAdaptiveRuns[] = {{F::adaptive, C::byte_runs}};
constexpr StripPlan kPhoto4[] = {{F::adaptive, C::pixel_matches}};
constexpr StripPlan kPhoto5[] = {
    {F::adaptive, C::pixel_matches}, {F::adaptive, C::same_pixels}, {F::adaptive, C::pixel_repeats}};
constexpr StripPlan kPhoto6[] = {
    {F::adaptive, C::pixel_matches}, {F::adaptive, C::pixel_repeats}, {F::adaptive, C::libdeflate, 6}};
constexpr StripPlan kPhoto7[] = {
    {F::adaptive, C::pixel_matches}, {F::adaptive, C::pixel_repeats}, {F::adaptive, C::libdeflate, 8}};
constexpr StripPlan kPhoto8[] = {
    {F::adaptive, C::pixel_matches}, {F::adaptive, C::pixel_repeats}, {F::adaptive, C::libdeflate, 9}};
constexpr StripPlan kPhoto9[] = {
    {F::adaptive, C::pixel_matches}, {F::adaptive, C::pixel_repeats}, {F::adaptive, C::libdeflate, 10}};
constexpr StripPlan kPhoto10[] = {{F::adaptive, C::pixel_matches},
                                  {F::adaptive, C::pixel_repeats},
                                  {F::adaptive, C::libdeflate, 12},
                                  {F::none, C::libdeflate, 12}};

constexpr StripPlan kDrawn0[] = {{F::none, C::repeats, 1}};
constexpr StripPlan kDrawn2[] = {{F::none, C::repeats, 8}};
constexpr StripPlan kDrawn4[] = {{F::none, C::repeats, 20}};
constexpr StripPlan kDrawn5[] = {{F::none, C::repeats, 64}};
constexpr StripPlan kDrawn6[] = {{F::none, C::repeats, 256}};
constexpr StripPlan kDrawn7[] = {{F::none, C::repeats, 1024}};
constexpr StripPlan kDrawn8[] = {{F::none, C::libdeflate, 10}};
constexpr StripPlan kDrawn9[] = {{F::none, C::libdeflate, 12}};
constexpr StripPlan kDrawn10[] = {
    {F::none, C::libdeflate, 12}, {F::up, C::libdeflate, 12}, {F::adaptive, C::libdeflate, 12}};

constexpr std::size_t kMiB = std::size_t{1} << 20;

constexpr std::array<EffortPlans, PackingOptions::kMaxEffort + 1> kEfforts = {{
    {kPaethRuns, kDrawn0, kMiB / 2},
    {kPaethRuns, kDrawn0, kMiB / 2},
    {kAdaptiveRuns, kDrawn2, kMiB / 2},
    {kAdaptiveRuns, kDrawn2, kMiB / 2},
    {kPhoto4, kDrawn4, kMiB / 2},
    {kPhoto5, kDrawn5, kMiB / 2},
    {kPhoto6, kDrawn6, kMiB},
    {kPhoto7, kDrawn7, kMiB},
    {kPhoto8, kDrawn8, kMiB},
    {kPhoto9, kDrawn9, kMiB * 2},
    {kPhoto10, kDrawn10, kMiB * 2},
}};

}  // namespace

const EffortPlans& effort_plans(int effort) {
  return kEfforts[static_cast<std::size_t>(effort)];
}

}  // namespace imagepacker
