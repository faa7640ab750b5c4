// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <memory>
#include <mutex>
#include <optional>

#include "imagepacker/image.h"
#include "sink/file_writer.h"
#include "sink/packing_chain.h"
#include "sink/photo_order.h"
#include "sink/photo_writer.h"
#include "sink/shutter.h"

/// imagepackersink, for applications that link the plugin statically.
GST_ELEMENT_REGISTER_DECLARE(imagepackersink)

namespace imagepacker::element {

/// What an imagepackersink does. Where nothing else is said, calls come from streaming threads.
class PhotoSink final : public PhotoReceiver {
 public:
  /// Fills `bin`, which owns the sink.
  explicit PhotoSink(GstBin* bin);
  ~PhotoSink() override;
  PhotoSink(const PhotoSink&) = delete;
  PhotoSink& operator=(const PhotoSink&) = delete;

  // What properties hold. Any thread.

  /// Applies `change` to the settings; photos that come in later obey them.
  template <class Change>
  void change_settings(Change change) {
    const std::lock_guard lock(mutex_);
    change(settings_);
    destination_.reset();
  }
  [[nodiscard]] DestinationSettings settings();
  void set_on_request(bool on_request);
  Shutter& shutter() { return shutter_; }
  FileWriter& writer() { return writer_; }
  PackingChain& chain() { return *chain_; }
  /// What was written since the start. The caller owns it.
  [[nodiscard]] GstStructure* statistics();

  // State changes, without any streaming.

  /// True when the elements that every chain needs are there; else the bus knows.
  bool has_queue();
  /// False when the settings contradict each other; the bus knows.
  bool start();
  void stop();

  // The bin's pad.

  /// Leads `pad`, a ghost pad of the bin, to what is inside.
  void set_target(GstPad* pad);
  GstFlowReturn take_in(GstPad* pad, GstBuffer* frame);
  gboolean handle_event(GstPad* pad, GstEvent* event);
  gboolean answer_query(GstPad* pad, GstQuery* query);

  // The queue's other side.

  GstPadProbeReturn pass_event(GstPadProbeInfo* info);
  GstPadProbeReturn pass_frame(GstPadProbeInfo* info);

  GstCaps* wanted_caps() override;
  GstFlowReturn receive(GstBuffer* photo, const GstCaps* caps) override;
  void interrupt() override { writer_.cancel(); }
  void resume() override { writer_.rearm(); }

 private:
  struct Statistics {
    guint64 frames = 0;
    guint64 bytes = 0;
    gint64 last_encode_time_ns = 0;
  };

  Result<std::shared_ptr<const Destination>> destination();
  [[nodiscard]] std::optional<Format> wanted_format();
  /// Fills found_caps_ by the bytes of `frame`, for streams without caps, when it is or begins a file.
  void find_kind(GstPad* pad, GstBuffer* frame);
  /// Tells the writer found_caps_, when `pad`, the queue's, leads straight to it.
  void tell_kind(GstPad* pad);
  bool connect(const GstCaps* caps, std::shared_ptr<const Destination> destination);
  [[nodiscard]] bool has_room() const;
  Result<PhotoOrderPtr> make_order(GstBuffer* frame, guint request);
  GstFlowReturn refuse(const Error& error, guint request);
  void announce(const PhotoOrder& order, const PackedPhoto& photo, const WrittenPhoto& written, Size size,
                gint64 encode_time_ns, gsize size_bytes);

  GstBin* const bin_;
  GstElement* queue_ = nullptr;
  GstElement* writer_element_ = nullptr;
  std::unique_ptr<PackingChain> chain_;
  Shutter shutter_;
  FileWriter writer_{[this] { return wait_for_playing(writer_element_); }};
  std::shared_ptr<const Destination> connected_;  ///< what the chain is made for, if it is
  GstCaps* found_caps_ = nullptr;                 ///< of what comes without caps, by its bytes
  PhotoOrderPtr last_order_;          ///< of the frame that went on last, for elements that hand on no metas
  GstFlowReturn flow_ = GST_FLOW_OK;  ///< what comes of frames since the chain could not be made

  std::mutex mutex_;
  DestinationSettings settings_;                    ///< under mutex_
  std::shared_ptr<const Destination> destination_;  ///< made of settings_; under mutex_
  std::optional<Format> wanted_format_;             ///< of the frame that goes to the encoder now; under mutex_
  Statistics statistics_;                           ///< under mutex_
};

}  // namespace imagepacker::element
