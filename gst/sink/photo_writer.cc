// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/photo_writer.h"

#include <gst/base/gstadapter.h>
#include <gst/base/gstbasesink.h>

#include "base/text.h"
#include "errors.h"
#include "imagepacker/result.h"
#include "sink/packing_chain.h"

using imagepacker::element::PhotoReceiver;

struct ImagePackerPhotoWriter {
  GstBaseSink parent;
  PhotoReceiver* receiver;
  GstAdapter* pieces;  ///< of the file that comes in a stream in bytes
};
struct ImagePackerPhotoWriterClass {
  GstBaseSinkClass parent_class;
};

G_DEFINE_TYPE(ImagePackerPhotoWriter, image_packer_photo_writer, GST_TYPE_BASE_SINK)

namespace {

/// No end of a stream in bytes can be relied on, and all of the file waits for it in memory.
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;

ImagePackerPhotoWriter* cast(gpointer instance) {
  return static_cast<ImagePackerPhotoWriter*>(instance);
}

GstFlowReturn hand_over(GstBaseSink* sink, GstBuffer* photo) {
  GstCaps* const caps = gst_pad_get_current_caps(GST_BASE_SINK_PAD(sink));
  if (caps == nullptr) {
    return GST_FLOW_NOT_NEGOTIATED;
  }
  const GstFlowReturn flow = cast(sink)->receiver->receive(photo, caps);
  gst_caps_unref(caps);
  return flow;
}

GstCaps* get_caps(GstBaseSink* sink, GstCaps* filter) {
  GstCaps* const wanted = cast(sink)->receiver->wanted_caps();
  if (filter == nullptr) {
    return wanted;
  }
  GstCaps* const both = gst_caps_intersect_full(filter, wanted, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref(wanted);
  return both;
}

/// Photos that are under way when the wish changes still come in the format that was wanted for them.
gboolean query(GstBaseSink* sink, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_ACCEPT_CAPS) {
    return GST_BASE_SINK_CLASS(image_packer_photo_writer_parent_class)->query(sink, query);
  }
  GstCaps* caps = nullptr;
  gst_query_parse_accept_caps(query, &caps);
  GstCaps* const known = gst_pad_get_pad_template_caps(GST_BASE_SINK_PAD(sink));
  gst_query_set_accept_caps_result(query, gst_caps_is_subset(caps, known));
  gst_caps_unref(known);
  return TRUE;
}

GstFlowReturn render(GstBaseSink* sink, GstBuffer* buffer) {
  if (sink->segment.format != GST_FORMAT_BYTES) {
    return hand_over(sink, buffer);
  }
  GstAdapter* const pieces = cast(sink)->pieces;
  if (gst_buffer_get_size(buffer) > kMaxFileBytes - gst_adapter_available(pieces)) {
    using namespace imagepacker;
    element::post_error(GST_ELEMENT(sink),
                        make_error(Errc::limit_exceeded, text("the image file that comes in pieces has more than ",
                                                              kMaxFileBytes, " bytes; write it with filesink")));
    return GST_FLOW_ERROR;
  }
  gst_adapter_push(pieces, gst_buffer_ref(buffer));
  return GST_FLOW_OK;
}

gboolean event(GstBaseSink* sink, GstEvent* event) {
  GstAdapter* const pieces = cast(sink)->pieces;
  if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) {
    gst_adapter_clear(pieces);
  } else if (GST_EVENT_TYPE(event) == GST_EVENT_EOS && gst_adapter_available(pieces) > 0) {
    GstBuffer* const photo = gst_adapter_take_buffer(pieces, gst_adapter_available(pieces));
    const GstFlowReturn flow = hand_over(sink, photo);
    gst_buffer_unref(photo);
    if (flow != GST_FLOW_OK) {
      // The error is on the bus; an end without the file would say that all went well.
      gst_event_unref(event);
      return FALSE;
    }
  }
  return GST_BASE_SINK_CLASS(image_packer_photo_writer_parent_class)->event(sink, event);
}

gboolean unlock(GstBaseSink* sink) {
  cast(sink)->receiver->interrupt();
  return TRUE;
}

gboolean unlock_stop(GstBaseSink* sink) {
  cast(sink)->receiver->resume();
  return TRUE;
}

gboolean stop(GstBaseSink* sink) {
  gst_adapter_clear(cast(sink)->pieces);
  return TRUE;
}

void finalize(GObject* object) {
  g_object_unref(cast(object)->pieces);
  G_OBJECT_CLASS(image_packer_photo_writer_parent_class)->finalize(object);
}

}  // namespace

static void image_packer_photo_writer_class_init(ImagePackerPhotoWriterClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = finalize;
  auto* const element_class = GST_ELEMENT_CLASS(klass);
  GstCaps* const caps = imagepacker::element::file_caps({});
  gst_element_class_add_pad_template(element_class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);
  gst_element_class_set_static_metadata(element_class, "Photo writer", "Sink/File", "Writes image files",
                                        "imagepacker developers");
  auto* const sink_class = GST_BASE_SINK_CLASS(klass);
  sink_class->get_caps = get_caps;
  sink_class->query = query;
  sink_class->render = render;
  sink_class->event = event;
  sink_class->unlock = unlock;
  sink_class->unlock_stop = unlock_stop;
  sink_class->stop = stop;
}

static void image_packer_photo_writer_init(ImagePackerPhotoWriter* self) {
  self->pieces = gst_adapter_new();
  gst_base_sink_set_sync(GST_BASE_SINK(self), FALSE);
}

GstElement* imagepacker::element::make_photo_writer(PhotoReceiver* receiver) {
  GstElement* const writer = GST_ELEMENT(g_object_new(image_packer_photo_writer_get_type(), "name", "writer", nullptr));
  cast(writer)->receiver = receiver;
  return writer;
}

bool imagepacker::element::wait_for_playing(GstElement* writer) {
  return gst_base_sink_wait_preroll(GST_BASE_SINK(writer)) == GST_FLOW_OK;
}
