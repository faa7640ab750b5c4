// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/libjpeg_reader.h"

#include <jerror.h>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker::jpeg {
namespace {

/// Warnings after which the samples are still the file's own.
bool is_harmless(int code) {
  switch (code) {
    case JWRN_EXTRANEOUS_DATA:  // bytes between segments
    case JWRN_JPEG_EOF:         // no EOI; missing samples are reported by themselves
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_BOGUS_PROGRESSION:  // scans in an order of their own
    case JWRN_BOGUS_ICC:
      return true;
    default:
      return false;
  }
}

/// Failures that are not the file's fault or not a defect in it.
Errc kind_of(int code) {
  switch (code) {
    case JERR_OUT_OF_MEMORY:
      return Errc::out_of_memory;
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_ARITH_NOTIMPL:
      return Errc::unsupported;
    default:
      return Errc::corrupt_input;
  }
}

}  // namespace

void LibjpegReader::leave(j_common_ptr codec) {
  char message[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, message);
  reinterpret_cast<ErrorExit*>(codec->err)->reader->shield_.fail(message);
}

void LibjpegReader::on_message(j_common_ptr codec, int level) {
  if (level < 0 && !is_harmless(codec->err->msg_code)) {
    leave(codec);
  }
}

void LibjpegReader::on_progress(j_common_ptr codec) {
  LibjpegReader& reader = *reinterpret_cast<ErrorExit*>(codec->err)->reader;
  if (reader.stop_.stop_requested()) {
    reader.is_cancelled_ = true;
    reader.shield_.fail("");
  }
}

LibjpegReader::LibjpegReader(const std::stop_token& stop) : stop_(stop) {
  codec_.err = jpeg_std_error(&error_.base);
  error_.base.error_exit = leave;
  error_.base.emit_message = on_message;
  error_.reader = this;
  progress_.progress_monitor = on_progress;
}

LibjpegReader::~LibjpegReader() {
  jpeg_destroy_decompress(&codec_);
}

Status LibjpegReader::open(ByteView bytes) {
  return run([&] {
    jpeg_create_decompress(&codec_);
    codec_.progress = &progress_;
    jpeg_mem_src(&codec_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_read_header(&codec_, TRUE);
  });
}

Error LibjpegReader::failure() const {
  if (is_cancelled_) {
    return make_error(Errc::cancelled, "unpacking was cancelled");
  }
  return make_error(kind_of(error_.base.msg_code), text("the JPEG can't be decoded: ", shield_.message()));
}

}  // namespace imagepacker::jpeg
