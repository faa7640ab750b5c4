// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideoencoder.h>

#include <memory>
#include <optional>
#include <vector>

#include "imagepacker/notice.h"
#include "imagepacker/picture.h"

namespace imagepacker::element {

/// Where the metadata of an encoder's frames comes from: the tags of the stream, those that the application has set on
/// the element (GstTagSetter, whose merge mode decides between the two), and what comes along with a frame.
/// Not for several threads at once.
class MetadataSource {
 public:
  MetadataSource() = default;
  ~MetadataSource();
  MetadataSource(const MetadataSource&) = delete;
  MetadataSource& operator=(const MetadataSource&) = delete;

  /// Tags that the stream brings; they apply from the next frame on.
  void add(const GstTagList* tags);

  /// A new stream: what the last one's tags said is forgotten.
  void clear();

  /// Takes up what the application has set on `encoder` since the last call.
  void update(GstVideoEncoder* encoder);

  /// What the tags say of the frames, as of the last update().
  [[nodiscard]] Orientation orientation() const;

  /// The metadata of `frame`, as of the last update(). Frames that bring nothing of their own share it.
  /// Errors: out_of_memory.
  Result<std::shared_ptr<const Metadata>> metadata_for(GstVideoEncoder* encoder, const GstVideoCodecFrame* frame,
                                                       std::vector<Notice>& notices);

 private:
  struct Made {
    std::shared_ptr<const Metadata> metadata;
    std::vector<Notice> notices;
    bool has_time;  ///< the Exif says when the picture was taken
  };
  Result<Made> make(GstBuffer* frame) const;

  GstTagList* stream_tags_ = nullptr;
  std::vector<Notice> stream_notices_;  ///< what is wrong with the tags that came
  GstTagList* file_tags_ = nullptr;     ///< copies of what stands in the metadata that come along with a frame
  GstTagList* tags_ = nullptr;          ///< the stream's and the application's, merged; nullptr when there are none
  GstTagList* all_tags_ = nullptr;      ///< with those of the file, for frames that the file's metadata got lost of
  std::optional<Made> shared_;          ///< that of frames which bring nothing of their own
};

}  // namespace imagepacker::element
