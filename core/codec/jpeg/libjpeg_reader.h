// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdio>
// libjpeg's header needs the one above.
#include <jpeglib.h>

#include <stop_token>
#include <utility>

#include "base/longjmp_shield.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker::jpeg {

/// A libjpeg-turbo decompressor with all that it points to. Data that are damaged or missing end it, as an error does:
/// what it would make up instead is no part of the picture. Bytes that are merely too many are passed over.
class LibjpegReader {
 public:
  /// `stop` ends a run() in which libjpeg works for long.
  explicit LibjpegReader(const std::stop_token& stop);
  ~LibjpegReader();
  LibjpegReader(const LibjpegReader&) = delete;
  LibjpegReader& operator=(const LibjpegReader&) = delete;

  /// Sets libjpeg up and reads the headers of `bytes`, which must outlive this object.
  Status open(ByteView bytes);

  /// Runs `body`, which may call libjpeg on codec() and must hold no objects with destructors meanwhile. Errors:
  /// corrupt_input or codec_failed with libjpeg's text, out_of_memory, cancelled.
  template <class Body>
  Status run(Body&& body) {
    return shield_.run(std::forward<Body>(body)) ? Status() : failure();
  }

  [[nodiscard]] jpeg_decompress_struct& codec() { return codec_; }

 private:
  struct ErrorExit {
    jpeg_error_mgr base;
    LibjpegReader* reader;
  };

  [[noreturn]] static void leave(j_common_ptr codec);
  static void on_message(j_common_ptr codec, int level);
  static void on_progress(j_common_ptr codec);
  [[nodiscard]] Error failure() const;

  LongjmpShield shield_;
  const std::stop_token& stop_;
  ErrorExit error_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct codec_{};
  bool is_cancelled_ = false;
};

}  // namespace imagepacker::jpeg
