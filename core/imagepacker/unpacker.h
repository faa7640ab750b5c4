// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
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

/// What an encoded image may cost. Checked from its headers, before anything of that size is allocated.
struct UnpackLimits {
  std::uint64_t max_pixels = std::uint64_t{1} << 28;        ///< of the picture, and of a gain map
  std::uint64_t max_memory_bytes = std::uint64_t{2} << 30;  ///< of all decoded samples of one picture together
};

/// Memory for the samples of one picture, borrowed from whoever wants them there.
struct SampleLoan {
  struct Plane {
    std::span<std::byte> bytes;    ///< holds all rows; of the last one no more than the samples is needed
    std::size_t stride_bytes = 0;  ///< what lies between rows is overwritten
  };
  std::array<Plane, 4> planes;         ///< as many as the layout has
  std::shared_ptr<const void> memory;  ///< keeps the planes valid; dropped when the picture needs them no more
};

/// Lends memory for samples, so that pictures come to lie where they are used: in a frame of a pool, in shared memory.
class IMAGEPACKER_API SampleMemory {
 public:
  virtual ~SampleMemory();

  /// Room for a picture of `format`, or nothing. Called in Unpacker::unpack(), by its thread. The samples need not end
  /// up there: rows that are too tight for the decoder, or conversion, make the picture have memory of its own.
  virtual std::optional<SampleLoan> lend(const ImageFormat& format) = 0;
};

/// How an encoded image is unpacked.
struct UnpackOptions {
  UnpackLimits limits;
  /// automatic: as it is in the file, with the gain map beside the base rendition. sdr: an SDR rendition, without gain
  /// map. hdr: one HDR picture (PQ, BT.2020), made from base and gain map where need be; an error where there is no
  /// HDR.
  DynamicRange dynamic_range = DynamicRange::automatic;
  /// Layouts that the caller can use, borrowed for create(). The samples are given in the file's own layout if it is
  /// among them, else converted to the one that keeps most. Empty: any.
  std::span<const PixelFormat> layouts;
  SampleMemory* memory = nullptr;  ///< asked for every picture; borrowed as long as the Unpacker is used
};

/// What the headers of an encoded image tell.
struct ImageInfo {
  Format format = Format::jpeg;
  ImageFormat main;  ///< what the first frame's samples will be; `size` is as stored, before any orientation
  Orientation orientation = Orientation::normal;  ///< how they are to be turned for display
  int frames = 1;                                 ///< more than 1: an animation
  bool is_lossless = false;                       ///< the coding lost nothing
  bool has_gain_map = false;
  /// The quality 0..100 with which a lossy coder wrote it, estimated; empty where that can't be told.
  std::optional<int> quality;
};

/// A picture with memory of its own.
struct OwnedPicture {
  Picture picture;                     ///< its planes lie in `memory`, which holds a SampleLoan's where there is one
  std::shared_ptr<const void> memory;  ///< copies share it
  std::int64_t duration_ns = 0;        ///< how long a frame of an animation is shown
};

/// Reads one encoded image: JPEG, WebP, PNG or HEIF, told apart by their first bytes. One thread at a time.
class IMAGEPACKER_API Unpacker {
 public:
  /// Reads the headers of `file`, which is borrowed and must outlive the Unpacker, as must `pool`.
  /// Errors: corrupt_input, unsupported (no such format in this build, a feature without decoder, HDR asked of an SDR
  /// picture), limit_exceeded, out_of_memory.
  static Result<Unpacker> create(ByteView file, const UnpackOptions& options, TaskPool& pool);

  Unpacker(Unpacker&&) noexcept;
  Unpacker& operator=(Unpacker&&) noexcept;
  ~Unpacker();

  [[nodiscard]] const ImageInfo& info() const;

  /// The file's Exif, XMP, profile and orientation, as unpack() gives them, without any samples being decoded. Lives as
  /// long as the Unpacker.
  [[nodiscard]] const Metadata& metadata() const;

  /// The next frame; may be called info().frames times. Metadata are as in the file; `picture.metadata.orientation`
  /// says how to turn the samples. What had to be left out is appended to `notices`, unless that is nullptr.
  /// Errors: as create(), codec_failed, cancelled.
  Result<OwnedPicture> unpack(std::stop_token stop = {}, std::vector<Notice>* notices = nullptr);

 private:
  struct Impl;
  explicit Unpacker(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace imagepacker
