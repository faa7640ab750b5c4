// SPDX-License-Identifier: LGPL-2.1-or-later
#include <libde265/de265.h>

#include <limits>
#include <memory>

#include "base/byte_reader.h"
#include "base/text.h"
#include "base/try.h"
#include "codec/heif/coded_picture.h"
#include "codec/heif/hevc_reading.h"

namespace imagepacker::heif {
namespace {

using Decoder = std::unique_ptr<de265_decoder_context, de265_error (*)(de265_decoder_context*)>;

Error broken(std::string_view what) {
  return make_error(Errc::corrupt_input, text("the HEIF file is broken: ", what));
}

Error decode_error(de265_error error) {
  return make_error(error == DE265_ERROR_OUT_OF_MEMORY ? Errc::out_of_memory : Errc::corrupt_input,
                    text("the HEIF picture can't be decoded: libde265 says \"", de265_get_error_text(error), "\""));
}

Status push(de265_decoder_context* decoder, ByteView nal) {
  if (nal.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    return broken("a unit of its HEVC data has more than 2 GiB");
  }
  const de265_error error = de265_push_NAL(decoder, nal.data(), static_cast<int>(nal.size()), 0, nullptr);
  return error == DE265_OK ? Status() : Status(decode_error(error));
}

Status push_all(de265_decoder_context* decoder, const CodedItem& item) {
  const auto configuration = parse_hvcc(item.configuration);
  if (!configuration) {
    return broken("its HEVC configuration is cut");
  }
  for (const ByteView nal : configuration->units) {
    IP_TRY(push(decoder, nal));
  }
  ByteReader reader(item.data);
  while (!reader.rest().empty()) {
    const std::uint32_t size = read_length(reader, configuration->length_bytes);
    const ByteView nal = reader.take(size);
    if (!reader.ok()) {
      return broken("its HEVC data are cut");
    }
    if (!nal.empty()) {
      IP_TRY(push(decoder, nal));
    }
  }
  const de265_error error = de265_flush_data(decoder);
  return error == DE265_OK ? Status() : Status(decode_error(error));
}

CodedPicture picture_of(const de265_image* image) {
  CodedPicture picture;
  picture.chroma_format_idc = static_cast<int>(de265_get_chroma_format(image));
  const int planes = picture.chroma_format_idc == 0 ? 1 : 3;
  for (int p = 0; p < planes; ++p) {
    int stride = 0;
    CodedPlane& plane = picture.planes[static_cast<std::size_t>(p)];
    plane.samples = de265_get_image_plane(image, p, &stride);
    plane.stride_bytes = stride;
    plane.size = {de265_get_image_width(image, p), de265_get_image_height(image, p)};
    plane.depth = de265_get_bits_per_pixel(image, p);
  }
  return picture;
}

}  // namespace

Status decode_hevc(const CodedItem& item, const UsePicture& use) {
  const Decoder decoder(de265_new_decoder(), de265_free_decoder);
  if (decoder == nullptr) {
    return make_error(Errc::out_of_memory, "no memory for an HEVC decoder");
  }
  de265_set_parameter_bool(decoder.get(), DE265_DECODER_PARAM_SUPPRESS_FAULTY_PICTURES, 1);
  if (item.threads > 1) {
    de265_start_worker_threads(decoder.get(), item.threads);
  }
  IP_TRY(push_all(decoder.get(), item));
  int more = 1;
  while (more != 0) {
    const de265_error error = de265_decode(decoder.get(), &more);
    if (const de265_image* const image = de265_get_next_picture(decoder.get())) {
      return use(picture_of(image));
    }
    if (error != DE265_OK) {
      return decode_error(error);
    }
  }
  return broken("its HEVC data hold no whole picture");
}

}  // namespace imagepacker::heif
