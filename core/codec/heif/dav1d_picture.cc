// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dav1d/dav1d.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "codec/heif/coded_picture.h"
#include "color/h273_codes.h"

namespace imagepacker::heif {
namespace {

Error decode_error(int result) {
  return make_error(result == DAV1D_ERR(ENOMEM) ? Errc::out_of_memory : Errc::corrupt_input,
                    text("the AV1 picture can't be decoded: dav1d gives error ", -result));
}

/// The file outlives the decoder.
void keep(const std::uint8_t*, void*) {}

/// Closes what it was given when it goes.
struct Session {
  Dav1dContext* context = nullptr;
  Dav1dData data{};
  Dav1dPicture picture{};

  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    dav1d_picture_unref(&picture);
    dav1d_data_unref(&data);
    if (context != nullptr) {
      dav1d_close(&context);
    }
  }
};

CodedPicture picture_of(const Dav1dPicture& decoded) {
  CodedPicture picture;
  picture.chroma_format_idc = static_cast<int>(decoded.p.layout);  // the same numbers as in H.265
  const int planes = decoded.p.layout == DAV1D_PIXEL_LAYOUT_I400 ? 1 : 3;
  for (int p = 0; p < planes; ++p) {
    const int halve_x = p > 0 && decoded.p.layout != DAV1D_PIXEL_LAYOUT_I444 ? 1 : 0;
    const int halve_y = p > 0 && decoded.p.layout == DAV1D_PIXEL_LAYOUT_I420 ? 1 : 0;
    picture.planes[static_cast<std::size_t>(p)] = {
        .samples = static_cast<const std::uint8_t*>(decoded.data[p]),
        .stride_bytes = decoded.stride[p == 0 ? 0 : 1],
        .size = {(decoded.p.w + halve_x) >> halve_x, (decoded.p.h + halve_y) >> halve_y},
        .depth = decoded.p.bpc};
  }
  return picture;
}

std::optional<ChromaSite> chroma_site_of(Dav1dChromaSamplePosition position) {
  switch (position) {
    case DAV1D_CHR_VERTICAL:
      return ChromaSite::left;
    case DAV1D_CHR_COLOCATED:
      return ChromaSite::top_left;
    default:
      return std::nullopt;
  }
}

}  // namespace

StreamColor read_av1_color(ByteView data) {
  Dav1dSequenceHeader header;
  if (data.empty() ||
      dav1d_parse_sequence_header(&header, reinterpret_cast<const std::uint8_t*>(data.data()), data.size()) != 0) {
    return {};
  }
  return {.range = header.color_range != 0 ? Range::full : Range::limited,
          .primaries = primaries_of_code(header.pri).value_or(Primaries::unspecified),
          .transfer = transfer_of_code(header.trc).value_or(Transfer::unspecified),
          .matrix_code = header.mtrx,
          .chroma_site = chroma_site_of(header.chr)};
}

Status decode_av1(const CodedItem& item, const UsePicture& use) {
  Dav1dSettings settings;
  dav1d_default_settings(&settings);
  settings.n_threads = item.threads;
  settings.max_frame_delay = 1;
  settings.all_layers = 0;
  settings.logger = {.cookie = nullptr, .callback = nullptr};
  settings.frame_size_limit =
      static_cast<unsigned>(std::min<std::uint64_t>(item.max_samples, std::numeric_limits<unsigned>::max()));
  Session session;
  int result = dav1d_open(&session.context, &settings);
  if (result == 0) {
    result = dav1d_data_wrap(&session.data, reinterpret_cast<const std::uint8_t*>(item.data.data()), item.data.size(),
                             keep, nullptr);
  }
  while (result == 0) {
    if (session.data.sz > 0) {
      result = dav1d_send_data(session.context, &session.data);
      if (result != 0 && result != DAV1D_ERR(EAGAIN)) {
        break;
      }
    }
    result = dav1d_get_picture(session.context, &session.picture);
    if (result == 0) {
      return use(picture_of(session.picture));
    }
    if (result == DAV1D_ERR(EAGAIN) && session.data.sz > 0) {
      result = 0;  // it wants the rest first
    }
  }
  return decode_error(result);
}

}  // namespace imagepacker::heif
