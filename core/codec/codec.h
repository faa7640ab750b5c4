// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "codec/decoder.h"
#include "image/row_source.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/notice.h"
#include "imagepacker/options.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// A gain map (ISO 21496-1) that goes into the file with the picture, which is its base rendition. All borrowed.
struct GainMapPart {
  /// PixelFormat::gray8, or y444 in full range with the BT.601 matrix. The samples are data, not colour.
  const RowSource& image;
  const GainMapMetadata& metadata;  ///< valid, the base headroom below the alternate one
  ColorSpace alternate;             ///< colour of the HDR rendition; `image` is without it where the base's is used
  ContentLightLevel light_level;    ///< of the HDR rendition, 0 = unknown
};

/// One picture on its way through an encoder. All borrowed for the call.
struct EncodeJob {
  const RowSource& image;  ///< in Encoder::input() format
  const Metadata& metadata;
  TaskPool& pool;
  std::stop_token stop;
  const GainMapPart* gain_map = nullptr;  ///< only for formats that can_gain_map
  /// The picture in small and opaque, in what create_encoder() would choose as input for it. Only for codecs that have
  /// has_thumbnail_images.
  const RowSource* thumbnail = nullptr;
};

/// Turns rows into one format's bytes, with settings fixed at creation. Immutable: encode() may run in several threads
/// at once. Bytes must not depend on the number of threads or the CPU.
class Encoder {
 public:
  virtual ~Encoder() = default;

  /// The format in which the encoder reads rows: one of PixelFormat's layouts and the colour space the bytes stand for.
  [[nodiscard]] virtual const ImageFormat& input() const = 0;

  /// Errors: codec_failed with the library's text, sink_failed, out_of_memory, cancelled; limit_exceeded for metadata
  /// that the format can't hold.
  virtual Status encode(const EncodeJob& job, ByteSink& sink) const = 0;
};

/// A file on its way into another one of its format, its coded samples kept. All borrowed for the call.
struct CopyJob {
  ByteView file;
  const UnpackLimits& limits;
  const Metadata& metadata;  ///< all that is to be written, but for what belongs to the gain map
  std::stop_token stop;
  std::vector<Notice>& notices;      ///< gets what had to be left out
  bool keeps_other_metadata = true;  ///< what Metadata has no place for
  bool keeps_gain_map = true;
  /// Pixels are turned, without loss, so that pictures stored with it stand upright.
  Orientation turn = Orientation::normal;
  /// The entropy code is made anew as `progressive` and `huffman_tables` say; else it stays as it is where it can.
  bool is_coding_given = false;
  bool progressive = false;
  HuffmanTables huffman_tables = HuffmanTables::optimal;
};

/// What the packer knows of a codec. One per format, see codec_list.h.
struct CodecDescriptor {
  FormatInfo info;

  /// An encoder for pictures like `source`. `options` are in range and fit `info` (the packer has checked); anything
  /// finer is checked here: Errc::unsupported or invalid_argument, naming option, value and what is allowed. `source`
  /// is the picture as it is to appear: scaled, tone-mapped where the format has no HDR, with Alpha::none when it is to
  /// be opaque. The encoder chooses the layout and matrix nearest to it that the format can hold.
  Result<std::unique_ptr<Encoder>> (*create_encoder)(const ImageFormat& source, const PackingOptions& options);

  /// Thumbnails are images of the format's own, see EncodeJob::thumbnail; else they stand in Exif.
  bool has_thumbnail_images = false;

  /// True when a file of this format begins like `file`; the rest may be broken. Null: the build can't read the format.
  bool (*recognizes)(ByteView file) = nullptr;

  /// A decoder for `file`, which is borrowed and outlives it, with its headers read. Null: as above. Errors:
  /// corrupt_input, unsupported, limit_exceeded, out_of_memory.
  Result<std::unique_ptr<Decoder>> (*open_decoder)(ByteView file, const UnpackLimits& limits) = nullptr;

  /// The metadata of `file` without its samples, as Decoder::decode() gives them. Null: the format has no copy().
  Result<Metadata> (*read_metadata)(ByteView file, std::vector<Notice>& notices) = nullptr;

  /// Writes a file with the coded samples of another. Null: never possible. Errors: unsupported, saying why the samples
  /// can't be kept; else those of a decoder and an encoder. The sink has got nothing then, but for sink_failed.
  Status (*copy)(const CopyJob& job, ByteSink& sink) = nullptr;
};

}  // namespace imagepacker
