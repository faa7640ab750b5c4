// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reader.h"

namespace imagepacker::element {
namespace {

struct ReaderElement {
  GstElement parent;
  Reader* reader;
};

/// How elements of one type are made; lives as long as the program.
struct ReaderType {
  void (*class_init)(GstElementClass*, gconstpointer data);
  gconstpointer data;
  std::unique_ptr<ReaderWork> (*make_work)(GstElement*);
};

struct ReaderElementClass {
  GstElementClass parent_class;
  const ReaderType* type;
};

Reader& reader_of(gpointer instance) {
  return *static_cast<ReaderElement*>(instance)->reader;
}

GstElementClass* parent_class() {
  return GST_ELEMENT_CLASS(g_type_class_peek(GST_TYPE_ELEMENT));
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  GST_OBJECT_LOCK(object);
  const bool is_known = reader_of(object).work().set_property(id, value);
  GST_OBJECT_UNLOCK(object);
  if (!is_known) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  GST_OBJECT_LOCK(object);
  const bool is_known = reader_of(object).work().get_property(id, value);
  GST_OBJECT_UNLOCK(object);
  if (!is_known) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

void finalize(GObject* object) {
  delete static_cast<ReaderElement*>(static_cast<gpointer>(object))->reader;
  G_OBJECT_CLASS(parent_class())->finalize(object);
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) {
  Reader& reader = reader_of(element);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    reader.start();
  } else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    reader.cancel();
  }
  const GstStateChangeReturn result = parent_class()->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    reader.stop();
  }
  return result;
}

GstFlowReturn chain(GstPad*, GstObject* parent, GstBuffer* buffer) {
  return reader_of(parent).chain(buffer);
}

gboolean sink_event(GstPad*, GstObject* parent, GstEvent* event) {
  return reader_of(parent).sink_event(event);
}

GstPad* add_pad(GstElement* element, const char* name) {
  GstPadTemplate* const pad_template = gst_element_get_pad_template(element, name);
  GstPad* const pad = gst_pad_new_from_template(pad_template, name);
  gst_element_add_pad(element, pad);
  return pad;
}

void class_init(gpointer klass, gpointer data) {
  const auto* const type = static_cast<const ReaderType*>(data);
  static_cast<ReaderElementClass*>(klass)->type = type;
  auto* const object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  auto* const element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = change_state;
  type->class_init(element_class, type->data);
}

void instance_init(GTypeInstance* instance, gpointer klass) {
  auto* const element = GST_ELEMENT(instance);
  GstPad* const sink_pad = add_pad(element, "sink");
  GstPad* const source_pad = add_pad(element, "src");
  gst_pad_set_chain_function(sink_pad, chain);
  gst_pad_set_event_function(sink_pad, sink_event);
  GST_PAD_SET_ACCEPT_TEMPLATE(sink_pad);
  gst_pad_use_fixed_caps(source_pad);
  auto work = static_cast<ReaderElementClass*>(klass)->type->make_work(element);
  reinterpret_cast<ReaderElement*>(instance)->reader = new Reader(element, sink_pad, source_pad, std::move(work));
}

}  // namespace

GType register_reader_type(const char* name, void (*init)(GstElementClass*, gconstpointer data), gconstpointer data,
                           std::unique_ptr<ReaderWork> (*make_work)(GstElement*)) {
  const GType existing = g_type_from_name(name);
  if (existing != 0) {
    return existing;
  }
  GTypeInfo info{};
  info.class_size = sizeof(ReaderElementClass);
  info.class_init = class_init;
  info.class_data = new ReaderType{init, data, make_work};
  info.instance_size = sizeof(ReaderElement);
  info.instance_init = instance_init;
  return g_type_register_static(GST_TYPE_ELEMENT, name, &info, static_cast<GTypeFlags>(0));
}

}  // namespace imagepacker::element
