// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdio>
// libjpeg's header needs the one above.
#include <jpeglib.h>

#include <cstddef>
#include <stop_token>
#include <utility>

#include "base/longjmp_shield.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker::jpeg {

/// A libjpeg-turbo compressor with all that it points to. Its bytes go to memory of our own, so that an error exit
/// can't lose it.
class LibjpegWriter {
 public:
  /// `stop` ends a run() in which libjpeg works for long.
  explicit LibjpegWriter(const std::stop_token& stop);
  ~LibjpegWriter();
  LibjpegWriter(const LibjpegWriter&) = delete;
  LibjpegWriter& operator=(const LibjpegWriter&) = delete;

  /// Runs `body`, which may call libjpeg on codec() and must hold no objects with destructors meanwhile. The first body
  /// calls create(). Errors: codec_failed with libjpeg's text, out_of_memory, cancelled.
  template <class Body>
  Status run(Body&& body) {
    return shield_.run(std::forward<Body>(body)) ? Status() : failure();
  }

  /// Sets the compressor up, within run().
  void create();

  [[nodiscard]] jpeg_compress_struct& codec() { return codec_; }

  /// All segments from the first behind SOI to EOI, once the compressor has finished.
  [[nodiscard]] Bytes take();

 private:
  struct ErrorExit {
    jpeg_error_mgr base;
    LibjpegWriter* writer;
  };
  struct Destination {
    jpeg_destination_mgr base;
    Bytes bytes;

    /// False when there is no memory.
    bool grow(std::size_t size) noexcept;
  };

  [[noreturn]] static void leave(j_common_ptr codec);
  static void ignore_message(j_common_ptr) {}
  static void on_progress(j_common_ptr codec);
  static Destination& destination_of(j_compress_ptr codec);
  static void offer_space(j_compress_ptr codec, std::size_t used);
  static void init_destination(j_compress_ptr codec);
  static boolean empty_output_buffer(j_compress_ptr codec);
  static void term_destination(j_compress_ptr codec);
  [[nodiscard]] Error failure() const;

  LongjmpShield shield_;
  const std::stop_token& stop_;
  ErrorExit error_{};
  jpeg_progress_mgr progress_{};
  Destination destination_{};
  jpeg_compress_struct codec_{};
  bool is_cancelled_ = false;
};

}  // namespace imagepacker::jpeg
