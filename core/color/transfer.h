// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/color_space.h"

namespace imagepacker {

/// The luminance of SDR (graphics) white in HDR, BT.2408: linear light 1.0 wherever curves of both worlds meet.
inline constexpr double kSdrWhiteNits = 203;

/// The highest luminance that PQ can code.
inline constexpr double kPqPeakNits = 10000;

/// The display peak for which HLG pictures are rendered, and the system gamma that belongs to it (BT.2100).
inline constexpr double kHlgPeakNits = 1000;
inline constexpr double kHlgSystemGamma = 1.2;

/// SMPTE ST 2084: the luminance in cd/m², 0..10000, of a code value 0..1, and back.
double pq_eotf(double coded);
double pq_inverse_eotf(double nits);

/// ARIB STD-B67: scene light 0..1 of a code value 0..1, and back. Display light needs the OOTF too, which works on the
/// luminance of a pixel, not on single components.
double hlg_inverse_oetf(double coded);
double hlg_oetf(double scene);

/// HLG's OOTF (BT.2100) as a gain for R, G and B: display light, relative to SDR white, per scene light, from the
/// luminance of the scene 0..1; and scene light per display light from the luminance on the display, relative to SDR
/// white.
double hlg_display_gain(double scene_luminance);
double hlg_scene_gain(double display_luminance);

/// Linear light, relative to SDR white, of a code value 0..1, and back; for HLG scene light 0..1. Any curve.
double light_of_code(Transfer transfer, double coded);
double code_of_light(Transfer transfer, double light);

/// The curve with which pictures coded by `transfer` are shown: camera curves (BT.709, BT.601, BT.2020) and unspecified
/// ones are shown as sRGB by all image viewers; others are themselves.
Transfer shown_transfer(Transfer transfer);

/// Linear light 0..1 of a code value 0..1 under shown_transfer(transfer), and back; 1.0 is white. Not where
/// is_hdr(transfer).
double sdr_to_linear(Transfer transfer, double coded);
double sdr_from_linear(Transfer transfer, double linear);

}  // namespace imagepacker
