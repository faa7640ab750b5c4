// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/png_color.h"

#include <array>
#include <cmath>
#include <optional>

#include "base/byte_reader.h"
#include "color/h273_codes.h"
#include "color/primaries.h"
#include "color/profile_color.h"

namespace imagepacker {
namespace {

/// Empty when the codes mean nothing to us, or nothing at all, or samples that PNG can't have.
std::optional<ColorSpace> color_of_cicp(ByteView cicp) {
  ByteReader reader(cicp);
  const auto primaries = primaries_of_code(reader.u8());
  const auto transfer = transfer_of_code(reader.u8());
  const int matrix = reader.u8();
  const int full_range = reader.u8();
  if (!reader.ok() || !primaries || !transfer || matrix != 0 || full_range > 1) {
    return std::nullopt;
  }
  if (*primaries == Primaries::unspecified && *transfer == Transfer::unspecified) {
    return std::nullopt;
  }
  return ColorSpace{
      .primaries = *primaries, .transfer = *transfer, .range = full_range == 1 ? Range::full : Range::limited};
}

/// gAMA is the exponent from light to code value, times 100000.
Transfer transfer_of_gama(ByteView gama) {
  struct Gamma {
    Transfer transfer;
    double exponent;
  };
  // 1/2.2 is how sRGB has always been stated in gAMA.
  constexpr std::array kGammas = {
      Gamma{Transfer::srgb, 1 / 2.2},    Gamma{Transfer::linear, 1.0},      Gamma{Transfer::gamma18, 1 / 1.8},
      Gamma{Transfer::gamma20, 1 / 2.0}, Gamma{Transfer::gamma28, 1 / 2.8},
  };
  constexpr double kTolerance = 0.01;
  const double stated = ByteReader(gama).u32be() / 100000.0;
  for (const Gamma& gamma : kGammas) {
    if (std::abs(stated - gamma.exponent) < kTolerance) {
      return gamma.transfer;
    }
  }
  return Transfer::unspecified;
}

Primaries primaries_of_chrm(ByteView chrm) {
  constexpr double kTolerance = 0.002;
  ByteReader reader(chrm);
  const auto next = [&] {
    const double x = reader.u32be() / 100000.0;
    return Xy{x, reader.u32be() / 100000.0};
  };
  const Xy white = next();
  const Xy red = next();
  const Xy green = next();
  const Xy blue = next();
  const auto near = [](const Xy& a, const Xy& b) {
    return std::abs(a.x - b.x) < kTolerance && std::abs(a.y - b.y) < kTolerance;
  };
  for (const Primaries primaries :
       {Primaries::bt709, Primaries::smpte_eg432, Primaries::bt2020, Primaries::adobe_rgb, Primaries::smpte170m,
        Primaries::bt470bg, Primaries::bt470m, Primaries::smpte_rp431, Primaries::ebu3213}) {
    const PrimariesXy xy = chromaticities(primaries);
    if (near(xy.white, white) && near(xy.red, red) && near(xy.green, green) && near(xy.blue, blue)) {
      return primaries;
    }
  }
  return Primaries::unspecified;
}

}  // namespace

ColorSpace png_color(const PngStructure& structure, ByteView icc) {
  if (const auto color = color_of_cicp(structure.cicp)) {
    return *color;
  }
  if (!icc.empty()) {
    const ProfileColor color = profile_color(icc);
    return {.primaries = color.primaries, .transfer = color.transfer};
  }
  ColorSpace color;
  if (structure.srgb.empty()) {
    if (!structure.gama.empty()) {
      color.transfer = transfer_of_gama(structure.gama);
    }
    if (!structure.chrm.empty()) {
      color.primaries = primaries_of_chrm(structure.chrm);
    }
  }
  return color;
}

HdrInfo png_hdr_info(const PngStructure& structure) {
  HdrInfo hdr;
  if (!structure.mdcv.empty()) {
    hdr.mastering_display = parse_png_mdcv(structure.mdcv);
  }
  if (!structure.clli.empty()) {
    hdr.content_light_level = parse_png_clli(structure.clli);
  }
  return hdr;
}

}  // namespace imagepacker
