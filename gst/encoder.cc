// SPDX-License-Identifier: LGPL-2.1-or-later
#include "encoder.h"

#include <gst/tag/tag.h>
#include <gst/video/gstvideoencoder.h>

#include <array>
#include <exception>
#include <string>
#include <type_traits>

#include "base/text.h"
#include "caps.h"
#include "color.h"
#include "debug.h"
#include "errors.h"
#include "picture_metadata.h"
#include "properties.h"
#include "session.h"

using imagepacker::element::Session;

/// The body of every encoder element; its subclasses differ in their source pad template.
struct ImagePackerEncoder {
  GstVideoEncoder parent;
  Session* session;
};
struct ImagePackerEncoderClass {
  GstVideoEncoderClass parent_class;
};

G_DEFINE_ABSTRACT_TYPE_WITH_CODE(ImagePackerEncoder, image_packer_encoder, GST_TYPE_VIDEO_ENCODER,
                                 G_IMPLEMENT_INTERFACE(GST_TYPE_TAG_SETTER, nullptr))

namespace {

namespace element = imagepacker::element;

ImagePackerEncoder* cast(gpointer instance) {
  return static_cast<ImagePackerEncoder*>(instance);
}

Session& session_of(gpointer instance) {
  return *cast(instance)->session;
}

/// Runs `call`; an exception becomes an error on the bus and `failure`, for none may pass through GLib.
template <class Call>
auto guarded(gpointer instance, std::invoke_result_t<Call> failure, Call call) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    element::post_error(GST_ELEMENT(instance),
                        imagepacker::make_error(imagepacker::Errc::out_of_memory, "no memory to encode a frame"));
  } catch (const std::exception& exception) {
    element::post_error(GST_ELEMENT(instance), imagepacker::make_error(imagepacker::Errc::internal, exception.what()));
  }
  return failure;
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  if (!session_of(object).set_property(id, value)) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

/// After those of the settings, which are numbered from 1.
constexpr guint kStats = 1000;

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  if (id == kStats) {
    g_value_take_boxed(value, session_of(object).statistics().structure());
    return;
  }
  if (!element::get_property(session_of(object).settings(), id, value)) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

void finalize(GObject* object) {
  delete cast(object)->session;
  G_OBJECT_CLASS(image_packer_encoder_parent_class)->finalize(object);
}

gboolean start(GstVideoEncoder* encoder) {
  session_of(encoder).start();
  return TRUE;
}

gboolean stop(GstVideoEncoder* encoder) {
  session_of(encoder).stop();
  return TRUE;
}

gboolean set_format(GstVideoEncoder* encoder, GstVideoCodecState* state) {
  return guarded(encoder, FALSE, [&]() -> gboolean { return session_of(encoder).set_format(state); });
}

GstFlowReturn handle_frame(GstVideoEncoder* encoder, GstVideoCodecFrame* frame) {
  return guarded(encoder, GST_FLOW_ERROR, [&] { return session_of(encoder).handle_frame(frame); });
}

GstFlowReturn finish(GstVideoEncoder* encoder) {
  return session_of(encoder).finish();
}

gboolean flush(GstVideoEncoder* encoder) {
  session_of(encoder).flush();
  return TRUE;
}

GstCaps* getcaps(GstVideoEncoder* encoder, GstCaps* filter) {
  const auto settings = session_of(encoder).settings();
  const bool keeps_size =
      settings.packing.max_width == 0 && settings.packing.max_height == 0 && !settings.apply_orientation;
  return element::acceptable_caps(GST_ELEMENT(encoder), keeps_size, filter);
}

/// Makes the source pad's task rest and waits for it, unless this is the task. While flushing, without the stream lock.
void pause_task(GstVideoEncoder* encoder) {
  GstPad* const source_pad = GST_VIDEO_ENCODER_SRC_PAD(encoder);
  if (gst_pad_get_task_state(source_pad) == GST_TASK_STARTED) {
    gst_pad_pause_task(source_pad);
  }
}

gboolean sink_event(GstVideoEncoder* encoder, GstEvent* event) {
  auto* const parent = GST_VIDEO_ENCODER_CLASS(image_packer_encoder_parent_class);
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_CAPS: {
      GstCaps* caps = nullptr;
      gst_event_parse_caps(event, &caps);
      const imagepacker::HdrInfo hdr = element::hdr_info_of(caps);
      const gboolean is_handled = parent->sink_event(encoder, event);
      if (is_handled) {
        // The base class overlooks caps that differ in this alone.
        GST_VIDEO_ENCODER_STREAM_LOCK(encoder);
        session_of(encoder).set_hdr_info(hdr);
        GST_VIDEO_ENCODER_STREAM_UNLOCK(encoder);
      }
      return is_handled;
    }
    case GST_EVENT_STREAM_START:
      GST_VIDEO_ENCODER_STREAM_LOCK(encoder);
      session_of(encoder).clear_tags();
      GST_VIDEO_ENCODER_STREAM_UNLOCK(encoder);
      return parent->sink_event(encoder, event);
    case GST_EVENT_TAG: {
      GstTagList* tags = nullptr;
      gst_event_parse_tag(event, &tags);
      GST_VIDEO_ENCODER_STREAM_LOCK(encoder);
      session_of(encoder).add_tags(tags);
      GST_VIDEO_ENCODER_STREAM_UNLOCK(encoder);
      return parent->sink_event(encoder, event);
    }
    case GST_EVENT_FLUSH_START: {
      session_of(encoder).begin_flush();
      const gboolean is_handled = parent->sink_event(encoder, event);
      pause_task(encoder);
      return is_handled;
    }
    case GST_EVENT_FLUSH_STOP:
      // The frame that came with the flush may have begun the task after it was paused. Were it still on its way to
      // rest, it would do so under the frames to come. And a flush may end that never began.
      session_of(encoder).begin_flush();
      pause_task(encoder);
      return parent->sink_event(encoder, event);
    default:
      return parent->sink_event(encoder, event);
  }
}

gboolean negotiate(GstVideoEncoder* encoder) {
  session_of(encoder).note_negotiation();
  return GST_VIDEO_ENCODER_CLASS(image_packer_encoder_parent_class)->negotiate(encoder);
}

gboolean transform_meta(GstVideoEncoder* encoder, GstVideoCodecFrame* frame, GstMeta* meta) {
  // Its content stands in the packed picture.
  if (element::is_metadata_meta(meta)) {
    return FALSE;
  }
  if (element::is_about_places(meta) && session_of(encoder).moves_pixels()) {
    return FALSE;
  }
  return GST_VIDEO_ENCODER_CLASS(image_packer_encoder_parent_class)->transform_meta(encoder, frame, meta);
}

GstStateChangeReturn change_state(GstElement* instance, GstStateChange transition) {
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    session_of(instance).begin_flush();
  }
  return GST_ELEMENT_CLASS(image_packer_encoder_parent_class)->change_state(instance, transition);
}

}  // namespace

static void image_packer_encoder_class_init(ImagePackerEncoderClass* klass) {
  auto* const object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  element::install_properties(object_class);
  g_object_class_install_property(
      object_class, kStats,
      g_param_spec_boxed("stats", "Statistics",
                         "Since the start: frames (pictures that went out), bytes, last-encode-time (nanoseconds), "
                         "dropped (frames that came too late, with qos=true)",
                         GST_TYPE_STRUCTURE, static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));

  auto* const element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = change_state;
  GstCaps* const caps = element::raw_video_caps();
  gst_element_class_add_pad_template(element_class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);

  auto* const encoder_class = GST_VIDEO_ENCODER_CLASS(klass);
  encoder_class->start = start;
  encoder_class->stop = stop;
  encoder_class->set_format = set_format;
  encoder_class->handle_frame = handle_frame;
  encoder_class->finish = finish;
  encoder_class->flush = flush;
  encoder_class->getcaps = getcaps;
  encoder_class->sink_event = sink_event;
  encoder_class->negotiate = negotiate;
  encoder_class->transform_meta = transform_meta;
}

static void image_packer_encoder_init(ImagePackerEncoder* self) {
  self->session = new Session(GST_VIDEO_ENCODER(self));
  // Pads accept what the template has; set_format refuses the rest with a sentence instead of a failed negotiation.
  GST_PAD_SET_ACCEPT_TEMPLATE(GST_VIDEO_ENCODER_SINK_PAD(self));
  // Whoever has a single picture knows no framerate.
  GST_PAD_SET_ACCEPT_INTERSECT(GST_VIDEO_ENCODER_SINK_PAD(self));
}

namespace {

/// One element: a name, and which formats its source pad has.
struct Variant {
  std::string element_name;
  std::string type_name;
  std::string long_name;
  std::string description;
  std::span<const imagepacker::FormatInfo> formats;
  GstRank rank;
};

Variant variant_of(const imagepacker::FormatInfo& format) {
  std::string name(format.name);
  const std::string long_name(format.long_name);
  Variant variant{.element_name = "imagepacker" + name,
                  .type_name = {},
                  .long_name = long_name + " image packer",
                  .description = "Packs raw video frames into " + long_name + " images",
                  .formats = {&format, 1},
                  // Nothing else in GStreamer writes HEIF. For the others applications keep the encoder they had.
                  .rank = format.format == imagepacker::Format::heif ? GST_RANK_PRIMARY : GST_RANK_MARGINAL};
  name[0] = g_ascii_toupper(name[0]);
  variant.type_name = "ImagePacker" + name;
  return variant;
}

/// All elements, the one for every format first.
const std::vector<Variant>& variants() {
  static const std::vector<Variant> all = [] {
    const auto formats = imagepacker::supported_formats();
    std::string names;
    for (const auto& format : formats) {
      names += imagepacker::text(names.empty() ? "" : &format == &formats.back() ? " or " : ", ", format.long_name);
    }
    // Not for autoplugging: encodebin 1.22 takes the parser from an encoder's source pad template, so that an element
    // of several formats would break its JPEG profiles.
    std::vector<Variant> result{{"imagepacker", "ImagePacker", "Image packer",
                                 "Packs raw video frames into " + names + " images, as downstream caps ask", formats,
                                 GST_RANK_NONE}};
    for (const auto& format : formats) {
      result.push_back(variant_of(format));
    }
    return result;
  }();
  return all;
}

void variant_class_init(gpointer klass, gpointer data) {
  const auto& variant = *static_cast<const Variant*>(data);
  auto* const element_class = GST_ELEMENT_CLASS(klass);
  GstCaps* const caps = element::packed_caps(variant.formats);
  gst_element_class_add_pad_template(element_class, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);
  gst_element_class_set_metadata(element_class, variant.long_name.c_str(), "Codec/Encoder/Image",
                                 variant.description.c_str(), "imagepacker developers");
}

GType type_of(const Variant& variant) {
  const GType existing = g_type_from_name(variant.type_name.c_str());
  if (existing != 0) {
    return existing;
  }
  GTypeInfo info{};
  info.class_size = sizeof(ImagePackerEncoderClass);
  info.class_init = variant_class_init;
  info.class_data = &variant;
  info.instance_size = sizeof(ImagePackerEncoder);
  return g_type_register_static(image_packer_encoder_get_type(), variant.type_name.c_str(), &info,
                                static_cast<GTypeFlags>(0));
}

gboolean register_variant(GstPlugin* plugin, const Variant& variant) {
  return gst_element_register(plugin, variant.element_name.c_str(), variant.rank, type_of(variant));
}

gboolean register_named(GstPlugin* plugin, std::string_view element_name) {
  element::prepare_encoders();
  for (const Variant& variant : variants()) {
    if (variant.element_name == element_name) {
      return register_variant(plugin, variant);
    }
  }
  return FALSE;
}

}  // namespace

GST_ELEMENT_REGISTER_DEFINE_CUSTOM(imagepacker, [](GstPlugin* p) { return register_named(p, "imagepacker"); })
GST_ELEMENT_REGISTER_DEFINE_CUSTOM(imagepackerjpeg, [](GstPlugin* p) { return register_named(p, "imagepackerjpeg"); })
GST_ELEMENT_REGISTER_DEFINE_CUSTOM(imagepackerwebp, [](GstPlugin* p) { return register_named(p, "imagepackerwebp"); })
GST_ELEMENT_REGISTER_DEFINE_CUSTOM(imagepackerpng, [](GstPlugin* p) { return register_named(p, "imagepackerpng"); })
GST_ELEMENT_REGISTER_DEFINE_CUSTOM(imagepackerheif, [](GstPlugin* p) { return register_named(p, "imagepackerheif"); })

void imagepacker::element::prepare_encoders() {
  init_debug_category();
  register_metadata_meta();
  // The capturing and geo tags, which an application may name as soon as the element is there.
  gst_tag_register_musicbrainz_tags();
  gst_type_mark_as_plugin_api(image_packer_encoder_get_type(), static_cast<GstPluginAPIFlags>(0));
}

GstElement* imagepacker::element::make_encoder(const char* name) {
  return GST_ELEMENT(g_object_new(type_of(variants().front()), "name", name, nullptr));
}

bool imagepacker::element::register_encoders(GstPlugin* plugin) {
  bool is_registered = true;
  for (const Variant& variant : variants()) {
    is_registered = register_named(plugin, variant.element_name) && is_registered;
  }
  return is_registered;
}
