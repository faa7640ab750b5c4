// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/photo_order.h"

#include <utility>

namespace imagepacker::element {
namespace {

struct OrderMeta {
  GstMeta meta;
  PhotoOrderPtr* order;
};

gboolean initialize(GstMeta* meta, gpointer, GstBuffer*) {
  reinterpret_cast<OrderMeta*>(meta)->order = new PhotoOrderPtr();
  return TRUE;
}

void release(GstMeta* meta, GstBuffer*) {
  delete reinterpret_cast<OrderMeta*>(meta)->order;
}

gboolean copy(GstBuffer* target, GstMeta* meta, GstBuffer*, GQuark, gpointer) {
  set_photo_order(target, *reinterpret_cast<OrderMeta*>(meta)->order);
  return TRUE;
}

/// Without tags, so that whatever an element does to the picture it hands the order on.
const GstMetaInfo* meta_info() {
  static const GstMetaInfo* const info = [] {
    static const gchar* no_tags[] = {nullptr};
    const GType api = gst_meta_api_type_register("ImagePackerPhotoOrderAPI", no_tags);
    return gst_meta_register(api, "ImagePackerPhotoOrder", sizeof(OrderMeta), initialize, release, copy);
  }();
  return info;
}

}  // namespace

void register_photo_order() {
  meta_info();
}

void set_photo_order(GstBuffer* buffer, PhotoOrderPtr order) {
  auto* existing = reinterpret_cast<OrderMeta*>(gst_buffer_get_meta(buffer, meta_info()->api));
  if (existing == nullptr) {
    existing = reinterpret_cast<OrderMeta*>(gst_buffer_add_meta(buffer, meta_info(), nullptr));
  }
  *existing->order = std::move(order);
}

PhotoOrderPtr photo_order_of(GstBuffer* buffer) {
  const auto* const meta = reinterpret_cast<OrderMeta*>(gst_buffer_get_meta(buffer, meta_info()->api));
  return meta != nullptr ? *meta->order : nullptr;
}

}  // namespace imagepacker::element
