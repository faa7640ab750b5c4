// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/video/video.h>

#include <exception>

#include "encoder.h"
#include "errors.h"
#include "sink/photo_sink.h"
#include "sink/sink_properties.h"

using imagepacker::element::PhotoSink;

struct ImagePackerSink {
  GstBin parent;
  PhotoSink* sink;
};
struct ImagePackerSinkClass {
  GstBinClass parent_class;
};

G_DEFINE_TYPE(ImagePackerSink, image_packer_sink, GST_TYPE_BIN)

namespace {

namespace element = imagepacker::element;

guint take_photo_signal = 0;

PhotoSink& sink_of(gpointer instance) {
  return *static_cast<ImagePackerSink*>(instance)->sink;
}

/// Runs `call`; an exception becomes an error on the bus and `failure`, for none may pass through GLib.
template <class Result, class Call>
Result guarded(gpointer instance, Result failure, Call call) {
  try {
    return call();
  } catch (const std::exception& exception) {
    element::post_error(GST_ELEMENT(instance),
                        imagepacker::make_error(imagepacker::Errc::out_of_memory, exception.what()));
  }
  return failure;
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  element::set_sink_property(sink_of(object), id, value, spec);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  element::get_sink_property(sink_of(object), id, value, spec);
}

void finalize(GObject* object) {
  // Children may call the sink as long as they live.
  PhotoSink* const sink = &sink_of(object);
  G_OBJECT_CLASS(image_packer_sink_parent_class)->finalize(object);
  delete sink;
}

guint take_photo(ImagePackerSink* self) {
  return self->sink->shutter().request();
}

GstStateChangeReturn change_state(GstElement* instance, GstStateChange transition) {
  PhotoSink& sink = sink_of(instance);
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !sink.has_queue()) {
    return GST_STATE_CHANGE_FAILURE;
  }
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !guarded(instance, false, [&] { return sink.start(); })) {
    return GST_STATE_CHANGE_FAILURE;
  }
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(image_packer_sink_parent_class)->change_state(instance, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    sink.stop();
  }
  return result;
}

// As an event from the application, without a pad, it would go to the sinks inside.
gboolean send_event(GstElement* instance, GstEvent* event) {
  if (!gst_video_event_is_force_key_unit(event)) {
    return GST_ELEMENT_CLASS(image_packer_sink_parent_class)->send_event(instance, event);
  }
  gst_event_unref(event);
  return sink_of(instance).shutter().request() != 0;
}

GstFlowReturn chain(GstPad* pad, GstObject* parent, GstBuffer* frame) {
  return guarded(parent, GST_FLOW_ERROR, [&] { return sink_of(parent).take_in(pad, frame); });
}

GstFlowReturn chain_list(GstPad* pad, GstObject* parent, GstBufferList* list) {
  GstFlowReturn flow = GST_FLOW_OK;
  for (guint i = 0; i < gst_buffer_list_length(list) && flow == GST_FLOW_OK; ++i) {
    flow = chain(pad, parent, gst_buffer_ref(gst_buffer_list_get(list, i)));
  }
  gst_buffer_list_unref(list);
  return flow;
}

gboolean event(GstPad* pad, GstObject* parent, GstEvent* event) {
  return guarded(parent, FALSE, [&] { return sink_of(parent).handle_event(pad, event); });
}

gboolean query(GstPad* pad, GstObject* parent, GstQuery* query) {
  return guarded(parent, FALSE, [&] { return sink_of(parent).answer_query(pad, query); });
}

/// Raw video of any layout, and image files under every name they have. HEIF is called video/quicktime or image/avif by
/// typefind.
GstCaps* template_caps() {
  GstCaps* const caps = gst_caps_from_string("video/x-raw; video/quicktime, variant=(string)heif; image/avif");
  gst_caps_append(caps, element::file_caps({}));
  return caps;
}

}  // namespace

static void image_packer_sink_class_init(ImagePackerSinkClass* klass) {
  auto* const object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  element::install_sink_properties(object_class);

  /**
   * ImagePackerSink::take-photo:
   *
   * Asks for a photo of the next frame that comes in and that nobody else has asked for, and returns at once. When the
   * file is there, the element message imagepackersink-file has the returned number as "request". For any thread.
   *
   * Returns: the number of the request, from 1 on; 0 when frames need not be asked for (on-request is false) or none
   * come (the state is below PAUSED).
   */
  take_photo_signal = g_signal_new_class_handler("take-photo", G_TYPE_FROM_CLASS(klass),
                                                 static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                                                 G_CALLBACK(take_photo), nullptr, nullptr, nullptr, G_TYPE_UINT, 0);

  auto* const element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = change_state;
  element_class->send_event = send_event;
  GstCaps* const caps = template_caps();
  gst_element_class_add_pad_template(element_class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);
  gst_element_class_set_static_metadata(
      element_class, "Image packer sink", "Sink/File/Image",
      "Packs raw video frames into image files, or takes image files, and writes each whole or not at all",
      "imagepacker developers");
}

static void image_packer_sink_init(ImagePackerSink* self) {
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SINK);
  self->sink = new PhotoSink(GST_BIN(self));
  GstPadTemplate* const pad_template = gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(self), "sink");
  GstPad* const pad = gst_ghost_pad_new_no_target_from_template("sink", pad_template);
  self->sink->set_target(pad);
  gst_pad_set_chain_function(pad, chain);
  gst_pad_set_chain_list_function(pad, chain_list);
  gst_pad_set_event_function(pad, event);
  gst_pad_set_query_function(pad, query);
  gst_element_add_pad(GST_ELEMENT(self), pad);
}

GST_ELEMENT_REGISTER_DEFINE_CUSTOM(imagepackersink, [](GstPlugin* p) -> gboolean {
  element::prepare_encoders();
  gst_type_mark_as_plugin_api(image_packer_sink_get_type(), static_cast<GstPluginAPIFlags>(0));
  return gst_element_register(p, "imagepackersink", GST_RANK_NONE, image_packer_sink_get_type());
})
