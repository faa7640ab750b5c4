// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/packing_chain.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "caps.h"

namespace imagepacker::element {
namespace {

/// The encoder takes the layout itself.
bool is_known_layout(const GstCaps* caps) {
  GstCaps* const known = raw_video_caps();
  const bool is_known = gst_caps_can_intersect(caps, known);
  gst_caps_unref(known);
  return is_known;
}

/// Adds what the sink pads of `factory` can take to `caps`; nothing when there is no such element.
void append_sink_caps(GstCaps* caps, const char* factory) {
  GstElementFactory* const found = gst_element_factory_find(factory);
  if (found == nullptr) {
    return;
  }
  for (const GList* item = gst_element_factory_get_static_pad_templates(found); item != nullptr; item = item->next) {
    auto* const pad_template = static_cast<GstStaticPadTemplate*>(item->data);
    if (pad_template->direction == GST_PAD_SINK) {
      gst_caps_append(caps, gst_static_pad_template_get_caps(pad_template));
    }
  }
  gst_object_unref(found);
}

void unlink_pad(GstElement* element, const char* name) {
  GstPad* const pad = gst_element_get_static_pad(element, name);
  if (GstPad* const peer = gst_pad_get_peer(pad)) {
    GST_PAD_IS_SRC(pad) ? gst_pad_unlink(pad, peer) : gst_pad_unlink(peer, pad);
    gst_object_unref(peer);
  }
  gst_object_unref(pad);
}

/// Links without the event that tells upstream to negotiate anew. It would reach the camera, and, behind a tee, wait
/// for branches that wait for this one. What flows is checked when its caps come: HEIF has another name before the
/// queue.
bool link(GstElement* from, GstElement* to) {
  const auto checks = static_cast<GstPadLinkCheck>(GST_PAD_LINK_CHECK_HIERARCHY | GST_PAD_LINK_CHECK_NO_RECONFIGURE);
  return gst_element_link_pads_full(from, "src", to, "sink", checks) != FALSE;
}

/// The next buffer finds that the wishes of downstream have changed. An event would travel on and trouble the camera.
void mark_reconfigure(GstElement* element) {
  GstPad* const pad = gst_element_get_static_pad(element, "src");
  gst_pad_mark_reconfigure(pad);
  gst_object_unref(pad);
}

}  // namespace

bool is_raw_video(const GstCaps* caps) {
  return caps != nullptr && gst_structure_has_name(gst_caps_get_structure(caps, 0), "video/x-raw");
}

GstCaps* file_caps(std::optional<Format> format) {
  GstCaps* const caps = gst_caps_new_empty();
  for (const FormatInfo& info : supported_formats()) {
    for (const std::string_view mime_type : info.mime_types) {
      if (!format || info.format == *format) {
        gst_caps_append(caps, gst_caps_new_empty_simple(std::string(mime_type).c_str()));
      }
    }
  }
  return caps;
}

GstCaps* with_usual_name(const GstCaps* caps) {
  const GstStructure* const described = gst_caps_get_structure(caps, 0);
  const char* const variant = gst_structure_get_string(described, "variant");
  const FormatInfo* const heif = format_info(Format::heif);
  if (heif == nullptr || !gst_structure_has_name(described, "video/quicktime") || g_strcmp0(variant, "heif") != 0) {
    return nullptr;
  }
  GstCaps* const named = gst_caps_copy(caps);
  GstStructure* const renamed = gst_caps_get_structure(named, 0);
  gst_structure_set_name(renamed, std::string(heif->mime_types.front()).c_str());
  gst_structure_remove_field(renamed, "variant");
  return named;
}

std::optional<Format> packed_format(const GstCaps* caps) {
  const std::string_view name = gst_structure_get_name(gst_caps_get_structure(caps, 0));
  for (const FormatInfo& format : supported_formats()) {
    if (std::find(format.mime_types.begin(), format.mime_types.end(), name) != format.mime_types.end()) {
      return format.format;
    }
  }
  return std::nullopt;
}

PackingChain::PackingChain(GstBin* bin, GstElement* queue, GstElement* encoder, GstElement* writer)
    : bin_(bin), queue_(queue), encoder_(encoder), writer_(writer), given_(gst_structure_new_empty("given")) {
  // For caps queries before anything flows.
  link(encoder_, writer_);
}

Result<PackingChain::Way> PackingChain::choose_way(const GstCaps* caps, std::optional<Format> format) const {
  if (is_raw_video(caps)) {
    if (!format) {
      return make_error(Errc::invalid_argument,
                        "nothing says which format the photos are to have: set format, or a location that ends in one "
                        "of the extensions of a format, such as .jpg");
    }
    return is_known_layout(caps) ? Way::encode : Way::convert;
  }
  const auto packed = caps != nullptr ? packed_format(caps) : std::nullopt;
  if (packed && (!format || *format == *packed)) {
    return Way::copy;
  }
  if (!format) {
    return make_error(Errc::invalid_argument,
                      "nothing says which format the photos are to have, and what comes in is none that could be kept: "
                      "set format, or a location that ends in one of the extensions of a format, such as .jpg");
  }
  return Way::repack;
}

Status PackingChain::connect(const GstCaps* caps, std::optional<Format> format) {
  IP_ASSIGN(const Way way, choose_way(caps, format));
  const bool is_new_format = format != format_;
  format_ = format;
  if (way != way_) {
    const auto is_encoding = [](Way w) { return w == Way::encode || w == Way::convert; };
    if (way_ != Way::none && is_encoding(way_) != is_encoding(way)) {
      return make_error(Errc::unsupported,
                        "what comes in changes between raw video and packed images, which needs a new start: set the "
                        "sink to READY in between, or use one sink for each");
    }
    IP_TRY(lead(way));
  }
  if (is_new_format && way_ != Way::copy) {
    mark_reconfigure(way_ == Way::repack ? repacker_ : encoder_);
  }
  return {};
}

Status PackingChain::connect_end() {
  if (way_ == Way::none) {
    IP_TRY(lead(Way::copy));
    way_ = Way::none;  // a stream after a flush may need another
  }
  return {};
}

Result<GstElement*> PackingChain::make(const char* factory, const char* why) {
  GstElement* const element = gst_element_factory_make(factory, factory);
  if (element == nullptr) {
    return make_error(Errc::unsupported, text("there is no element ", factory, ", which is needed to ", why));
  }
  gst_bin_add(bin_, element);
  return element;
}

Result<GstElement*> PackingChain::make_repacker() {
  IP_ASSIGN(GstElement* const repacker, make("imagerepacker", "make another format of packed images"));
  const auto set = [](GQuark field, const GValue* value, gpointer element) -> gboolean {
    const char* const name = g_quark_to_string(field);
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), name) != nullptr) {
      g_object_set_property(G_OBJECT(element), name, value);
    }
    return TRUE;
  };
  const std::lock_guard lock(repacker_mutex_);
  gst_structure_foreach(given_, set, repacker);
  repacker_ = repacker;
  return repacker;
}

Status PackingChain::lead(Way way) {
  GstElement* first = way == Way::copy ? writer_ : encoder_;
  GstElement* last = way == Way::copy ? nullptr : encoder_;
  if (way == Way::convert) {
    if (converter_ == nullptr) {
      IP_ASSIGN(converter_, make("videoconvert", "make video of this layout one that can be packed"));
    }
    first = converter_;
  } else if (way == Way::repack) {
    if (repacker_ == nullptr) {
      IP_TRY(make_repacker());
    }
    first = last = repacker_;
  }
  unlink_all();
  bool is_linked = true;
  // From the end, so that what begins to flow finds its way.
  if (last != nullptr) {
    is_linked = link(last, writer_);
  }
  if (way == Way::convert) {
    is_linked = is_linked && link(converter_, encoder_);
  }
  is_linked = is_linked && link(queue_, first);
  is_linked = is_linked && gst_element_sync_state_with_parent(first);
  if (!is_linked) {
    return make_error(Errc::internal, "the elements inside can't be linked");
  }
  way_ = way;
  return {};
}

void PackingChain::unlink_all() {
  unlink_pad(queue_, "src");
  unlink_pad(writer_, "sink");
  unlink_pad(encoder_, "sink");
}

void PackingChain::disconnect() {
  unlink_all();
  link(encoder_, writer_);
  way_ = Way::none;
  format_.reset();
}

void PackingChain::set_property(const char* name, const GValue* value) {
  g_object_set_property(G_OBJECT(encoder_), name, value);
  const std::lock_guard lock(repacker_mutex_);
  gst_structure_set_value(given_, name, value);
  if (repacker_ != nullptr && g_object_class_find_property(G_OBJECT_GET_CLASS(repacker_), name) != nullptr) {
    g_object_set_property(G_OBJECT(repacker_), name, value);
  }
}

void PackingChain::get_property(const char* name, GValue* value) const {
  g_object_get_property(G_OBJECT(encoder_), name, value);
}

guint64 PackingChain::dropped_frames() const {
  GstStructure* stats = nullptr;
  g_object_get(encoder_, "stats", &stats, nullptr);
  guint64 dropped = 0;
  gst_structure_get_uint64(stats, "dropped", &dropped);
  gst_structure_free(stats);
  return dropped;
}

GstCaps* PackingChain::acceptable_caps(std::optional<Format> format) const {
  GstPad* const pad = gst_element_get_static_pad(encoder_, "sink");
  GstCaps* const encoder_caps = gst_pad_query_caps(pad, nullptr);
  gst_object_unref(pad);
  GstCaps* const caps = gst_caps_copy(encoder_caps);
  gst_caps_unref(encoder_caps);
  append_sink_caps(caps, "videoconvert");
  gst_caps_append(caps, file_caps(format));
  if (format) {
    append_sink_caps(caps, "imagerepacker");
  }
  return caps;
}

}  // namespace imagepacker::element
