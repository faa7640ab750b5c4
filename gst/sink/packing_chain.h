// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <mutex>
#include <optional>

#include "imagepacker/options.h"
#include "imagepacker/result.h"

namespace imagepacker::element {

/// What lies between the queue and the writer of a photo sink: the encoder for raw video, with a converter in front
/// where the encoder doesn't know the layout; nothing for images that are packed already as they are wanted; a repacker
/// for others. Calls come from the queue's streaming thread or while nothing flows.
class PackingChain {
 public:
  /// All are or become children of `bin`, linked with nothing yet. `queue` may be nullptr as long as nothing flows.
  PackingChain(GstBin* bin, GstElement* queue, GstElement* encoder, GstElement* writer);
  ~PackingChain() { gst_structure_free(given_); }
  PackingChain(const PackingChain&) = delete;
  PackingChain& operator=(const PackingChain&) = delete;

  /// Leads what comes in as `caps` (nullptr: bytes that nobody has described) through what makes `format` of it;
  /// nothing takes packed images as they are. Errors: invalid_argument, unsupported (an element is missing, or the way
  /// can't change while frames are on it).
  Status connect(const GstCaps* caps, std::optional<Format> format);

  /// Leads the end of a stream to the writer if nothing of the stream has been connected before.
  Status connect_end();

  /// Breaks what connect() has made; nothing may flow.
  void disconnect();

  /// Sets a property of the encoder, and the repacker's of the same name if that has one. Any thread.
  void set_property(const char* name, const GValue* value);
  void get_property(const char* name, GValue* value) const;

  /// Frames that the encoder has left out because they came too late.
  [[nodiscard]] guint64 dropped_frames() const;

  /// What can come in when `format` is to go out. The caller owns the caps.
  [[nodiscard]] GstCaps* acceptable_caps(std::optional<Format> format) const;

 private:
  enum class Way { none, encode, convert, copy, repack };

  Result<Way> choose_way(const GstCaps* caps, std::optional<Format> format) const;
  Result<GstElement*> make(const char* factory, const char* why);
  Result<GstElement*> make_repacker();
  Status lead(Way way);
  void unlink_all();

  GstBin* const bin_;
  GstElement* const queue_;
  GstElement* const encoder_;
  GstElement* const writer_;
  GstElement* converter_ = nullptr;  ///< videoconvert, once it was needed
  std::mutex repacker_mutex_;
  GstElement* repacker_ = nullptr;  ///< imagerepacker, once it was needed; written under repacker_mutex_
  GstStructure* const given_;       ///< properties that were set, for the repacker to come; under repacker_mutex_
  Way way_ = Way::none;
  std::optional<Format> format_;
};

/// `caps` (or nullptr) are those of raw video.
bool is_raw_video(const GstCaps* caps);

/// Image files of `format`, nothing: of every format of this build, under every name and with any fields. The caller
/// owns the caps.
GstCaps* file_caps(std::optional<Format> format);

/// `caps` of HEIF, which typefind calls video/quicktime, as encoders name it; nullptr for all others. The caller owns
/// what is returned.
GstCaps* with_usual_name(const GstCaps* caps);

/// The format of packed images with `caps`, if this build has it.
std::optional<Format> packed_format(const GstCaps* caps);

}  // namespace imagepacker::element
