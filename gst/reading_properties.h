// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib-object.h>

#include "imagepacker/unpacker.h"

namespace imagepacker::element {

/// What the properties max-pixels, max-memory and dynamic-range of elements that read image files hold.
struct ReadingSettings {
  UnpackLimits limits;
  DynamicRange dynamic_range = DynamicRange::automatic;

  /// Property `id`, numbered as by the functions below; false when it is none of these.
  bool set(guint id, const GValue* value);
  bool get(guint id, GValue* value) const;
};

/// Installs max-pixels and max-memory. Their numbers are above those of install_properties().
void install_limit_properties(GObjectClass* object_class);

/// The same and dynamic-range.
void install_reading_properties(GObjectClass* object_class);

}  // namespace imagepacker::element
