// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/bmff_properties.h"

#include "container/bmff_writer.h"

namespace imagepacker::bmff {
namespace {

template <class Code>
std::uint16_t h273_code(Code code) {
  const int value = static_cast<int>(code);
  return static_cast<std::uint16_t>(value < kFirstNonH273Code ? value : 2);
}

void write(ByteWriter& fields, Chromaticity point) {
  fields.u16be(point.x).u16be(point.y);
}

}  // namespace

Bytes image_spatial_extents(Size size) {
  BmffWriter box;
  box.begin_full("ispe", 0, 0)
      .fields()
      .u32be(static_cast<std::uint32_t>(size.width))
      .u32be(static_cast<std::uint32_t>(size.height));
  return box.end().take();
}

Bytes pixel_information(int channels, int bits) {
  BmffWriter box;
  box.begin_full("pixi", 0, 0).fields().u8(static_cast<std::uint8_t>(channels));
  for (int c = 0; c < channels; ++c) {
    box.fields().u8(static_cast<std::uint8_t>(bits));
  }
  return box.end().take();
}

Bytes clean_aperture(Size coded, Size visible) {
  // Offsets are between the centres, so half the difference; the aperture lies left and above, hence negative.
  const auto offset = [](int full, int kept) { return static_cast<std::uint32_t>(kept - full); };
  BmffWriter box;
  box.begin("clap")
      .fields()
      .u32be(static_cast<std::uint32_t>(visible.width))
      .u32be(1)
      .u32be(static_cast<std::uint32_t>(visible.height))
      .u32be(1)
      .u32be(offset(coded.width, visible.width))
      .u32be(2)
      .u32be(offset(coded.height, visible.height))
      .u32be(2);
  return box.end().take();
}

Bytes color_nclx(const ColorSpace& color) {
  BmffWriter box;
  box.begin("colr")
      .fields()
      .append("nclx")
      .u16be(h273_code(color.primaries))
      .u16be(h273_code(color.transfer))
      .u16be(h273_code(color.matrix))
      .u8(color.range == Range::full ? 0x80 : 0);
  return box.end().take();
}

Bytes color_profile(ByteView icc) {
  BmffWriter box;
  box.begin("colr").fields().append("prof").append(icc);
  return box.end().take();
}

Bytes content_light_level(const ContentLightLevel& level) {
  BmffWriter box;
  box.begin("clli").fields().u16be(level.max_cll).u16be(level.max_fall);
  return box.end().take();
}

Bytes mastering_display(const MasteringDisplay& display) {
  BmffWriter box;
  ByteWriter& fields = box.begin("mdcv").fields();
  for (const Chromaticity point : {display.green, display.blue, display.red, display.white}) {
    write(fields, point);
  }
  fields.u32be(display.max_luminance).u32be(display.min_luminance);
  return box.end().take();
}

Bytes auxiliary_type(std::string_view urn) {
  BmffWriter box;
  box.begin_full("auxC", 0, 0).fields().append(urn).u8(0);
  return box.end().take();
}

Bytes rotation(int quarter_turns) {
  BmffWriter box;
  box.begin("irot").fields().u8(static_cast<std::uint8_t>(quarter_turns & 3));
  return box.end().take();
}

Bytes mirror(Mirror axis) {
  BmffWriter box;
  box.begin("imir").fields().u8(static_cast<std::uint8_t>(axis));
  return box.end().take();
}

}  // namespace imagepacker::bmff
