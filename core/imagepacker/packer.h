// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/export.h"
#include "imagepacker/image.h"
#include "imagepacker/notice.h"
#include "imagepacker/options.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// What the packed bytes will hold.
struct PackedInfo {
  ImageFormat format;          ///< samples in the file; alpha is there unless a picture turns out opaque
  std::string_view mime_type;  ///< "image/jpeg"
};

/// Packs pictures of one ImageFormat with one set of options. Everything that can fail for reasons of kind fails in
/// create(). Immutable: any number of threads may call pack() on one Packer at once, with equal bytes for equal input
/// whatever the pool's thread count or the CPU.
class IMAGEPACKER_API Packer {
 public:
  /// `pool` is borrowed and must outlive the Packer.
  /// Errors: invalid_argument (option or format out of range), unsupported (a combination that can't be),
  /// limit_exceeded (size).
  static Result<Packer> create(const ImageFormat& source, const PackingOptions& options, TaskPool& pool);

  Packer(Packer&&) noexcept;
  Packer& operator=(Packer&&) noexcept;
  ~Packer();

  /// Encodes `picture`, whose main.format must equal create()'s `source`, into `sink`.
  /// On error the sink may have got a part of the bytes. `stop` makes it return Errc::cancelled soon.
  /// What had to be left out of this picture is appended to `notices`, unless that is nullptr.
  Status pack(const Picture& picture, ByteSink& sink, std::stop_token stop = {},
              std::vector<Notice>* notices = nullptr) const;

  [[nodiscard]] const PackedInfo& info() const;
  /// What is left out of every picture.
  [[nodiscard]] std::span<const Notice> notices() const;

 private:
  struct Impl;
  explicit Packer(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace imagepacker
