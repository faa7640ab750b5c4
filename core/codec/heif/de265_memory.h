// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <libde265/de265.h>

#include <list>

namespace imagepacker::heif {

/// Lends a libde265 decoder the memory for its pictures and tells whether it wrote to all of it. libde265 leaves slices
/// that are missing or end too early as the memory was, and most often says nothing of it. Not for several threads; the
/// decoder's own may write to the memory.
class PictureMemory {
 public:
  PictureMemory();
  ~PictureMemory();
  PictureMemory(const PictureMemory&) = delete;
  PictureMemory& operator=(const PictureMemory&) = delete;

  /// Has `decoder` take memory from here, which has to live longer than it does. Pictures that it is to filter by
  /// sample adaptive offset when they are begun it takes from elsewhere.
  void lend_to(de265_decoder_context* decoder);

  /// True when there is one picture and no part of it was left undecoded. To be asked before loop filters: they blur
  /// the traces and may take memory for a picture of their own.
  [[nodiscard]] bool is_decoded() const;

  /// True when a picture got no memory. libde265 goes on without the filter that wanted it.
  [[nodiscard]] bool has_run_out() const { return has_run_out_; }

 private:
  struct Picture;

  static int get_buffer(de265_decoder_context* decoder, de265_image_spec* spec, de265_image* image, void* memory);
  static void release_buffer(de265_decoder_context* decoder, de265_image* image, void* memory);

  std::list<Picture> pictures_;
  bool has_run_out_ = false;
};

}  // namespace imagepacker::heif
