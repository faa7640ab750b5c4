// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/bmff_property_reading.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/byte_reader.h"
#include "color/h273_codes.h"
#include "image/turn.h"

namespace imagepacker::bmff {
namespace {

constexpr std::size_t kFullBoxBytes = 4;

/// A stretch of pixels in one direction.
struct Stretch {
  int first, count;
};

/// One direction of 'clap': the middle `width` of `total` pixels, `offset` off the middle. Empty when none remain.
std::optional<Stretch> middle(double width, double offset, int total) {
  const double count = std::floor(width);
  const double first = std::floor(offset + (total - count) / 2);
  const double from = std::max(first, 0.0);
  const double to = std::min(first + count, static_cast<double>(total));
  if (!(to - from >= 1)) {
    return std::nullopt;
  }
  return Stretch{static_cast<int>(from), static_cast<int>(to - from)};
}

bool apply_clap(Geometry& geometry, ByteView payload) {
  ByteReader reader(payload);
  std::array<double, 4> values{};  // width, height, offsets
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t numerator = reader.u32be();
    const std::uint32_t denominator = reader.u32be();
    if (denominator == 0) {
      return false;
    }
    const bool is_signed = i >= 2;
    values[i] = (is_signed ? static_cast<double>(static_cast<std::int32_t>(numerator)) : numerator) / denominator;
  }
  const Turn turn = turn_of(geometry.orientation);
  Size shown = geometry.size;
  if (turn.transposes) {
    std::swap(shown.width, shown.height);
  }
  auto x = middle(values[0], values[2], shown.width);
  auto y = middle(values[1], values[3], shown.height);
  if (!reader.ok() || !x || !y) {
    return false;
  }
  // Back to the stored pixels.
  if (turn.mirrors_x) {
    x->first = shown.width - x->first - x->count;
  }
  if (turn.mirrors_y) {
    y->first = shown.height - y->first - y->count;
  }
  if (turn.transposes) {
    std::swap(x, y);
  }
  geometry.left += x->first;
  geometry.top += y->first;
  geometry.size = {x->count, y->count};
  return true;
}

}  // namespace

std::optional<Size> parse_spatial_extents(ByteView payload) {
  ByteReader reader(payload);
  reader.take(kFullBoxBytes);
  const std::uint32_t width = reader.u32be();
  const std::uint32_t height = reader.u32be();
  constexpr auto kMax = static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max());
  if (!reader.ok() || width == 0 || height == 0 || width > kMax || height > kMax) {
    return std::nullopt;
  }
  return Size{static_cast<int>(width), static_cast<int>(height)};
}

std::optional<ColorSpace> parse_color_nclx(ByteView payload) {
  ByteReader reader(payload);
  if (!reader.take_if("nclx")) {
    return std::nullopt;
  }
  ColorSpace color;
  color.primaries = primaries_of_code(reader.u16be()).value_or(Primaries::unspecified);
  color.transfer = transfer_of_code(reader.u16be()).value_or(Transfer::unspecified);
  color.matrix = matrix_of_code(reader.u16be()).value_or(Matrix::unspecified);
  color.range = (reader.u8() & 0x80) != 0 ? Range::full : Range::limited;
  return reader.ok() ? std::optional(color) : std::nullopt;
}

std::optional<int> parse_matrix_code(ByteView payload) {
  constexpr std::size_t kCodesBefore = 4;
  ByteReader reader(payload);
  const bool is_nclx = reader.take_if("nclx");
  reader.take(kCodesBefore);
  const int code = reader.u16be();
  return is_nclx && reader.ok() ? std::optional(code) : std::nullopt;
}

std::optional<ByteView> parse_color_profile(ByteView payload) {
  ByteReader reader(payload);
  if (!reader.take_if("prof") && !reader.take_if("rICC")) {
    return std::nullopt;
  }
  return reader.rest();
}

std::optional<ContentLightLevel> parse_content_light_level(ByteView payload) {
  ByteReader reader(payload);
  ContentLightLevel level;
  level.max_cll = reader.u16be();
  level.max_fall = reader.u16be();
  return reader.ok() ? std::optional(level) : std::nullopt;
}

std::optional<MasteringDisplay> parse_mastering_display(ByteView payload) {
  ByteReader reader(payload);
  MasteringDisplay display;
  for (Chromaticity* const point : {&display.green, &display.blue, &display.red, &display.white}) {
    point->x = reader.u16be();
    point->y = reader.u16be();
  }
  display.max_luminance = reader.u32be();
  display.min_luminance = reader.u32be();
  return reader.ok() ? std::optional(display) : std::nullopt;
}

std::optional<std::string_view> parse_auxiliary_type(ByteView payload) {
  ByteReader reader(payload);
  reader.take(kFullBoxBytes);
  const ByteView urn = reader.rest();
  const auto end = std::ranges::find(urn, std::byte{0});
  if (!reader.ok() || end == urn.begin()) {
    return std::nullopt;
  }
  return std::string_view(reinterpret_cast<const char*>(urn.data()), static_cast<std::size_t>(end - urn.begin()));
}

bool Geometry::apply(std::string_view type, ByteView payload) {
  if (type == "clap") {
    return apply_clap(*this, payload);
  }
  if (type != "irot" && type != "imir") {
    return true;
  }
  if (payload.empty()) {
    return false;
  }
  Turn turn = turn_of(orientation);
  const int value = std::to_integer<int>(payload[0]);
  if (type == "imir") {
    bool& mirrors = (value & 1) != 0 ? turn.mirrors_x : turn.mirrors_y;
    mirrors = !mirrors;
  }
  // A quarter turn anti-clockwise is a transposition and a mirroring in y after it.
  for (int turns = type == "irot" ? value & 3 : 0; turns > 0; --turns) {
    turn = {.transposes = !turn.transposes, .mirrors_x = turn.mirrors_y, .mirrors_y = !turn.mirrors_x};
  }
  orientation = orientation_of(turn);
  return true;
}

}  // namespace imagepacker::bmff
