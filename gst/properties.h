// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib-object.h>

#include "imagepacker/options.h"

namespace imagepacker::element {

/// More would not be faster on any machine but would take memory for a frame each.
inline constexpr guint kMaxThreads = 1024;

/// The properties of install_properties() have numbers below.
inline constexpr guint kFirstFreePropertyId = 1000;

/// The GEnum of DynamicRange.
GType dynamic_range_type();

/// What the properties of an encoder element hold. `packing.format` is none of them: the caps decide it.
struct Settings {
  PackingOptions packing;
  bool premultiplied_alpha = false;
  bool apply_orientation = false;
  bool snapshot = false;
  guint max_threads = 0;  ///< up to kMaxThreads, 0 = as many as there are CPUs

  friend bool operator==(const Settings&, const Settings&) = default;
};

/// Installs every property, numbered from 1.
void install_properties(GObjectClass* object_class);

/// The same without those that speak of raw frames, which an element with image files on its sink pad has none of.
void install_repacking_properties(GObjectClass* object_class);

/// Property `id` is quality.
bool is_quality_property(guint id);

/// Property `id` says how JPEG's entropy code is made.
bool is_coding_property(guint id);

/// Takes the value of property `id` into `settings`; false when there is no such property.
bool set_property(Settings& settings, guint id, const GValue* value);

/// Puts what `settings` has for property `id` into `value`; false when there is no such property.
bool get_property(const Settings& settings, guint id, GValue* value);

}  // namespace imagepacker::element
