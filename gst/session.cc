// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "color.h"
#include "debug.h"
#include "errors.h"
#include "frame.h"
#include "frame_in_flight.h"

namespace imagepacker::element {
namespace {

/// Gives up the stream lock as long as it lives.
class StreamUnlock {
 public:
  explicit StreamUnlock(GstVideoEncoder* encoder) : encoder_(encoder) { GST_VIDEO_ENCODER_STREAM_UNLOCK(encoder_); }
  ~StreamUnlock() { GST_VIDEO_ENCODER_STREAM_LOCK(encoder_); }
  StreamUnlock(const StreamUnlock&) = delete;
  StreamUnlock& operator=(const StreamUnlock&) = delete;

 private:
  GstVideoEncoder* const encoder_;
};

void push_next_picture(gpointer session) {
  static_cast<Session*>(session)->push_next();
}

/// Lets go of a frame that no picture goes out of, because the stream ends with it, without saying that it was dropped.
void give_up(GstVideoEncoder* encoder, GstVideoCodecFrame* frame) {
#if GST_CHECK_VERSION(1, 26, 0)
  gst_video_encoder_release_frame(encoder, frame);
#else
  // The base class keeps a reference until it is flushed or stopped.
  (void)encoder;
  gst_video_codec_frame_unref(frame);
#endif
}

/// Lets go of a frame that no picture goes out of while the stream goes on.
GstFlowReturn leave_out(GstVideoEncoder* encoder, GstVideoCodecFrame* frame) {
#if GST_CHECK_VERSION(1, 26, 0)
  gst_video_encoder_drop_frame(encoder, frame);
  return GST_FLOW_OK;
#else
  // Without bytes it is a frame that was dropped, which the base class says on the bus.
  return gst_video_encoder_finish_frame(encoder, frame);
#endif
}

/// Frames may come again after `flow`: somebody may link the pad later, and what was refused was made for what
/// downstream took before.
bool may_pass(GstFlowReturn flow) {
  return flow == GST_FLOW_NOT_LINKED || flow == GST_FLOW_NOT_NEGOTIATED;
}

}  // namespace

Session::~Session() {
  g_clear_pointer(&input_, gst_video_codec_state_unref);
}

bool Session::set_property(guint id, const GValue* value) {
  GST_OBJECT_LOCK(encoder_);
  const bool is_known = element::set_property(settings_, id, value);
  GST_OBJECT_UNLOCK(encoder_);
  return is_known;
}

Settings Session::settings() const {
  GST_OBJECT_LOCK(encoder_);
  const Settings settings = settings_;
  GST_OBJECT_UNLOCK(encoder_);
  return settings;
}

bool Session::choose_output() {
  output_ = element::choose_output(GST_VIDEO_ENCODER_SRC_PAD(encoder_));
  if (!output_) {
    GST_ELEMENT_ERROR(encoder_, CORE, NEGOTIATION, ("downstream takes none of this element's image formats"),
                      (nullptr));
  }
  return output_.has_value();
}

bool Session::set_format(GstVideoCodecState* input) {
  drain();
  GstVideoCodecState* before = std::exchange(input_, gst_video_codec_state_ref(input));
  const HdrInfo hdr_before = std::exchange(hdr_, hdr_info_of(input->caps));
  made_for_.reset();
  announced_.reset();
  const bool is_possible = choose_output() && prepare(settings());
  if (!is_possible) {
    // The base class goes on with what it had, and says nothing when that comes again.
    std::swap(input_, before);
    hdr_ = hdr_before;
    made_for_.reset();
  }
  g_clear_pointer(&before, gst_video_codec_state_unref);
  return is_possible;
}

// Upstream sends caps that were refused again with each of its events; one message for them is enough.
bool Session::refuse(const Error& error, void (*post)(GstElement*, const Error&)) {
  if (refusal_ != error.message) {
    refusal_ = error.message;
    post(GST_ELEMENT(encoder_), error);
  }
  return false;
}

bool Session::prepare(const Settings& settings) {
  metadata_source_.update(encoder_);
  const Orientation applied = settings.apply_orientation ? metadata_source_.orientation() : Orientation::normal;
  if (made_for_ && made_for_->settings == settings && made_for_->hdr == hdr_ &&
      made_for_->output.mime_type == output_->mime_type && made_for_->applied == applied) {
    return true;
  }
  const auto source = image_format_of(input_->info, hdr_, settings.premultiplied_alpha);
  if (!source) {
    return refuse(source.error(), post_format_error);
  }
  if (pool_ == nullptr || pool_max_threads_ != settings.max_threads) {
    pool_ = std::make_shared<TaskPool>(settings.max_threads);
    pool_max_threads_ = settings.max_threads;
  }
  PackingOptions options = settings.packing;
  options.format = output_->format->format;
  options.apply_orientation = applied;
  auto engine = Engine::create(input_->info, *source, options, pool_);
  if (!engine) {
    return refuse(engine.error(), post_error);
  }
  refusal_.clear();
  announce(**engine, settings, applied);
  engine_ = std::move(*engine);
  made_for_ = Inputs{settings, hdr_, *output_, applied};
  return true;
}

// Whoever reads the stream's tags must not turn upright pictures once more.
void Session::announce_orientation(Orientation applied) {
  if (applied == Orientation::normal) {
    gst_video_encoder_merge_tags(encoder_, nullptr, GST_TAG_MERGE_REPLACE);
    return;
  }
  GstTagList* const tags = gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, "rotate-0", nullptr);
  gst_video_encoder_merge_tags(encoder_, tags, GST_TAG_MERGE_REPLACE);
  gst_tag_list_unref(tags);
}

void Session::announce(const Engine& engine, const Settings& settings, Orientation applied) {
  const ImageFormat& format = engine.packer().info().format;
  CapsPtr caps(describe_output(*output_, engine.packer().info(), settings.packing));
  // The caps don't hold everything that the output state does.
  if (announced_ && announced_->format == format && announced_->applied == applied &&
      gst_caps_is_equal(announced_->caps.get(), caps.get())) {
    return;
  }
  // Frames in flight go out under the caps and tags that they were made for.
  drain();
  GstVideoCodecState* const state = gst_video_encoder_set_output_state(encoder_, gst_caps_ref(caps.get()), nullptr);
  announced_ = Announced{std::move(caps), format, applied};
  const GstVideoInfo& from = input_->info;
  state->info.flags = from.flags;
  state->info.width = format.size.width;
  state->info.height = format.size.height;
  state->info.par_n = swaps_sides(applied) ? from.par_d : from.par_n;
  state->info.par_d = swaps_sides(applied) ? from.par_n : from.par_d;
  state->info.fps_n = from.fps_n;
  state->info.fps_d = from.fps_d;
  state->info.views = from.views;
  GST_VIDEO_INFO_MULTIVIEW_MODE(&state->info) = GST_VIDEO_INFO_MULTIVIEW_MODE(&from);
  GST_VIDEO_INFO_MULTIVIEW_FLAGS(&state->info) = GST_VIDEO_INFO_MULTIVIEW_FLAGS(&from);
  state->info.colorimetry = colorimetry_of(format.color);
  state->info.chroma_site = chroma_site_of(format);
  gst_video_codec_state_unref(state);
  announce_orientation(applied);
  for (const Notice& notice : engine.packer().notices()) {
    post_notice(GST_ELEMENT(encoder_), notice);
  }
}

bool Session::is_stream(const Settings& settings) const {
  return !settings.snapshot && GST_VIDEO_INFO_FPS_N(&input_->info) > 0 && pool_->threads() > 1;
}

GstFlowReturn Session::handle_frame(GstVideoCodecFrame* frame) {
  const Settings now = settings();
  has_shot_ = has_shot_ && now.snapshot;
  const GstFlowReturn flow = has_shot_ ? GST_FLOW_EOS : flow_.load();
  if (flow != GST_FLOW_OK) {
    if (may_pass(flow)) {
      flow_ = GST_FLOW_OK;
      leave_out(encoder_, frame);
    } else {
      give_up(encoder_, frame);
    }
    return flow;
  }
  if (gst_video_encoder_get_max_encode_time(encoder_, frame) < 0) {
    return drop(frame);
  }
  const bool has_negotiated = has_negotiated_.exchange(false);
  const bool is_reconfigured =
      has_negotiated || !output_ || gst_pad_needs_reconfigure(GST_VIDEO_ENCODER_SRC_PAD(encoder_)) != FALSE;
  if ((is_reconfigured && !choose_output()) || !prepare(now)) {
    give_up(encoder_, frame);
    return GST_FLOW_ERROR;
  }
  std::vector<Notice> notices;
  auto metadata = metadata_source_.metadata_for(encoder_, frame, notices);
  post_new(notices);
  if (!metadata) {
    post_error(GST_ELEMENT(encoder_), metadata.error());
    give_up(encoder_, frame);
    return GST_FLOW_ERROR;
  }
  if (is_stream(now)) {
    return enqueue(frame, std::move(*metadata));
  }
  drain();
  const GstFlowReturn result = encode_now(frame, **metadata);
  if (now.snapshot && result == GST_FLOW_OK) {
    has_shot_ = true;
    return GST_FLOW_EOS;
  }
  return result;
}

// Downstream has said that it is too late to be of use. Only with qos=true, a property of the base class.
GstFlowReturn Session::drop(GstVideoCodecFrame* frame) {
  ++statistics_.dropped;
  return leave_out(encoder_, frame);
}

GstFlowReturn Session::encode_now(GstVideoCodecFrame* frame, const Metadata& metadata) {
  std::vector<Notice> notices;
  Result<BufferPtr> bytes = BufferPtr();
  {
    EncodeWatch watch(GST_ELEMENT(encoder_), statistics_, frame->input_buffer);
    bytes = engine_->encode(frame->input_buffer, metadata, true, stop_token(), notices);
    watch.set_done(bytes.has_value());
  }
  return finish_frame(frame, std::move(bytes), notices);
}

GstFlowReturn Session::enqueue(GstVideoCodecFrame* frame, std::shared_ptr<const Metadata> metadata) {
  if (!give_queue_its_pool()) {
    post_error(GST_ELEMENT(encoder_),
               make_error(Errc::out_of_memory, "the system gives no thread to encode frames in"));
    give_up(encoder_, frame);
    return GST_FLOW_ERROR;
  }
  FrameQueue::FramePtr queued =
      std::make_unique<FrameInFlight>(encoder_, statistics_, frame, std::move(metadata), engine_, stop_token());
  std::size_t frame_count = 0;
  {
    const StreamUnlock unlock(encoder_);
    frame_count = queue_.push(queued);
  }
  if (frame_count == 0 || !gst_pad_start_task(GST_VIDEO_ENCODER_SRC_PAD(encoder_), push_next_picture, this, nullptr)) {
    return GST_FLOW_FLUSHING;
  }
  report_latency(frame_count);
  return flow_;
}

bool Session::give_queue_its_pool() {
  if (queue_.pool() == pool_) {
    return true;
  }
  drain();
  return queue_.set_pool(pool_);
}

bool Session::moves_pixels() const {
  return !announced_ || announced_->applied != Orientation::normal ||
         announced_->format.size != Size{GST_VIDEO_INFO_WIDTH(&input_->info), GST_VIDEO_INFO_HEIGHT(&input_->info)};
}

// A stream has the same to say of each of its frames: once is enough. One whose frames all have something else to say
// must not fill the memory.
void Session::post_new(const std::vector<Notice>& notices) {
  constexpr std::size_t kRemembered = 256;
  for (const Notice& notice : notices) {
    bool is_new = false;
    {
      const std::lock_guard lock(posted_mutex_);
      if (posted_.size() >= kRemembered) {
        posted_.clear();
      }
      is_new = posted_.insert(notice.message).second;
    }
    if (is_new) {
      post_notice(GST_ELEMENT(encoder_), notice);
    }
  }
}

GstFlowReturn Session::finish_frame(GstVideoCodecFrame* frame, Result<BufferPtr> bytes,
                                    const std::vector<Notice>& notices) {
  post_new(notices);
  if (!bytes) {
    post_error(GST_ELEMENT(encoder_), bytes.error());
    give_up(encoder_, frame);
    return bytes.error().code == Errc::cancelled ? GST_FLOW_FLUSHING : GST_FLOW_ERROR;
  }
  frame->output_buffer = bytes->release();
  ++statistics_.frames;
  statistics_.bytes += gst_buffer_get_size(frame->output_buffer);
  GST_VIDEO_CODEC_FRAME_SET_SYNC_POINT(frame);
  return gst_video_encoder_finish_frame(encoder_, frame);
}

void Session::push_next() {
  const FrameQueue::FramePtr next = queue_.pop();
  if (next == nullptr) {
    gst_pad_pause_task(GST_VIDEO_ENCODER_SRC_PAD(encoder_));
    return;
  }
  auto& frame = static_cast<FrameInFlight&>(*next);
  // After a failure the frames that were in flight with it are lost, too.
  if (const GstFlowReturn flow = flow_; flow == GST_FLOW_OK) {
    flow_ = finish_frame(frame.take_frame(), frame.take_bytes(), frame.notices());
  } else if (may_pass(flow)) {
    leave_out(encoder_, frame.take_frame());
  }
  queue_.release();
}

// A frame that waits for others is late by as many frames as there are before it. Single frames of a live stream never
// do, so that they cost it nothing.
void Session::report_latency(std::size_t frame_count) {
  if (frame_count <= reported_frames_) {
    return;
  }
  reported_frames_ = frame_count;
  const GstVideoInfo& info = input_->info;
  // Frames may be 68 years apart, and what others add has to fit as well.
  constexpr GstClockTime kLongest = 24 * 3600 * GST_SECOND;
  const GstClockTime latency = std::min(
      kLongest, gst_util_uint64_scale(frame_count - 1, GST_SECOND * static_cast<guint64>(GST_VIDEO_INFO_FPS_D(&info)),
                                      static_cast<guint64>(GST_VIDEO_INFO_FPS_N(&info))));
  gst_video_encoder_set_latency(encoder_, latency, latency);
}

void Session::drain() {
  const StreamUnlock unlock(encoder_);
  queue_.drain();
}

GstFlowReturn Session::finish() {
  drain();
  const GstFlowReturn flow = flow_;
  // Frames that upstream was told were taken; it sends no more to be told otherwise.
  if (flow == GST_FLOW_NOT_NEGOTIATED) {
    GstVideoCodecState* state = gst_video_encoder_get_output_state(encoder_);
    post_refusal(GST_ELEMENT(encoder_), state != nullptr ? state->caps : nullptr);
    g_clear_pointer(&state, gst_video_codec_state_unref);
  } else if (flow == GST_FLOW_NOT_LINKED) {
    post_no_link(GST_ELEMENT(encoder_));
  }
  return flow;
}

std::stop_token Session::stop_token() const {
  const std::lock_guard lock(stop_mutex_);
  return stop_.get_token();
}

void Session::begin_flush() {
  {
    const std::lock_guard lock(stop_mutex_);
    stop_.request_stop();
  }
  queue_.set_flushing(true);
}

void Session::rearm() {
  {
    const std::lock_guard lock(stop_mutex_);
    stop_.request_stop();
    stop_ = std::stop_source();
  }
  queue_.clear();
  queue_.set_flushing(false);
  flow_ = GST_FLOW_OK;
  has_shot_ = false;
  refusal_.clear();
}

void Session::flush() {
  rearm();
}

void Session::start() {
  statistics_.reset();
  rearm();
}

void Session::stop() {
  gst_pad_stop_task(GST_VIDEO_ENCODER_SRC_PAD(encoder_));
  queue_.clear();
  queue_.set_pool(nullptr);
  if (reported_frames_ > 1) {
    reported_frames_ = 1;
    gst_video_encoder_set_latency(encoder_, 0, 0);
  }
  clear_tags();
  gst_tag_setter_reset_tags(GST_TAG_SETTER(encoder_));
  posted_.clear();
  made_for_.reset();
  engine_.reset();
  pool_.reset();
  announced_.reset();
  g_clear_pointer(&input_, gst_video_codec_state_unref);
}

}  // namespace imagepacker::element
