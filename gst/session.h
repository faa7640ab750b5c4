// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideoencoder.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "caps.h"
#include "encode_watch.h"
#include "engine.h"
#include "frame_queue.h"
#include "metadata_source.h"
#include "properties.h"

namespace imagepacker::element {

/// The streaming side of an encoder element: frames in, pictures out, in order. The frames of a stream are encoded
/// several at a time and pushed by the source pad's task as soon as their turn comes; single shots are encoded and
/// pushed by the caller.
///
/// Where nothing else is said, calls come from the streaming thread with the video encoder's stream lock held; waiting
/// gives it up meanwhile.
class Session {
 public:
  /// `encoder` owns the session.
  explicit Session(GstVideoEncoder* encoder) : encoder_(encoder) {}
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// What the properties hold, guarded by the element's object lock. Any thread.
  /// set_property() is false when there is no property `id`.
  bool set_property(guint id, const GValue* value);
  [[nodiscard]] Settings settings() const;

  /// What was done since start(). Any thread.
  [[nodiscard]] const EncodeStatistics& statistics() const { return statistics_; }

  /// GstVideoEncoder's virtual methods of the same names; start() and stop() without the stream lock.
  bool set_format(GstVideoCodecState* input);
  GstFlowReturn handle_frame(GstVideoCodecFrame* frame);
  GstFlowReturn finish();
  void flush();
  void start();
  void stop();

  /// Pictures go out shrunk or turned.
  [[nodiscard]] bool moves_pixels() const;

  /// Static HDR metadata of the frames that follow; it may change where the rest of the caps does not.
  void set_hdr_info(const HdrInfo& hdr) { hdr_ = hdr; }

  /// Tags of the stream; they apply from the next frame on. A new stream begins without any.
  void add_tags(const GstTagList* tags) { metadata_source_.add(tags); }
  void clear_tags() { metadata_source_.clear(); }

  /// The base class has asked downstream anew for the caps that it has, perhaps for a frame in flight, and forgets that
  /// downstream may have other wishes. Any thread.
  void note_negotiation() { has_negotiated_ = true; }

  /// Gives up what is being encoded and makes whoever waits return, until flush() or start(). Any thread, without the
  /// stream lock.
  void begin_flush();

  /// Pushes the next picture when it is there; the source pad's task.
  void push_next();

 private:
  /// What the engine was made for.
  struct Inputs {
    Settings settings;
    HdrInfo hdr;
    Output output;
    Orientation applied;  ///< the orientation that the pixels are turned by
  };

  /// What downstream and the base class have been told of the pictures that go out.
  struct Announced {
    CapsPtr caps;
    ImageFormat format;
    Orientation applied;
  };

  bool choose_output();
  bool prepare(const Settings& settings);
  void announce(const Engine& engine, const Settings& settings, Orientation applied);
  void announce_orientation(Orientation applied);
  [[nodiscard]] bool is_stream(const Settings& settings) const;
  GstFlowReturn drop(GstVideoCodecFrame* frame);
  bool refuse(const Error& error, void (*post)(GstElement*, const Error&));
  GstFlowReturn encode_now(GstVideoCodecFrame* frame, const Metadata& metadata);
  GstFlowReturn enqueue(GstVideoCodecFrame* frame, std::shared_ptr<const Metadata> metadata);
  GstFlowReturn finish_frame(GstVideoCodecFrame* frame, Result<BufferPtr> bytes, const std::vector<Notice>& notices);
  void post_new(const std::vector<Notice>& notices);
  void report_latency(std::size_t frame_count);
  void drain();
  bool give_queue_its_pool();
  void rearm();
  [[nodiscard]] std::stop_token stop_token() const;

  GstVideoEncoder* const encoder_;
  Settings settings_;

  GstVideoCodecState* input_ = nullptr;
  HdrInfo hdr_;
  std::optional<Output> output_;
  MetadataSource metadata_source_;
  std::shared_ptr<TaskPool> pool_;
  guint pool_max_threads_ = 0;
  std::optional<Inputs> made_for_;
  std::shared_ptr<const Engine> engine_;
  std::optional<Announced> announced_;
  std::string refusal_;              ///< why nothing can be encoded now; empty while it can
  bool has_shot_ = false;            ///< the one frame of snapshot=true is out
  std::size_t reported_frames_ = 1;  ///< in the queue at once, as far as the latency says

  EncodeStatistics statistics_;
  FrameQueue queue_;
  std::atomic<GstFlowReturn> flow_ = GST_FLOW_OK;  ///< what became of the last queued frame
  std::atomic<bool> has_negotiated_ = false;       ///< since the wishes of downstream were looked at
  std::mutex posted_mutex_;
  std::set<std::string> posted_;  ///< what was said of frames already, under posted_mutex_
  mutable std::mutex stop_mutex_;
  std::stop_source stop_;  ///< under stop_mutex_
};

}  // namespace imagepacker::element
