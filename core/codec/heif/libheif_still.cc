// SPDX-License-Identifier: LGPL-2.1-or-later
//
// encode_hevc() of a build without x265: libheif's own encoder makes a file of one picture, and what HEVC there is in
// it is taken out again, so that grids, alpha and all boxes stay this library's own.
#include <libheif/heif.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "codec/heif/hevc_still.h"

namespace imagepacker::heif {
namespace {

struct Free {
  void operator()(heif_context* context) const { heif_context_free(context); }
  void operator()(heif_encoder* encoder) const { heif_encoder_release(encoder); }
  void operator()(heif_image* image) const { heif_image_release(image); }
  void operator()(heif_encoding_options* options) const { heif_encoding_options_free(options); }
  void operator()(heif_color_profile_nclx* profile) const { heif_nclx_color_profile_free(profile); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Status check(const heif_error& error) {
  if (error.code != heif_error_Ok) {
    return make_error(error.code == heif_error_Memory_allocation_error ? Errc::out_of_memory : Errc::codec_failed,
                      text("libheif: ", error.message));
  }
  return {};
}

// -- the picture for libheif

template <class Code>
int h273_code(Code code) {
  const int value = static_cast<int>(code);
  return value < kFirstNonH273Code ? value : 2;
}

Status set_color(heif_image* image, const ColorSpace& color) {
  const Owned<heif_color_profile_nclx> nclx(heif_nclx_color_profile_alloc());
  if (nclx == nullptr) {
    return make_error(Errc::out_of_memory, "no memory for libheif's colour profile");
  }
  nclx->color_primaries = static_cast<heif_color_primaries>(h273_code(color.primaries));
  nclx->transfer_characteristics = static_cast<heif_transfer_characteristics>(h273_code(color.transfer));
  nclx->matrix_coefficients = static_cast<heif_matrix_coefficients>(h273_code(color.matrix));
  nclx->full_range_flag = color.range == Range::full ? 1 : 0;
  return check(heif_image_set_nclx_color_profile(image, nclx.get()));
}

Status copy_plane(heif_image* image, heif_channel channel, const ImageView& picture, int plane) {
  const PixelFormatInfo& layout = picture.format.info();
  const std::size_t row_bytes = plane_row_bytes(layout, plane, picture.format.size);
  const int rows = plane_height(layout, plane, picture.format.size);
  const auto columns = static_cast<int>(row_bytes / (layout.depth > 8 ? 2 : 1));
  IP_TRY(check(heif_image_add_plane(image, channel, columns, rows, layout.depth)));
  int stride = 0;
  std::uint8_t* const target = heif_image_get_plane(image, channel, &stride);
  for (int y = 0; y < rows; ++y) {
    std::memcpy(target + static_cast<std::ptrdiff_t>(y) * stride,
                picture.planes[plane].bytes.data() + static_cast<std::size_t>(y) * picture.planes[plane].stride_bytes,
                row_bytes);
  }
  return {};
}

Result<Owned<heif_image>> make_image(const ImageView& picture) {
  constexpr std::array kChroma = {heif_chroma_monochrome, heif_chroma_420, heif_chroma_422, heif_chroma_444};
  constexpr std::array kChannels = {heif_channel_Y, heif_channel_Cb, heif_channel_Cr};
  const PixelFormatInfo& layout = picture.format.info();
  const int idc = chroma_format_idc(layout);
  heif_image* raw = nullptr;
  IP_TRY(check(heif_image_create(picture.format.size.width, picture.format.size.height,
                                 idc == 0 ? heif_colorspace_monochrome : heif_colorspace_YCbCr,
                                 kChroma[static_cast<std::size_t>(idc)], &raw)));
  Owned<heif_image> image(raw);
  for (int c = 0; c < layout.color_component_count(); ++c) {
    // HEVC codes RGB in the order G, B, R, which is the order of the planes.
    const int plane = layout.model == ColorModel::rgb ? c : layout.components[c].plane;
    IP_TRY(copy_plane(image.get(), kChannels[static_cast<std::size_t>(c)], picture, plane));
  }
  IP_TRY(set_color(image.get(), picture.format.color));
  return image;
}

// -- the file from libheif

Bytes copy(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

std::uint32_t number(ByteView bytes, std::size_t position, int byte_count) {
  std::uint32_t value = 0;
  for (int i = 0; i < byte_count; ++i, ++position) {
    value = value << 8 | (position < bytes.size() ? std::to_integer<std::uint32_t>(bytes[position]) : 0);
  }
  return value;
}

/// The payload of the first box of `type` among the boxes in `bytes`.
std::optional<ByteView> find_box(ByteView bytes, std::string_view type) {
  constexpr std::size_t kHeaderBytes = 8;
  while (bytes.size() >= kHeaderBytes) {
    const std::size_t length = number(bytes, 0, 4);
    if (length < kHeaderBytes || length > bytes.size()) {
      break;
    }
    if (std::memcmp(bytes.data() + 4, type.data(), type.size()) == 0) {
      return bytes.subspan(kHeaderBytes, length - kHeaderBytes);
    }
    bytes = bytes.subspan(length);
  }
  return std::nullopt;
}

std::optional<ByteView> find_property(ByteView file, std::string_view type) {
  const auto meta = find_box(file, "meta");
  const auto properties = meta && meta->size() > 4 ? find_box(meta->subspan(4), "iprp") : std::nullopt;
  const auto list = properties ? find_box(*properties, "ipco") : std::nullopt;
  return list ? find_box(*list, type) : std::nullopt;
}

/// The parameter sets in an 'hvcC' box.
ParameterSets parameter_sets(ByteView configuration) {
  constexpr std::size_t kArraysPosition = 22;
  ParameterSets sets;
  std::size_t position = kArraysPosition + 1;
  for (std::uint32_t arrays = number(configuration, kArraysPosition, 1); arrays > 0; --arrays) {
    const std::uint32_t type = number(configuration, position, 1) & 0x3F;
    std::uint32_t count = number(configuration, position + 1, 2);
    for (position += 3; count > 0 && position < configuration.size(); --count) {
      const std::size_t length = number(configuration, position, 2);
      position = std::min(position + 2, configuration.size());
      const ByteView nal = configuration.subspan(position, std::min(length, configuration.size() - position));
      (type == kVpsType ? sets.vps : type == kSpsType ? sets.sps : sets.pps) = copy(nal);
      position += nal.size();
    }
  }
  return sets;
}

/// The picture's NAL units in 'mdat', each behind its length, without messages.
Bytes slices(ByteView data) {
  constexpr std::uint32_t kLastSliceType = 31;
  Bytes result;
  while (data.size() > 6) {
    const std::size_t length = std::min<std::size_t>(number(data, 0, 4), data.size() - 4) + 4;
    if ((number(data, 4, 1) >> 1 & 0x3F) <= kLastSliceType) {
      result.insert(result.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(length));
    }
    data = data.subspan(length);
  }
  return result;
}

Result<HevcStill> take_apart(ByteView file, Size size) {
  const auto configuration = find_property(file, "hvcC");
  const auto extents = find_property(file, "ispe");
  const auto data = find_box(file, "mdat");
  if (!configuration || !extents || !data || configuration->size() < 23) {
    return make_error(Errc::codec_failed, "libheif wrote a file without HEVC in it");
  }
  const Size coded = {static_cast<int>(number(*extents, 4, 4)), static_cast<int>(number(*extents, 8, 4))};
  if (coded != size) {
    return make_error(Errc::codec_failed, text("libheif's encoder made ", coded.width, "×", coded.height,
                                               " pixels of a picture of ", size.width, "×", size.height));
  }
  HevcStill still{.sets = parameter_sets(*configuration), .data = slices(*data)};
  state_level(still.sets, size);
  return still;
}

heif_error append_to_bytes(heif_context*, const void* data, std::size_t size, void* bytes) {
  const ByteView chunk(static_cast<const std::byte*>(data), size);
  try {
    static_cast<Bytes*>(bytes)->insert(static_cast<Bytes*>(bytes)->end(), chunk.begin(), chunk.end());
  } catch (const std::bad_alloc&) {
    return {heif_error_Memory_allocation_error, heif_suberror_Unspecified, "no memory for the file"};
  }
  return {heif_error_Ok, heif_suberror_Unspecified, "ok"};
}

// -- the encoder

/// x265's presets for `effort` in the order of the library's; an encoder that has none ignores it.
const char* preset_for(int effort) {
  constexpr std::array kPresets = {"ultrafast", "ultrafast", "superfast", "veryfast", "veryfast", "faster",
                                   "fast",      "medium",    "slow",      "slower",   "veryslow"};
  return kPresets[static_cast<std::size_t>(std::clamp(effort, 0, 10))];
}

Status set_up(heif_encoder* encoder, const HevcSettings& settings, const PixelFormatInfo& layout) {
  constexpr std::array kChroma = {"420", "420", "422", "444"};
  IP_TRY(check(heif_encoder_set_lossless(encoder, settings.lossless ? 1 : 0)));
  if (!settings.lossless) {
    // libheif's x265 takes (100 - quality) / 2 as its rate factor.
    const int quality = static_cast<int>(std::lround(100 - 2 * settings.qp));
    IP_TRY(check(heif_encoder_set_lossy_quality(encoder, std::clamp(quality, 0, 100))));
  }
  heif_encoder_set_parameter_string(encoder, "preset", preset_for(settings.effort));
  heif_encoder_set_parameter_string(encoder, "chroma", kChroma[static_cast<std::size_t>(chroma_format_idc(layout))]);
  return {};
}

}  // namespace

Size hevc_size(Size size, const PixelFormatInfo&) {
  // libheif pads for its encoders: what is smaller than 64 for x265, what is no multiple of eight for kvazaar.
  const auto fit = [](int length) { return std::max((length + 7) / 8 * 8, 64); };
  return {fit(size.width), fit(size.height)};
}

bool hevc_has_depth(int) {
  return heif_have_encoder_for_format(heif_compression_HEVC) != 0;
}

Result<HevcStill> encode_hevc(const ImageView& picture, const HevcSettings& settings) {
  const Owned<heif_context> context(heif_context_alloc());
  heif_encoder* raw_encoder = nullptr;
  IP_TRY(check(heif_context_get_encoder_for_format(context.get(), heif_compression_HEVC, &raw_encoder)));
  const Owned<heif_encoder> encoder(raw_encoder);
  IP_TRY(set_up(raw_encoder, settings, picture.format.info()));
  IP_ASSIGN(const Owned<heif_image> image, make_image(picture));
  const Owned<heif_encoding_options> options(heif_encoding_options_alloc());
  if (options == nullptr) {
    return make_error(Errc::out_of_memory, "no memory for libheif's options");
  }
  // By default the library drops the colour codes and puts odd sizes into a grid of one.
  options->macOS_compatibility_workaround = 0;
  options->macOS_compatibility_workaround_no_nclx_profile = 0;
  IP_TRY(check(heif_context_encode_image(context.get(), image.get(), raw_encoder, options.get(), nullptr)));
  Bytes file;
  heif_writer writer{.writer_api_version = 1, .write = append_to_bytes};
  IP_TRY(check(heif_context_write(context.get(), &writer, &file)));
  return take_apart(file, picture.format.size);
}

}  // namespace imagepacker::heif
