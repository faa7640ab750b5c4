// SPDX-License-Identifier: LGPL-2.1-or-later
#include <libheif/heif.h>
#include <png.h>
#include <turbojpeg.h>

#include <algorithm>
#include <stdexcept>

#include "contestant.h"

namespace imagepacker::bench {
namespace {

/// A frame mapped for reading.
class MappedFrame {
 public:
  explicit MappedFrame(const Frame& frame) {
    if (!gst_video_frame_map(&frame_, &frame.info, frame.buffer.get(), GST_MAP_READ)) {
      throw std::runtime_error("the frame can't be mapped");
    }
  }
  ~MappedFrame() { gst_video_frame_unmap(&frame_); }
  MappedFrame(const MappedFrame&) = delete;
  MappedFrame& operator=(const MappedFrame&) = delete;

  [[nodiscard]] GstVideoFormat format() const { return GST_VIDEO_FRAME_FORMAT(&frame_); }
  [[nodiscard]] int width(int component = 0) const { return GST_VIDEO_FRAME_COMP_WIDTH(&frame_, component); }
  [[nodiscard]] int height(int component = 0) const { return GST_VIDEO_FRAME_COMP_HEIGHT(&frame_, component); }
  [[nodiscard]] int stride(int plane = 0) const { return GST_VIDEO_FRAME_PLANE_STRIDE(&frame_, plane); }
  [[nodiscard]] const std::uint8_t* row(int y, int plane = 0) const {
    return static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame_, plane)) +
           std::ptrdiff_t(y) * stride(plane);
  }

 private:
  GstVideoFrame frame_;
};

class LibpngContestant final : public Contestant {
 public:
  LibpngContestant(int level, bool has_filters) : level_(level), has_filters_(has_filters) {}

  File pack(const Frame& frame, int times) override {
    File file;
    for (int i = 0; i < times; ++i) {
      file.clear();
      write(MappedFrame(frame), file);
    }
    return file;
  }

 private:
  // libpng's error exit is left at its default: it ends the benchmark.
  void write(const MappedFrame& frame, File& file) const {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    const auto append = [](png_structp writer, png_bytep bytes, std::size_t size) {
      auto& out = *static_cast<File*>(png_get_io_ptr(writer));
      out.insert(out.end(), bytes, bytes + size);
    };
    png_set_write_fn(png, &file, append, [](png_structp) {});
    const bool is_deep = frame.format() == GST_VIDEO_FORMAT_ARGB64_BE;
    const bool has_alpha = frame.format() == GST_VIDEO_FORMAT_RGBA;
    png_set_IHDR(png, info, png_uint_32(frame.width()), png_uint_32(frame.height()), is_deep ? 16 : 8,
                 has_alpha ? PNG_COLOR_TYPE_RGBA : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
                 PNG_FILTER_TYPE_BASE);
    png_set_compression_level(png, level_);
    if (!has_filters_) {
      png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    }
    png_write_info(png, info);
    if (is_deep) {
      png_set_filler(png, 0, PNG_FILLER_BEFORE);
    }
    for (int y = 0; y < frame.height(); ++y) {
      png_write_row(png, frame.row(y));
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
  }

  int level_;
  bool has_filters_;
};

class TurbojpegContestant final : public Contestant {
 public:
  explicit TurbojpegContestant(int quality) : quality_(quality), compressor_(tjInitCompress(), tjDestroy) {}

  File pack(const Frame& frame, int times) override {
    const MappedFrame rgb(frame);
    File file(tjBufSize(rgb.width(), rgb.height(), TJSAMP_420));
    for (int i = 0; i < times; ++i) {
      unsigned char* out = file.data();
      unsigned long bytes = tjBufSize(rgb.width(), rgb.height(), TJSAMP_420);
      file.resize(bytes);
      if (tjCompress2(compressor_.get(), rgb.row(0), rgb.width(), rgb.stride(), rgb.height(), TJPF_RGB, &out, &bytes,
                      TJSAMP_420, quality_, TJFLAG_NOREALLOC) != 0) {
        throw std::runtime_error(tjGetErrorStr2(compressor_.get()));
      }
      file.resize(bytes);
    }
    return file;
  }

 private:
  int quality_;
  std::unique_ptr<void, int (*)(void*)> compressor_;
};

void check(const heif_error& error) {
  if (error.code != heif_error_Ok) {
    throw std::runtime_error(error.message);
  }
}

class LibheifContestant final : public Contestant {
 public:
  explicit LibheifContestant(int quality) : quality_(quality) {}

  File pack(const Frame& frame, int times) override {
    File file;
    for (int i = 0; i < times; ++i) {
      file.clear();
      write(MappedFrame(frame), file);
    }
    return file;
  }

 private:
  static std::shared_ptr<heif_image> make_image(const MappedFrame& frame) {
    heif_image* image = nullptr;
    check(heif_image_create(frame.width(), frame.height(), heif_colorspace_YCbCr, heif_chroma_420, &image));
    std::shared_ptr<heif_image> owner(image, heif_image_release);
    constexpr heif_channel kChannels[] = {heif_channel_Y, heif_channel_Cb, heif_channel_Cr};
    for (int plane = 0; plane < 3; ++plane) {
      check(heif_image_add_plane(image, kChannels[plane], frame.width(plane), frame.height(plane), 8));
      int stride = 0;
      std::uint8_t* const out = heif_image_get_plane(image, kChannels[plane], &stride);
      for (int y = 0; y < frame.height(plane); ++y) {
        std::copy_n(frame.row(y, plane), frame.width(plane), out + std::ptrdiff_t(y) * stride);
      }
    }
    heif_color_profile_nclx* const nclx = heif_nclx_color_profile_alloc();
    nclx->color_primaries = heif_color_primaries_ITU_R_BT_709_5;
    nclx->transfer_characteristics = heif_transfer_characteristic_IEC_61966_2_1;
    nclx->matrix_coefficients = heif_matrix_coefficients_ITU_R_BT_601_6;
    nclx->full_range_flag = 1;
    check(heif_image_set_nclx_color_profile(image, nclx));
    heif_nclx_color_profile_free(nclx);
    return owner;
  }

  void write(const MappedFrame& frame, File& file) const {
    const std::shared_ptr<heif_image> image = make_image(frame);
    const std::shared_ptr<heif_context> context(heif_context_alloc(), heif_context_free);
    heif_encoder* encoder = nullptr;
    check(heif_context_get_encoder_for_format(context.get(), heif_compression_HEVC, &encoder));
    const std::shared_ptr<heif_encoder> encoder_owner(encoder, heif_encoder_release);
    check(heif_encoder_set_lossy_quality(encoder, quality_));
    const std::shared_ptr<heif_encoding_options> options(heif_encoding_options_alloc(), heif_encoding_options_free);
    options->macOS_compatibility_workaround_no_nclx_profile = 0;
    check(heif_context_encode_image(context.get(), image.get(), encoder, options.get(), nullptr));
    heif_writer writer{1, [](heif_context*, const void* data, std::size_t size, void* out) {
                         const auto* const bytes = static_cast<const std::uint8_t*>(data);
                         static_cast<File*>(out)->assign(bytes, bytes + size);
                         return heif_error{heif_error_Ok, heif_suberror_Unspecified, ""};
                       }};
    check(heif_context_write(context.get(), &writer, &file));
  }

  int quality_;
};

}  // namespace

std::unique_ptr<Contestant> make_libpng_contestant(int level, bool has_filters) {
  return std::make_unique<LibpngContestant>(level, has_filters);
}
std::unique_ptr<Contestant> make_turbojpeg_contestant(int quality) {
  return std::make_unique<TurbojpegContestant>(quality);
}
std::unique_ptr<Contestant> make_libheif_contestant(int quality) {
  return std::make_unique<LibheifContestant>(quality);
}

}  // namespace imagepacker::bench
