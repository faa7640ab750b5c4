// SPDX-License-Identifier: LGPL-2.1-or-later
#include <libde265/de265.h>

#include <limits>
#include <memory>
#include <utility>

#include "base/byte_reader.h"
#include "base/spare_threads.h"
#include "base/text.h"
#include "base/try.h"
#include "codec/heif/coded_picture.h"
#include "codec/heif/de265_memory.h"
#include "codec/heif/hevc_headers.h"
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

/// True for the first slice of a picture in the base layer, H.265 clauses 7.3.1.2 and 7.3.6.1.
bool begins_picture(ByteView nal) {
  constexpr int kLastSliceType = 31;
  constexpr std::byte kFirstSlice{0x80};
  const bool is_base_layer =
      nal.size() > 2 && (nal[0] & std::byte{1}) == std::byte{0} && std::to_integer<int>(nal[1]) >> 3 == 0;
  return is_base_layer && nal_unit_type(nal) <= kLastSliceType && (nal[2] & kFirstSlice) != std::byte{0};
}

/// Pushes the first picture of the item, which should be the only one: the decoder would hold many until it knows which
/// is to be shown first.
Status push_picture(de265_decoder_context* decoder, const CodedItem& item) {
  const auto configuration = parse_hvcc(item.configuration);
  if (!configuration) {
    return broken("its HEVC configuration is cut");
  }
  for (const ByteView nal : configuration->units) {
    if (!begins_picture(nal)) {
      IP_TRY(push(decoder, nal));
    }
  }
  bool has_begun = false;
  ByteReader reader(item.data);
  while (!reader.rest().empty()) {
    const std::uint32_t size = read_length(reader, configuration->length_bytes);
    const ByteView nal = reader.take(size);
    if (!reader.ok()) {
      return broken("its HEVC data are cut");
    }
    if (begins_picture(nal) && std::exchange(has_begun, true)) {
      break;
    }
    if (!nal.empty()) {
      IP_TRY(push(decoder, nal));
    }
  }
  return {};
}

/// Decodes what was pushed up to the loop filters, which wait for the end of the stream.
Status decode_slices(de265_decoder_context* decoder) {
  // Where the filter by sample adaptive offset lies ahead, libde265 would take memory of its own.
  de265_set_parameter_bool(decoder, DE265_DECODER_PARAM_DISABLE_SAO, 1);
  int more = 1;
  de265_error error = DE265_OK;
  while (more != 0 && error == DE265_OK) {
    error = de265_decode(decoder, &more);
  }
  return error == DE265_OK || error == DE265_ERROR_WAITING_FOR_INPUT_DATA ? Status() : Status(decode_error(error));
}

/// Filters the picture that was decoded. Null when the decoder found faults in it.
Result<const de265_image*> end_picture(de265_decoder_context* decoder) {
  de265_set_parameter_bool(decoder, DE265_DECODER_PARAM_DISABLE_SAO, 0);
  de265_error error = de265_flush_data(decoder);
  for (int more = 1; more != 0 && error == DE265_OK;) {
    error = de265_decode(decoder, &more);
    if (const de265_image* const image = de265_get_next_picture(decoder)) {
      return image;
    }
  }
  return error == DE265_OK ? Result<const de265_image*>(nullptr) : decode_error(error);
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

Status decode_once(const CodedItem& item, const UsePicture& use) {
  PictureMemory memory;
  const Decoder decoder(de265_new_decoder(), de265_free_decoder);
  if (decoder == nullptr) {
    return make_error(Errc::out_of_memory, "no memory for an HEVC decoder");
  }
  de265_set_parameter_bool(decoder.get(), DE265_DECODER_PARAM_SUPPRESS_FAULTY_PICTURES, 1);
  memory.lend_to(decoder.get());
  // Its threads are as good as started to libde265: what it hands to them when there is none is never done. Of two that
  // have just ended the system may still count one.
  if (item.threads > 1 && has_spare_threads(2)) {
    de265_start_worker_threads(decoder.get(), item.threads);
  }
  IP_TRY(push_picture(decoder.get(), item));
  IP_TRY(decode_slices(decoder.get()));
  if (!memory.is_decoded()) {
    return broken("its HEVC data hold no whole picture");
  }
  IP_ASSIGN(const de265_image* const image, end_picture(decoder.get()));
  if (memory.has_run_out()) {
    return make_error(Errc::out_of_memory, "no memory for filtering an HEVC picture");
  }
  return image != nullptr ? use(picture_of(image)) : broken("its HEVC data hold no picture without faults");
}

}  // namespace

Status decode_hevc(const CodedItem& item, const UsePicture& use) {
  Status status = decode_once(item, use);
  if (!status.has_value() && status.error().code == Errc::corrupt_input && item.threads > 1) {
    // Several threads begin rows where the file says that these begin. One reads on, so that it may know better, and
    // whether a file can be read must not depend on their number.
    CodedItem alone = item;
    alone.threads = 1;
    status = decode_once(alone, use);
  }
  return status;
}

}  // namespace imagepacker::heif
