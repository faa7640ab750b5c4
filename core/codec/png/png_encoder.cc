// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/byte_writer.h"
#include "base/try.h"
#include "codec/codec.h"
#include "codec/png/idat_writer.h"
#include "codec/png/png_decoder.h"
#include "codec/png/png_header.h"
#include "codec/png/strip_coder_cache.h"
#include "container/png_chunks.h"
#include "container/png_structure.h"

namespace imagepacker {
namespace {

/// PNG itself ends at 2³¹ - 1; libpng, and with it nearly every reader, refuses more than this unless told otherwise.
constexpr int kMaxSide = 1000000;

constexpr std::array<std::string_view, 1> kMimeTypes = {"image/png"};
constexpr std::array<std::string_view, 1> kExtensions = {"png"};

PixelFormat nearest_layout(const ImageFormat& source) {
  struct Choice {
    PixelFormat bytes, words;
  };
  constexpr Choice kGray{PixelFormat::gray8, PixelFormat::gray16_be};
  constexpr Choice kRgb{PixelFormat::rgb, PixelFormat::rgb48_be};
  constexpr Choice kRgba{PixelFormat::rgba, PixelFormat::rgba64_be};
  const bool is_gray = source.info().model == ColorModel::gray;
  const Choice& choice = source.has_alpha() ? kRgba : is_gray ? kGray : kRgb;
  // Readers take cICP's HDR curves in 16 bits only; sBIT says how many of them are real.
  return source.info().depth > 8 || is_hdr(source.color.transfer) ? choice.words : choice.bytes;
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

struct RowRange {
  int first;
  int count;
};

/// Strips of `strip_rows` rows. Where there are many, the last ones are smaller: threads that are done with theirs then
/// wait less for the last.
std::vector<RowRange> cut_into_strips(int height, int strip_rows) {
  constexpr int kManyStrips = 4;
  constexpr int kSmallStripPart = 4;
  const int strips = (height + strip_rows - 1) / strip_rows;
  const int first_small_row = strips < kManyStrips ? height : (strips - 2) * strip_rows;
  const int small_rows = (strip_rows + kSmallStripPart - 1) / kSmallStripPart;
  std::vector<RowRange> result;
  for (int first = 0; first < height; first += result.back().count) {
    result.push_back({first, std::min(first < first_small_row ? strip_rows : small_rows, height - first)});
  }
  return result;
}

class PngEncoder final : public Encoder {
 public:
  PngEncoder(const ImageFormat& source, const PackingOptions& options)
      : input_(nearest_format(source)), plans_(effort_plans(options.effort)) {
    const PixelFormatInfo& info = source.info();
    significant_.color = info.depth;
    significant_.alpha = info.has_alpha ? info.components[3].bits : info.depth;
    const std::size_t row_bytes = plane_row_bytes(input_.info(), 0, input_.size) + 1;
    strips_ = cut_into_strips(input_.size.height, static_cast<int>(std::clamp<std::size_t>(
                                                      plans_.strip_bytes / row_bytes, 1, input_.size.height)));
  }

  [[nodiscard]] const ImageFormat& input() const override { return input_; }

  Status encode(const EncodeJob& job, ByteSink& sink) const override {
    IP_ASSIGN(const Bytes header, png_header(input_, significant_, job.metadata));
    IP_TRY(sink.write(header));
    IdatWriter idat(sink, strips_.size(), coders_);
    IP_TRY(job.pool.for_each(strips_.size(), [&](std::size_t index) { return encode_strip(job, index, idat); }));
    ByteWriter end;
    IP_TRY(append_png_chunk(end, "IEND", {}));
    return sink.write(end.bytes());
  }

 private:
  Status encode_strip(const EncodeJob& job, std::size_t index, IdatWriter& idat) const {
    if (job.stop.stop_requested()) {
      return make_error(Errc::cancelled, "packing was cancelled");
    }
    const auto [first, count] = strips_[index];
    const int above = first > 0 ? 1 : 0;
    auto coder = coders_.take();
    IP_ASSIGN(const ImageView rows, job.image.rows(first - above, count + above, coder->scratch()));
    IP_TRY(coder->code(rows, above == 1, {.is_first = index == 0, .is_last = index + 1 == strips_.size()}, plans_));
    return idat.finish_strip(index, std::move(coder));
  }

  ImageFormat input_;
  SignificantBits significant_;
  const EffortPlans& plans_;
  std::vector<RowRange> strips_;
  mutable StripCoderCache coders_;  ///< memory only, nothing that one picture leaves to the next
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
      .recognizes = begins_as_png,
      .open_decoder = open_png,
  };
  return descriptor;
}

}  // namespace imagepacker
