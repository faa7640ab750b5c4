// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/photo_sink.h"

#include <gst/base/gstbasesink.h>
#include <gst/base/gsttypefindhelper.h>
#include <gst/video/video.h>

#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "debug.h"
#include "encoder.h"
#include "errors.h"
#include "sink/stored_facts.h"

namespace imagepacker::element {
namespace {

/// So many frames wait at most for the encoder.
constexpr guint kWaitingFrames = 16;
constexpr gint64 kNanosecondsPerMicrosecond = 1000;

GstPadProbeReturn pass_through(GstPad*, GstPadProbeInfo* info, gpointer sink) {
  auto& self = *static_cast<PhotoSink*>(sink);
  if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    return self.pass_frame(info);
  }
  return self.pass_event(info);
}

/// The sticky segment of `pad`; an undefined one before there is any.
GstSegment segment_of(GstPad* pad) {
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_UNDEFINED);
  if (GstEvent* const event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0)) {
    gst_event_copy_segment(event, &segment);
    gst_event_unref(event);
  }
  return segment;
}

}  // namespace

PhotoSink::~PhotoSink() {
  gst_clear_caps(&found_caps_);
}

PhotoSink::PhotoSink(GstBin* bin) : bin_(bin) {
  register_photo_order();
  // Frames wait in it while others are packed or written, so that whoever sends them goes on.
  queue_ = gst_element_factory_make("queue", "queue");
  GstElement* const encoder = make_encoder("encoder");
  writer_element_ = make_photo_writer(this);
  gst_bin_add_many(bin_, encoder, writer_element_, nullptr);
  chain_ = std::make_unique<PackingChain>(bin_, queue_, encoder, writer_element_);
  if (queue_ == nullptr) {
    return;
  }
  g_object_set(queue_, "max-size-buffers", kWaitingFrames, "max-size-bytes", 0, "max-size-time", guint64{0}, nullptr);
  gst_bin_add(bin_, queue_);
  // It would ask those behind it for what the pad of the bin has answered, and refuse without a word.
  GstPad* const queue_sink = gst_element_get_static_pad(queue_, "sink");
  GST_PAD_UNSET_PROXY_CAPS(queue_sink);
  gst_object_unref(queue_sink);
  GstPad* const queue_source = gst_element_get_static_pad(queue_, "src");
  gst_pad_add_probe(queue_source,
                    static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
                    pass_through, this, nullptr);
  gst_object_unref(queue_source);
}

void PhotoSink::set_target(GstPad* pad) {
  if (queue_ != nullptr) {
    GstPad* const target = gst_element_get_static_pad(queue_, "sink");
    gst_ghost_pad_set_target(GST_GHOST_PAD(pad), target);
    gst_object_unref(target);
  }
}

DestinationSettings PhotoSink::settings() {
  const std::lock_guard lock(mutex_);
  return settings_;
}

void PhotoSink::set_on_request(bool on_request) {
  shutter_.set_on_request(on_request);
  // A sink that waits for its first frame would keep the pipeline from playing.
  gst_base_sink_set_async_enabled(GST_BASE_SINK(writer_element_), !on_request);
}

GstStructure* PhotoSink::statistics() {
  const guint64 dropped = chain_->dropped_frames();
  const std::lock_guard lock(mutex_);
  return gst_structure_new("imagepackersink-stats", "frames", G_TYPE_UINT64, statistics_.frames, "bytes", G_TYPE_UINT64,
                           statistics_.bytes, "last-encode-time", G_TYPE_UINT64,
                           static_cast<guint64>(statistics_.last_encode_time_ns), "dropped", G_TYPE_UINT64, dropped,
                           nullptr);
}

Result<std::shared_ptr<const Destination>> PhotoSink::destination() {
  const std::lock_guard lock(mutex_);
  if (destination_ == nullptr) {
    IP_ASSIGN(destination_, Destination::create(settings_));
  }
  return destination_;
}

std::optional<Format> PhotoSink::wanted_format() {
  const auto now = destination();
  return now ? (*now)->format(false) : std::nullopt;
}

bool PhotoSink::has_queue() {
  if (queue_ == nullptr) {
    GST_ELEMENT_ERROR(bin_, CORE, MISSING_PLUGIN, ("there is no element queue, which is a part of GStreamer itself"),
                      (nullptr));
  }
  return queue_ != nullptr;
}

bool PhotoSink::start() {
  const DestinationSettings now = settings();
  // An application may set them later.
  if (!now.location.empty() || now.fd >= 0 || now.is_gallery) {
    const auto checked = destination();
    if (!checked) {
      post_error(GST_ELEMENT(bin_), checked.error());
      return false;
    }
    FileWriter::clean_up(**checked);
  }
  flow_ = GST_FLOW_OK;
  connected_.reset();
  gst_clear_caps(&found_caps_);
  last_order_.reset();
  {
    const std::lock_guard lock(mutex_);
    statistics_ = {};
    wanted_format_.reset();
  }
  shutter_.start();
  return true;
}

void PhotoSink::stop() {
  shutter_.stop();
  chain_->disconnect();
}

bool PhotoSink::has_room() const {
  guint waiting = 0;
  g_object_get(queue_, "current-level-buffers", &waiting, nullptr);
  return waiting < kWaitingFrames;
}

Result<PhotoOrderPtr> PhotoSink::make_order(GstBuffer* frame, guint request) {
  auto order = std::make_shared<PhotoOrder>();
  IP_ASSIGN(order->destination, destination());
  GstPad* const pad = gst_element_get_static_pad(GST_ELEMENT(bin_), "sink");
  order->capture_time = capture_time_of(GST_ELEMENT(bin_), segment_of(pad), frame);
  gst_object_unref(pad);
  order->request = request;
  order->pts = GST_BUFFER_PTS(frame);
  return order;
}

GstFlowReturn PhotoSink::take_in(GstPad* pad, GstBuffer* frame) {
  const auto request = shutter_.release(has_room());
  if (!request) {
    gst_buffer_unref(frame);
    return GST_FLOW_OK;
  }
  auto order = make_order(frame, *request);
  if (!order) {
    gst_buffer_unref(frame);
    return refuse(order.error(), *request);
  }
  frame = gst_buffer_make_writable(frame);
  set_photo_order(frame, std::move(*order));
  return gst_proxy_pad_chain_default(pad, GST_OBJECT(bin_), frame);
}

// A photo that was asked for and can't be is no reason to end the preview; one of a stream of photos is.
GstFlowReturn PhotoSink::refuse(const Error& error, guint request) {
  if (error.code == Errc::cancelled) {
    return GST_FLOW_FLUSHING;
  }
  if (request == 0) {
    post_error(GST_ELEMENT(bin_), error);
    return GST_FLOW_ERROR;
  }
  post_warning(GST_ELEMENT(bin_), error, gst_structure_new("details", "request", G_TYPE_UINT, request, nullptr));
  return GST_FLOW_OK;
}

gboolean PhotoSink::handle_event(GstPad* pad, GstEvent* event) {
  if (gst_video_event_is_force_key_unit(event)) {
    shutter_.request();
  } else if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
    if (const unsigned in_vain = shutter_.end(); in_vain > 0) {
      post_warning(GST_ELEMENT(bin_),
                   make_error(Errc::unsupported, text(in_vain, " requested photo", in_vain > 1 ? "s were" : " was",
                                                      " not taken: the stream ended before a frame for ",
                                                      in_vain > 1 ? "each came" : "it came")),
                   nullptr);
    }
  }
  return gst_pad_event_default(pad, GST_OBJECT(bin_), event);
}

gboolean PhotoSink::answer_query(GstPad* pad, GstQuery* query) {
  if (GST_QUERY_TYPE(query) == GST_QUERY_CAPS) {
    GstCaps* filter = nullptr;
    gst_query_parse_caps(query, &filter);
    GstCaps* const possible = chain_->acceptable_caps(wanted_format());
    // videoconvert speaks of all memory, but looks into system memory alone.
    GstCaps* const known = gst_pad_get_pad_template_caps(pad);
    GstCaps* caps = gst_caps_intersect_full(possible, known, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref(known);
    gst_caps_unref(possible);
    if (filter != nullptr) {
      GstCaps* const both = gst_caps_intersect_full(filter, caps, GST_CAPS_INTERSECT_FIRST);
      gst_caps_unref(caps);
      caps = both;
    }
    gst_query_set_caps_result(query, caps);
    gst_caps_unref(caps);
    return TRUE;
  }
  if (GST_QUERY_TYPE(query) == GST_QUERY_ACCEPT_CAPS) {
    // What can't be packed all the same is refused later, by a message that says why.
    GstCaps* caps = nullptr;
    gst_query_parse_accept_caps(query, &caps);
    GstCaps* const template_caps = gst_pad_get_pad_template_caps(pad);
    gst_query_set_accept_caps_result(query, gst_caps_can_intersect(caps, template_caps));
    gst_caps_unref(template_caps);
    return TRUE;
  }
  return gst_pad_query_default(pad, GST_OBJECT(bin_), query);
}

bool PhotoSink::connect(const GstCaps* caps, std::shared_ptr<const Destination> destination) {
  const auto format = destination->format(is_raw_video(caps));
  {
    const std::lock_guard lock(mutex_);
    wanted_format_ = format;
  }
  const Status status = chain_->connect(caps, format);
  if (!status) {
    flow_ = GST_FLOW_NOT_NEGOTIATED;
    post_error(GST_ELEMENT(bin_), status.error());
    return false;
  }
  connected_ = std::move(destination);
  return true;
}

GstPadProbeReturn PhotoSink::pass_event(GstPadProbeInfo* info) {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
    if (const Status status = chain_->connect_end(); !status) {
      post_error(GST_ELEMENT(bin_), status.error());
    }
  }
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) {
    return GST_PAD_PROBE_OK;
  }
  const auto now = destination();
  if (!now) {
    flow_ = GST_FLOW_ERROR;
    post_error(GST_ELEMENT(bin_), now.error());
    return GST_PAD_PROBE_DROP;
  }
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  if (GstCaps* const named = with_usual_name(caps)) {
    gst_event_unref(event);
    event = gst_event_new_caps(named);
    gst_caps_unref(named);
    GST_PAD_PROBE_INFO_DATA(info) = event;
    gst_event_parse_caps(event, &caps);
  }
  return connect(caps, *now) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

void PhotoSink::find_kind(GstPad* pad, GstBuffer* frame) {
  const bool is_piece = segment_of(pad).format == GST_FORMAT_BYTES && connected_ != nullptr;
  if (is_piece) {
    return;
  }
  GstCaps* found = gst_type_find_helper_for_buffer(GST_OBJECT(bin_), frame, nullptr);
  if (GstCaps* const named = found != nullptr ? with_usual_name(found) : nullptr) {
    gst_caps_replace(&found, named);
    gst_caps_unref(named);
  }
  if (found_caps_ == nullptr || found == nullptr || !gst_caps_is_equal(found, found_caps_)) {
    connected_.reset();
  }
  gst_caps_replace(&found_caps_, found);
  gst_clear_caps(&found);
}

GstPadProbeReturn PhotoSink::pass_frame(GstPadProbeInfo* info) {
  GstBuffer* const frame = GST_PAD_PROBE_INFO_BUFFER(info);
  const PhotoOrderPtr order = photo_order_of(frame);
  bool is_to_pass = flow_ == GST_FLOW_OK;
  if (is_to_pass && order != nullptr) {
    order->begun_us = g_get_monotonic_time();
    last_order_ = order;
    GstPad* const pad = gst_element_get_static_pad(queue_, "src");
    GstCaps* caps = gst_pad_get_current_caps(pad);
    if (caps == nullptr && gst_buffer_get_size(frame) > 0) {
      find_kind(pad, frame);
    }
    if (connected_ != order->destination) {
      is_to_pass = connect(caps != nullptr ? caps : found_caps_, order->destination);
      if (is_to_pass && caps == nullptr) {
        tell_kind(pad);
      }
    }
    gst_object_unref(pad);
    gst_clear_caps(&caps);
  }
  if (is_to_pass) {
    return GST_PAD_PROBE_OK;
  }
  gst_buffer_unref(frame);
  GST_PAD_PROBE_INFO_FLOW_RETURN(info) = flow_;
  return GST_PAD_PROBE_HANDLED;
}

void PhotoSink::tell_kind(GstPad* pad) {
  GstPad* peer = gst_pad_get_peer(pad);
  GstPad* const writer = gst_element_get_static_pad(writer_element_, "sink");
  GstEvent* start = gst_pad_get_sticky_event(pad, GST_EVENT_STREAM_START, 0);
  if (peer == writer && start != nullptr) {
    // Before the segment, which comes with the buffer.
    gst_pad_send_event(writer, gst_event_ref(start));
    gst_pad_send_event(writer, gst_event_new_caps(found_caps_));
  }
  gst_clear_event(&start);
  gst_object_unref(writer);
  gst_clear_object(&peer);
}

GstCaps* PhotoSink::wanted_caps() {
  std::optional<Format> format;
  {
    const std::lock_guard lock(mutex_);
    format = wanted_format_;
  }
  if (!format) {
    format = wanted_format();
  }
  return file_caps(format);
}

GstFlowReturn PhotoSink::receive(GstBuffer* buffer, const GstCaps* caps) {
  PhotoOrderPtr order = photo_order_of(buffer);
  if (order == nullptr) {
    // The repacker works in the thread that brings it the file.
    order = last_order_;
  }
  const auto format = packed_format(caps);
  GstMapInfo map;
  if (order == nullptr || !format || !gst_buffer_map(buffer, &map, GST_MAP_READ)) {
    return refuse(make_error(Errc::internal, "what came out of the packer is no image file"), 0);
  }
  const gint64 waited_ns = (g_get_monotonic_time() - order->begun_us) * kNanosecondsPerMicrosecond;
  const gint64 encode_time_ns = order->encode_time_ns >= 0 ? order->encode_time_ns.load()
                                : order->begun_us > 0      ? waited_ns
                                                           : 0;
  const ByteView bytes(reinterpret_cast<const std::byte*>(map.data), map.size);
  const StoredFacts facts = stored_facts(bytes, *order, caps);
  const PackedPhoto photo{.bytes = {&bytes, 1}, .format = *format, .capture_time = facts.capture_time};
  const auto written = writer_.write(*order->destination, photo);
  gst_buffer_unmap(buffer, &map);
  if (!written) {
    return refuse(written.error(), order->request);
  }
  announce(*order, photo, *written, facts.size, encode_time_ns, bytes.size());
  return GST_FLOW_OK;
}

void PhotoSink::announce(const PhotoOrder& order, const PackedPhoto& photo, const WrittenPhoto& written, Size size,
                         gint64 encode_time_ns, gsize size_bytes) {
  {
    const std::lock_guard lock(mutex_);
    ++statistics_.frames;
    statistics_.bytes += size_bytes;
    statistics_.last_encode_time_ns = encode_time_ns;
  }
  const std::string format_name(format_info(photo.format)->name);
  GstStructure* const message = gst_structure_new(
      "imagepackersink-file", "format", G_TYPE_STRING, format_name.c_str(), "size", G_TYPE_UINT64,
      static_cast<guint64>(size_bytes), "width", G_TYPE_INT, size.width, "height", G_TYPE_INT, size.height, "index",
      G_TYPE_UINT64, static_cast<guint64>(written.index), "pts", GST_TYPE_CLOCK_TIME, order.pts, "encode-time",
      GST_TYPE_CLOCK_TIME, static_cast<GstClockTime>(encode_time_ns), "request", G_TYPE_UINT, order.request, nullptr);
  if (!written.location.empty()) {
    gst_structure_set(message, "location", G_TYPE_STRING, written.location.c_str(), nullptr);
  } else {
    gst_structure_set(message, "fd", G_TYPE_INT, order.destination->fd(), nullptr);
  }
  gst_element_post_message(GST_ELEMENT(bin_), gst_message_new_element(GST_OBJECT(bin_), message));
}

}  // namespace imagepacker::element
