// SPDX-License-Identifier: LGPL-2.1-or-later
#include <zlib.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/byte_writer.h"
#include "base/try.h"
#include "codec/codec.h"
#include "codec/png/png_header.h"
#include "codec/png/strip_coder.h"
#include "container/png_chunks.h"

namespace imagepacker {
namespace {

/// PNG itself ends at 2³¹ - 1; libpng, and with it nearly every reader, refuses more than this unless told otherwise.
constexpr int kMaxSide = 1000000;

constexpr std::array<std::string_view, 1> kMimeTypes = {"image/png"};
constexpr std::array<std::string_view, 1> kExtensions = {"png"};

/// Filtered bytes of a strip: enough for the entropy coder to learn from, few enough to stay in the second cache.
constexpr std::size_t kStripBytes = std::size_t{1} << 19;

PixelFormat nearest_layout(const ImageFormat& source) {
  struct Choice {
    PixelFormat bytes, words;
  };
  constexpr Choice kGray{PixelFormat::gray8, PixelFormat::gray16_be};
  constexpr Choice kRgb{PixelFormat::rgb, PixelFormat::rgb48_be};
  constexpr Choice kRgba{PixelFormat::rgba, PixelFormat::rgba64_be};
  const bool is_gray = source.info().model == ColorModel::gray;
  const Choice& choice = source.has_alpha() ? kRgba : is_gray ? kGray : kRgb;
  return source.info().depth > 8 ? choice.words : choice.bytes;
}

ImageFormat nearest_format(const ImageFormat& source) {
  ImageFormat format = source;
  format.layout = nearest_layout(source);
  format.alpha = source.has_alpha() ? Alpha::straight : Alpha::none;
  format.color.matrix = Matrix::rgb;
  format.color.range = Range::full;
  format.color.chroma_site = ChromaSite::unspecified;
  return format;
}

class PngEncoder final : public Encoder {
 public:
  PngEncoder(const ImageFormat& source, const PackingOptions& options)
      : input_(nearest_format(source)), effort_(options.effort) {
    const PixelFormatInfo& info = source.info();
    significant_.color = info.depth;
    significant_.alpha = info.has_alpha ? info.components[3].bits : info.depth;
    const std::size_t row_bytes = plane_row_bytes(input_.info(), 0, input_.size) + 1;
    strip_rows_ = static_cast<int>(std::clamp<std::size_t>(kStripBytes / row_bytes, 1, input_.size.height));
  }

  [[nodiscard]] const ImageFormat& input() const override { return input_; }

  Status encode(const EncodeJob& job, ByteSink& sink) const override {
    IP_ASSIGN(const Bytes header, png_header(input_, significant_, job.metadata));
    IP_TRY(sink.write(header));
    const int strip_count = (input_.size.height + strip_rows_ - 1) / strip_rows_;
    std::vector<CodedStrip> strips(static_cast<std::size_t>(strip_count));
    IP_TRY(job.pool.for_each(strips.size(), [&](std::size_t index) -> Status {
      if (job.stop.stop_requested()) {
        return make_error(Errc::cancelled, "packing was cancelled");
      }
      const int first = static_cast<int>(index) * strip_rows_;
      const int count = std::min(strip_rows_, input_.size.height - first);
      const int above = first > 0 ? 1 : 0;
      ImageBuffer scratch;
      IP_ASSIGN(const ImageView rows, job.image.rows(first - above, count + above, scratch));
      IP_ASSIGN(strips[index], code_strip(rows, above == 1, index + 1 == strips.size(), effort_));
      return {};
    }));
    std::uint32_t adler = 1;
    for (std::size_t i = 0; i < strips.size(); ++i) {
      adler = static_cast<std::uint32_t>(
          adler32_combine(adler, strips[i].adler32, static_cast<z_off_t>(strips[i].filtered_bytes)));
      ByteWriter data;
      if (i == 0) {
        data.u8(0x78).u8(0x9C);
      }
      data.append(strips[i].deflate);
      if (i + 1 == strips.size()) {
        data.u32be(adler);
      }
      ByteWriter chunk;
      IP_TRY(append_png_chunk(chunk, "IDAT", data.bytes()));
      IP_TRY(sink.write(chunk.bytes()));
    }
    ByteWriter end;
    IP_TRY(append_png_chunk(end, "IEND", {}));
    return sink.write(end.bytes());
  }

 private:
  ImageFormat input_;
  SignificantBits significant_;
  int effort_;
  int strip_rows_;
};

Result<std::unique_ptr<Encoder>> create_png_encoder(const ImageFormat& source, const PackingOptions& options) {
  return std::unique_ptr<Encoder>(std::make_unique<PngEncoder>(source, options));
}

}  // namespace

const CodecDescriptor& png_codec() {
  static const CodecDescriptor descriptor = {
      .info = {.format = Format::png,
               .name = "png",
               .long_name = "PNG",
               .mime_types = kMimeTypes,
               .extensions = kExtensions,
               .max_width = kMaxSide,
               .max_height = kMaxSide,
               .can_lossy = false,
               .can_lossless = true,
               .can_alpha = true,
               .can_progressive = false,
               .can_hdr = true,
               .max_depth = 16},
      .create_encoder = create_png_encoder,
  };
  return descriptor;
}

}  // namespace imagepacker
