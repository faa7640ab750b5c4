// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/export.h"
#include "imagepacker/metadata.h"
#include "imagepacker/notice.h"
#include "imagepacker/options.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"
#include "imagepacker/unpacker.h"

namespace imagepacker {

/// How an image file becomes another.
///
/// From JPEG to JPEG, the coded samples are kept when nothing is asked for that they can't give: a lower quality than
/// the stored one, another size or chroma subsampling, SDR of an HDR file without SDR rendition. Metadata are edited,
/// the gain map goes along as it is, pixels are turned without loss where their size allows. Damage inside of samples
/// that are kept is neither seen nor mended.
struct RepackOptions {
  /// `format` is the new file's. `quality` is not exceeded, and where `is_quality_given` is false neither is the
  /// quality that the old file was written with: more would cost bytes and bring nothing back. `apply_orientation`
  /// is for what the file's own orientation leaves to be turned; usually normal.
  PackingOptions packing;
  bool is_quality_given = false;
  /// Turn the pixels as the file says they are to be shown, instead of saying so in the new file.
  bool applies_own_orientation = false;
  /// `packing.progressive` and `packing.huffman_tables` are what is wanted, rather than what to take when samples are
  /// coded anew: a lossless copy gets another entropy code then.
  bool is_coding_given = false;
  /// An error instead of decoding and encoding anew.
  bool require_lossless_copy = false;
  UnpackLimits limits;
  /// In place of the file's own, unless empty or broken. An orientation that `exif` states holds. `icc` says anew what
  /// the samples mean, gray or RGB: they are not converted to it, and ink has become sRGB before.
  Bytes exif;
  Bytes xmp;
  Bytes icc;
  std::vector<ExifEdit> exif_edits;  ///< made to that Exif
  std::vector<XmpEdit> xmp_edits;    ///< made to that XMP
  /// In place of the file's own, and of what Exif says, when given.
  std::optional<Orientation> orientation;
};

/// What a new file holds.
struct RepackedInfo {
  ImageFormat format;
  std::string_view mime_type;     ///< "image/jpeg"
  bool is_lossless_copy = false;  ///< the coded samples are the old file's
};

/// Packs the image in `file` (JPEG, WebP, PNG or HEIF) anew into `sink`: pixels, metadata, profile, orientation and HDR
/// are kept as far as the new format has room for them. What it has not is appended to `notices`, unless that is
/// nullptr. On error the sink may have got a part of the bytes. Any number of threads may share `pool`.
/// Errors: Unpacker's and Packer's; unsupported when a lossless copy is required and can't be, saying why.
IMAGEPACKER_API Result<RepackedInfo> repack(ByteView file, const RepackOptions& options, TaskPool& pool, ByteSink& sink,
                                            std::stop_token stop = {}, std::vector<Notice>* notices = nullptr);

}  // namespace imagepacker
