// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/libjpeg_writer.h"

#include <jerror.h>

#include <algorithm>

#include "base/text.h"

namespace imagepacker::jpeg {
namespace {

constexpr std::size_t kFirstBufferBytes = 1 << 16;
constexpr std::size_t kStartOfImageBytes = 2;

}  // namespace

bool LibjpegWriter::Destination::grow(std::size_t size) noexcept {
  try {
    bytes.resize(size);
    return true;
  } catch (...) {
    return false;
  }
}

void LibjpegWriter::leave(j_common_ptr codec) {
  char message[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, message);
  reinterpret_cast<ErrorExit*>(codec->err)->writer->shield_.fail(message);
}

void LibjpegWriter::on_progress(j_common_ptr codec) {
  LibjpegWriter& writer = *reinterpret_cast<ErrorExit*>(codec->err)->writer;
  if (writer.stop_.stop_requested()) {
    writer.is_cancelled_ = true;
    writer.shield_.fail("");
  }
}

LibjpegWriter::Destination& LibjpegWriter::destination_of(j_compress_ptr codec) {
  return *reinterpret_cast<Destination*>(codec->dest);
}

void LibjpegWriter::offer_space(j_compress_ptr codec, std::size_t used) {
  Destination& destination = destination_of(codec);
  if (!destination.grow(std::max(kFirstBufferBytes, 2 * used))) {
    ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
  }
  destination.base.next_output_byte = reinterpret_cast<JOCTET*>(destination.bytes.data()) + used;
  destination.base.free_in_buffer = destination.bytes.size() - used;
}

void LibjpegWriter::init_destination(j_compress_ptr codec) {
  offer_space(codec, 0);
}

boolean LibjpegWriter::empty_output_buffer(j_compress_ptr codec) {
  offer_space(codec, destination_of(codec).bytes.size());
  return TRUE;
}

void LibjpegWriter::term_destination(j_compress_ptr codec) {
  Destination& destination = destination_of(codec);
  destination.grow(destination.bytes.size() - destination.base.free_in_buffer);
}

LibjpegWriter::LibjpegWriter(const std::stop_token& stop) : stop_(stop) {
  codec_.err = jpeg_std_error(&error_.base);
  error_.base.error_exit = leave;
  error_.base.output_message = ignore_message;
  error_.writer = this;
  progress_.progress_monitor = on_progress;
  destination_.base.init_destination = init_destination;
  destination_.base.empty_output_buffer = empty_output_buffer;
  destination_.base.term_destination = term_destination;
}

LibjpegWriter::~LibjpegWriter() {
  jpeg_destroy_compress(&codec_);
}

void LibjpegWriter::create() {
  jpeg_create_compress(&codec_);
  codec_.dest = &destination_.base;
  codec_.progress = &progress_;
}

Bytes LibjpegWriter::take() {
  Bytes& bytes = destination_.bytes;
  bytes.erase(bytes.begin(), bytes.begin() + kStartOfImageBytes);
  return std::move(bytes);
}

Error LibjpegWriter::failure() const {
  if (is_cancelled_) {
    return make_error(Errc::cancelled, "packing was cancelled");
  }
  const bool no_memory = error_.base.msg_code == JERR_OUT_OF_MEMORY;
  return make_error(no_memory ? Errc::out_of_memory : Errc::codec_failed, text("libjpeg failed: ", shield_.message()));
}

}  // namespace imagepacker::jpeg
