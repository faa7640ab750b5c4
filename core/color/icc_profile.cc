// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/icc_profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_writer.h"
#include "base/text.h"
#include "base/try.h"
#include "color/primaries.h"
#include "color/transfer.h"

namespace imagepacker {
namespace {

constexpr std::size_t kHeaderBytes = 128;
/// Version 4 because only its parametric curves state the sRGB curve exactly and in 40 bytes; version 2 takes a table
/// of some kilobytes. Readers of version 4 are everywhere where readers of profiles are.
constexpr std::uint32_t kVersion = 0x04300000;

std::uint32_t s15_fixed16(double value) {
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(value * 65536)));
}

struct Tag {
  std::string_view signature;
  Bytes data;
};

/// multiLocalizedUnicodeType with one text in American English; `ascii` only.
Bytes text_element(std::string_view ascii) {
  ByteWriter out;
  out.append("mluc").u32be(0).u32be(1).u32be(12).append("enUS");
  out.u32be(static_cast<std::uint32_t>(2 * ascii.size())).u32be(28);
  for (const char c : ascii) {
    out.u16be(static_cast<std::uint8_t>(c));
  }
  return out.take();
}

Bytes xyz_element(const Vector3& xyz) {
  ByteWriter out;
  out.append("XYZ ").u32be(0);
  for (const double value : xyz) {
    out.u32be(s15_fixed16(value));
  }
  return out.take();
}

Bytes matrix_element(const Matrix3& matrix) {
  ByteWriter out;
  out.append("sf32").u32be(0);
  for (const Vector3& row : matrix.rows) {
    for (const double value : row) {
      out.u32be(s15_fixed16(value));
    }
  }
  return out.take();
}

/// parametricCurveType: function 0 is Y = X^g, function 3 is (aX + b)^g from X = d on and cX below.
Bytes curve_element(std::uint16_t function, std::span<const double> parameters) {
  ByteWriter out;
  out.append("para").u32be(0).u16be(function).u16be(0);
  for (const double value : parameters) {
    out.u32be(s15_fixed16(value));
  }
  return out.take();
}

Bytes power_element(double exponent) {
  return curve_element(0, std::array{exponent});
}

Result<Bytes> transfer_element(Transfer transfer) {
  switch (shown_transfer(transfer)) {
    case Transfer::srgb:
      return curve_element(3, std::array{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045});
    case Transfer::smpte240m:
      return curve_element(3, std::array{1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 0.25, 4 * 0.0228});
    case Transfer::gamma22:
      return power_element(2.2);
    case Transfer::gamma28:
      return power_element(2.8);
    case Transfer::gamma18:
      return power_element(1.8);
    case Transfer::gamma20:
      return power_element(2.0);
    case Transfer::adobe_rgb:
      return power_element(563.0 / 256);
    case Transfer::linear:
      return power_element(1.0);
    default:
      return make_error(Errc::unsupported, text("no ICC curve can state transfer characteristics ",
                                                int{static_cast<std::uint8_t>(transfer)}, " (PQ, HLG and log curves)"));
  }
}

std::string_view primaries_name(Primaries primaries) {
  switch (primaries) {
    case Primaries::bt470m:
      return "BT.470 M";
    case Primaries::bt470bg:
      return "BT.470 BG";
    case Primaries::smpte170m:
    case Primaries::smpte240m:
      return "SMPTE 170M";
    case Primaries::film:
      return "Generic film";
    case Primaries::bt2020:
      return "BT.2020";
    case Primaries::smpte_st428:
      return "CIE XYZ";
    case Primaries::smpte_rp431:
      return "DCI-P3";
    case Primaries::smpte_eg432:
      return "Display P3";
    case Primaries::ebu3213:
      return "EBU 3213";
    case Primaries::adobe_rgb:
      return "Adobe RGB";
    case Primaries::bt709:
    case Primaries::unspecified:
      break;
  }
  return "BT.709";
}

std::string_view transfer_name(Transfer transfer) {
  switch (shown_transfer(transfer)) {
    case Transfer::smpte240m:
      return "SMPTE 240M curve";
    case Transfer::gamma22:
    case Transfer::adobe_rgb:
      return "gamma 2.2";
    case Transfer::gamma28:
      return "gamma 2.8";
    case Transfer::gamma18:
      return "gamma 1.8";
    case Transfer::gamma20:
      return "gamma 2.0";
    case Transfer::linear:
      return "linear light";
    default:
      return "sRGB curve";
  }
}

std::string description(const ColorSpace& color, ColorModel model) {
  if (model == ColorModel::gray) {
    return text("Gray, ", transfer_name(color.transfer));
  }
  return text(primaries_name(color.primaries), ", ", transfer_name(color.transfer));
}

void write_header(ByteWriter& out, ColorModel model) {
  out.u32be(0);  // the size, known at the end
  out.append(std::string_view("\0\0\0\0", 4)).u32be(kVersion).append("mntr");
  out.append(model == ColorModel::gray ? "GRAY" : "RGB ").append("XYZ ");
  // A fixed date, because profiles of equal colour spaces are to be equal, and a valid one, because readers check it.
  out.u16be(2000).u16be(1).u16be(1).u16be(0).u16be(0).u16be(0);
  out.append("acsp");
  // Platform, flags, manufacturer, model, attributes, then perceptual intent.
  out.u32be(0).u32be(0).u32be(0).u32be(0).u64be(0).u32be(0);
  for (const double value : kD50) {
    out.u32be(s15_fixed16(value));
  }
  while (out.size() < kHeaderBytes) {
    out.u8(0);
  }
}

/// The tag table and the data, each piece of equal data once and on a multiple of four bytes.
void write_tags(ByteWriter& out, const std::vector<Tag>& tags) {
  const std::size_t data_begin = kHeaderBytes + 4 + 12 * tags.size();
  ByteWriter data;
  std::vector<std::size_t> offsets;
  out.u32be(static_cast<std::uint32_t>(tags.size()));
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const auto same = [&](const Tag& tag) { return tag.data == tags[i].data; };
    const auto first = static_cast<std::size_t>(std::find_if(tags.begin(), tags.end(), same) - tags.begin());
    if (first == i) {
      offsets.push_back(data_begin + data.size());
      data.append(tags[i].data);
      while (data.size() % 4 != 0) {
        data.u8(0);
      }
    } else {
      offsets.push_back(offsets[first]);
    }
    out.append(tags[i].signature)
        .u32be(static_cast<std::uint32_t>(offsets[i]))
        .u32be(static_cast<std::uint32_t>(tags[i].data.size()));
  }
  out.append(data.bytes());
}

}  // namespace

bool is_shown_as_srgb(const ColorSpace& color) {
  return are_equal(color.primaries, Primaries::bt709) && shown_transfer(color.transfer) == Transfer::srgb;
}

Result<Bytes> make_icc_profile(const ColorSpace& color, ColorModel model) {
  IP_ASSIGN(const Bytes curve, transfer_element(color.transfer));
  const Matrix3 to_d50 = chromatic_adaptation(xyz_of(chromaticities(color.primaries).white), kD50);
  std::vector<Tag> tags = {
      {"desc", text_element(description(color, model))},
      {"cprt", text_element("CC0")},
      {"wtpt", xyz_element(kD50)},
      {"chad", matrix_element(to_d50)},
  };
  if (model == ColorModel::gray) {
    tags.push_back({"kTRC", curve});
  } else {
    const Matrix3 colorants = to_d50 * rgb_to_xyz(color.primaries);
    const auto column = [&](std::size_t j) {
      return Vector3{colorants.rows[0][j], colorants.rows[1][j], colorants.rows[2][j]};
    };
    tags.push_back({"rXYZ", xyz_element(column(0))});
    tags.push_back({"gXYZ", xyz_element(column(1))});
    tags.push_back({"bXYZ", xyz_element(column(2))});
    tags.push_back({"rTRC", curve});
    tags.push_back({"gTRC", curve});
    tags.push_back({"bTRC", curve});
  }
  ByteWriter out;
  write_header(out, model);
  write_tags(out, tags);
  out.patch_u32be(0, static_cast<std::uint32_t>(out.size()));
  return out.take();
}

}  // namespace imagepacker
