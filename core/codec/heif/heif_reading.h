// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "codec/heif/decoded_plane.h"
#include "imagepacker/byte_sink.h"

namespace imagepacker::heif {

/// A property as an item uses it.
struct ReadProperty {
  std::string type;
  bool essential = false;
  Bytes payload;  ///< what follows the box header
};

struct ReadItem {
  int id = 0;
  std::string type;
  std::string content_type;
  bool hidden = false;
  std::vector<ReadProperty> properties;
  Bytes data;

  [[nodiscard]] const ReadProperty* find(const std::string& property_type) const;
};

struct ReadReference {
  std::string type;
  int from = 0;
  std::vector<int> to;
};

/// A HEIF file taken apart by code that shares nothing with the writer, for tests.
struct ReadHeif {
  std::string error;  ///< empty when the structure is sound
  std::vector<std::string> brands;
  int primary = 0;
  std::vector<ReadItem> items;
  std::vector<ReadReference> references;

  [[nodiscard]] const ReadItem* find(int id) const;
  /// The item that refers to `to` by `type`, or nullptr.
  [[nodiscard]] const ReadItem* find_referring(const std::string& type, int to) const;
};

ReadHeif read_heif(ByteView file);

/// The planes of an image item, 'hvc1' or 'grid', clean aperture applied. libde265 decodes; no colour is converted.
/// Empty planes where that fails.
std::array<DecodedPlane, 3> decode_item(const ReadHeif& file, const ReadItem& item);

}  // namespace imagepacker::heif
