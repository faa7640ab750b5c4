// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker::bmff {

using ItemId = std::uint16_t;

/// A property in the file's list and whether a reader that does not know it must leave the item alone.
struct PropertyUse {
  int index = 0;  ///< what ItemFile::add_property returned
  bool essential = false;
};

/// One item: an image, a derived image or a blob.
struct Item {
  std::string type;                     ///< four-character code
  std::string content_type;             ///< MIME type, for type "mime" only
  bool hidden = false;                  ///< not to be shown on its own
  std::vector<PropertyUse> properties;  ///< in the order of their effect
  Bytes data;
};

/// A file of items: 'ftyp', one 'meta' box and one 'mdat' (ISO/IEC 23008-12, ISO/IEC 14496-12 clause 8.11). It knows
/// how items, properties and references are stated, nothing about pixels.
class ItemFile {
 public:
  /// `brands`: the first is the major brand; all are listed as compatible.
  explicit ItemFile(std::vector<std::string> brands) : brands_(std::move(brands)) {}

  /// Adds the property `box`, or finds the equal one that is there already.
  int add_property(Bytes box);

  /// Errors: limit_exceeded above 65535 items.
  Result<ItemId> add_item(Item item);

  /// States that `from` relates to `to`, in that order, by 'dimg', 'auxl', 'cdsc' or the like.
  void add_reference(std::string_view type, ItemId from, std::vector<ItemId> to);

  /// Groups items; 'altr': alternatives, the preferred one first.
  void add_group(std::string_view type, std::vector<ItemId> members);

  void set_primary(ItemId item) { primary_ = item; }

  /// Writes the file. Every item's data is freed as soon as it is written, so that the file does not stand in memory
  /// twice. Errors: limit_exceeded at 4 GiB, sink_failed.
  Status write(ByteSink& sink) &&;

 private:
  struct Reference {
    std::string type;
    ItemId from;
    std::vector<ItemId> to;
  };
  struct Group {
    std::string type;
    std::vector<ItemId> members;
  };

  [[nodiscard]] Bytes meta_box(std::uint32_t first_data_position) const;

  std::vector<std::string> brands_;
  std::vector<Bytes> properties_;
  std::vector<Item> items_;  ///< the item with id n is items_[n - 1]
  std::vector<Reference> references_;
  std::vector<Group> groups_;
  ItemId primary_ = 1;
};

}  // namespace imagepacker::bmff
