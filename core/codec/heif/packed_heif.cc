// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/packed_heif.h"

#include "base/text.h"
#include "base/try.h"
#include "codec/codec_list.h"

namespace imagepacker::heif {

const CodecDescriptor& heif_codec_descriptor() {
  return *find_codec(Format::heif);
}

ImageFormat format_of(PixelFormat layout, Size size) {
  const PixelFormatInfo& info = pixel_format_info(layout);
  return {.layout = layout,
          .size = size,
          .color = {.primaries = Primaries::bt709,
                    .transfer = Transfer::srgb,
                    .matrix = info.model == ColorModel::rgb ? Matrix::rgb : Matrix::bt601,
                    .range = Range::full,
                    .chroma_site = ChromaSite::unspecified},
          .alpha = info.has_alpha ? Alpha::straight : Alpha::none,
          .hdr = {}};
}

PackingOptions heif_options() {
  PackingOptions options;
  options.format = Format::heif;
  return options;
}

Result<Bytes> pack(const ImageView& view, const PackingOptions& options, const Metadata& metadata, unsigned threads,
                   const std::stop_token& stop) {
  IP_ASSIGN(const auto encoder, heif_codec_descriptor().create_encoder(view.format, options));
  if (encoder->input() != view.format) {
    return make_error(Errc::internal, text("the encoder wants ", encoder->input().info().name));
  }
  TaskPool pool(threads);
  VectorSink sink;
  const ViewRows rows(view);
  IP_TRY(encoder->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = stop}, sink));
  return sink.take();
}

}  // namespace imagepacker::heif
