// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/heif_reading.h"

#include <libde265/de265.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace imagepacker::heif {
namespace {

/// Reads big-endian numbers; reading past the end gives zeros and clears ok.
class Cursor {
 public:
  explicit Cursor(ByteView bytes) : bytes_(bytes) {}

  std::uint32_t number(int byte_count) {
    std::uint32_t value = 0;
    for (int i = 0; i < byte_count; ++i) {
      value = value << 8 | (at_end() ? 0 : std::to_integer<std::uint32_t>(bytes_[position_]));
      ok_ = ok_ && !at_end();
      position_ += at_end() ? 0 : 1;
    }
    return value;
  }
  std::string chars(std::size_t count) {
    const ByteView taken = take(count);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }
  std::string string() {
    std::string result;
    for (char c = static_cast<char>(number(1)); c != 0 && ok_; c = static_cast<char>(number(1))) {
      result.push_back(c);
    }
    return result;
  }
  ByteView take(std::size_t count) {
    ok_ = ok_ && count <= bytes_.size() - position_;
    const ByteView result = bytes_.subspan(position_, std::min(count, bytes_.size() - position_));
    position_ += result.size();
    return result;
  }
  [[nodiscard]] bool at_end() const { return position_ >= bytes_.size(); }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  ByteView bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

struct Box {
  std::string type;
  ByteView payload;
};

std::vector<Box> boxes(ByteView bytes) {
  std::vector<Box> result;
  Cursor cursor(bytes);
  while (!cursor.at_end()) {
    const std::uint32_t length = cursor.number(4);
    Box box{.type = cursor.chars(4), .payload = {}};
    if (length < 8) {
      return {};
    }
    box.payload = cursor.take(length - 8);
    if (!cursor.ok()) {
      return {};
    }
    result.push_back(box);
  }
  return result;
}

Bytes copy(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

ReadItem* item_of(ReadHeif& file, std::uint32_t id) {
  const auto found = std::ranges::find(file.items, static_cast<int>(id), &ReadItem::id);
  return found == file.items.end() ? nullptr : &*found;
}

void read_infos(Cursor box, ReadHeif& file) {
  box.number(4);
  box.number(2);
  for (const Box& entry : boxes(box.take(SIZE_MAX >> 1))) {
    Cursor info(entry.payload);
    const std::uint32_t version_and_flags = info.number(4);
    ReadItem item;
    item.id = static_cast<int>(info.number(2));
    info.number(2);
    item.type = info.chars(4);
    item.hidden = (version_and_flags & 1) != 0;
    info.string();
    if (item.type == "mime") {
      item.content_type = info.string();
    }
    file.items.push_back(item);
  }
}

void read_locations(Cursor box, ByteView whole, ReadHeif& file) {
  box.number(4);
  if (box.number(2) != 0x4400) {
    file.error = "iloc has other field sizes than four bytes";
  }
  for (std::uint32_t left = box.number(2); left > 0; --left) {
    ReadItem* const item = item_of(file, box.number(2));
    box.number(2);
    if (box.number(2) != 1 || item == nullptr) {
      file.error = "iloc entry without item, or in parts";
      return;
    }
    const std::uint32_t position = box.number(4);
    const std::uint32_t length = box.number(4);
    if (position > whole.size() || length > whole.size() - position) {
      file.error = "iloc points outside of the file";
      return;
    }
    item->data = copy(whole.subspan(position, length));
  }
}

void read_properties(ByteView payload, ReadHeif& file) {
  std::vector<Box> properties;
  for (const Box& box : boxes(payload)) {
    if (box.type == "ipco") {
      properties = boxes(box.payload);
      continue;
    }
    Cursor associations(box.payload);
    const bool wide = (associations.number(4) & 1) != 0;
    for (std::uint32_t left = associations.number(4); left > 0; --left) {
      ReadItem* const item = item_of(file, associations.number(2));
      for (std::uint32_t uses = associations.number(1); uses > 0; --uses) {
        const std::uint32_t use = associations.number(wide ? 2 : 1);
        const std::uint32_t index = use & (wide ? 0x7FFF : 0x7F);
        if (item == nullptr || index == 0 || index > properties.size()) {
          file.error = "ipma names an item or property that is not there";
          return;
        }
        const Box& property = properties[index - 1];
        item->properties.push_back({property.type, index != use, copy(property.payload)});
      }
    }
  }
}

void read_references(Cursor box, ReadHeif& file) {
  box.number(4);
  for (const Box& entry : boxes(box.take(SIZE_MAX >> 1))) {
    Cursor fields(entry.payload);
    ReadReference reference{.type = entry.type, .from = static_cast<int>(fields.number(2)), .to = {}};
    for (std::uint32_t left = fields.number(2); left > 0; --left) {
      reference.to.push_back(static_cast<int>(fields.number(2)));
    }
    file.references.push_back(reference);
  }
}

void read_meta(ByteView payload, ByteView whole, ReadHeif& file) {
  const std::vector<Box> children = boxes(payload.subspan(std::min<std::size_t>(4, payload.size())));
  const auto each = [&](const std::string& type, const auto& read) {
    for (const Box& box : children) {
      if (box.type == type) {
        read(box.payload);
      }
    }
  };
  each("pitm", [&](ByteView bytes) { file.primary = static_cast<int>(Cursor(bytes.subspan(4)).number(2)); });
  each("iinf", [&](ByteView bytes) { read_infos(Cursor(bytes), file); });
  each("iloc", [&](ByteView bytes) { read_locations(Cursor(bytes), whole, file); });
  each("iprp", [&](ByteView bytes) { read_properties(bytes, file); });
  each("iref", [&](ByteView bytes) { read_references(Cursor(bytes), file); });
}

struct FreeDecoder {
  void operator()(de265_decoder_context* decoder) const { de265_free_decoder(decoder); }
};

void push_nals(de265_decoder_context* decoder, const ReadItem& item) {
  const ReadProperty* const configuration = item.find("hvcC");
  if (configuration == nullptr) {
    return;
  }
  Cursor fields(configuration->payload);
  fields.take(22);
  for (std::uint32_t arrays = fields.number(1); arrays > 0; --arrays) {
    fields.number(1);
    for (std::uint32_t count = fields.number(2); count > 0; --count) {
      const ByteView nal = fields.take(fields.number(2));
      de265_push_NAL(decoder, nal.data(), static_cast<int>(nal.size()), 0, nullptr);
    }
  }
  Cursor data(item.data);
  while (!data.at_end()) {
    const ByteView nal = data.take(data.number(4));
    de265_push_NAL(decoder, nal.data(), static_cast<int>(nal.size()), 0, nullptr);
  }
  de265_flush_data(decoder);
}

DecodedPlane plane_of(const de265_image* image, int channel) {
  int stride = 0;
  const std::uint8_t* const rows = de265_get_image_plane(image, channel, &stride);
  return copy_plane(rows, stride, {de265_get_image_width(image, channel), de265_get_image_height(image, channel)},
                    de265_get_bits_per_pixel(image, channel));
}

std::array<DecodedPlane, 3> decode_hevc(const ReadItem& item) {
  std::array<DecodedPlane, 3> planes;
  const std::unique_ptr<de265_decoder_context, FreeDecoder> decoder(de265_new_decoder());
  push_nals(decoder.get(), item);
  int more = 1;
  while (more != 0 && de265_decode(decoder.get(), &more) == DE265_OK) {
    if (const de265_image* const image = de265_get_next_picture(decoder.get())) {
      const int channels = de265_get_chroma_format(image) == de265_chroma_mono ? 1 : 3;
      for (int c = 0; c < channels; ++c) {
        planes[static_cast<std::size_t>(c)] = plane_of(image, c);
      }
      break;
    }
  }
  return planes;
}

DecodedPlane cropped(const DecodedPlane& plane, int width, int height) {
  DecodedPlane result{.width = std::min(width, plane.width),
                      .height = std::min(height, plane.height),
                      .bits = plane.bits,
                      .samples = {}};
  for (int y = 0; y < result.height; ++y) {
    const auto row = plane.samples.begin() + static_cast<std::ptrdiff_t>(y) * plane.width;
    result.samples.insert(result.samples.end(), row, row + result.width);
  }
  return result;
}

/// Crops to `width`×`height` luma samples; chroma planes keep every sample that a visible pixel uses.
std::array<DecodedPlane, 3> cropped(const std::array<DecodedPlane, 3>& planes, int width, int height) {
  std::array<DecodedPlane, 3> result;
  for (std::size_t c = 0; c < planes.size(); ++c) {
    if (planes[c].width == 0) {
      continue;
    }
    const int step_x = planes[0].width / planes[c].width;
    const int step_y = planes[0].height / planes[c].height;
    result[c] = cropped(planes[c], (width + step_x - 1) / step_x, (height + step_y - 1) / step_y);
  }
  return result;
}

void paste(const DecodedPlane& tile, DecodedPlane& target, int column, int row) {
  for (int y = 0; y < tile.height; ++y) {
    std::copy_n(tile.samples.begin() + static_cast<std::ptrdiff_t>(y) * tile.width, tile.width,
                target.samples.begin() + static_cast<std::ptrdiff_t>(row * tile.height + y) * target.width +
                    static_cast<std::ptrdiff_t>(column) * tile.width);
  }
}

/// ISO/IEC 23008-12 clause 6.6.2.3.
std::array<DecodedPlane, 3> decode_grid(const ReadHeif& file, const ReadItem& item) {
  std::array<DecodedPlane, 3> planes;
  Cursor fields(item.data);
  fields.number(1);
  const int field_bytes = (fields.number(1) & 1) != 0 ? 4 : 2;
  const int rows = static_cast<int>(fields.number(1)) + 1;
  const int columns = static_cast<int>(fields.number(1)) + 1;
  const int width = static_cast<int>(fields.number(field_bytes));
  const int height = static_cast<int>(fields.number(field_bytes));
  const auto tiles = std::ranges::find_if(
      file.references, [&](const ReadReference& each) { return each.type == "dimg" && each.from == item.id; });
  if (tiles == file.references.end() || static_cast<int>(tiles->to.size()) != rows * columns) {
    return planes;
  }
  for (std::size_t t = 0; t < tiles->to.size(); ++t) {
    const auto tile = decode_hevc(*file.find(tiles->to[t]));
    for (std::size_t c = 0; c < planes.size(); ++c) {
      DecodedPlane& target = planes[c];
      if (t == 0) {
        target = {
            .width = tile[c].width * columns, .height = tile[c].height * rows, .bits = tile[c].bits, .samples = {}};
        target.samples.resize(static_cast<std::size_t>(target.width) * target.height);
      }
      paste(tile[c], target, static_cast<int>(t) % columns, static_cast<int>(t) / columns);
    }
  }
  return cropped(planes, width, height);
}

}  // namespace

const ReadProperty* ReadItem::find(const std::string& property_type) const {
  const auto found = std::ranges::find(properties, property_type, &ReadProperty::type);
  return found == properties.end() ? nullptr : &*found;
}

const ReadItem* ReadHeif::find(int id) const {
  const auto found = std::ranges::find(items, id, &ReadItem::id);
  return found == items.end() ? nullptr : &*found;
}

const ReadItem* ReadHeif::find_referring(const std::string& type, int to) const {
  for (const ReadReference& reference : references) {
    if (reference.type == type && std::ranges::count(reference.to, to) > 0) {
      return find(reference.from);
    }
  }
  return nullptr;
}

ReadHeif read_heif(ByteView file) {
  ReadHeif result;
  const std::vector<Box> top = boxes(file);
  if (top.size() != 3 || top[0].type != "ftyp" || top[1].type != "meta" || top[2].type != "mdat") {
    result.error = "not ftyp, meta, mdat";
    return result;
  }
  Cursor brands(top[0].payload);
  brands.take(8);
  while (!brands.at_end()) {
    result.brands.push_back(brands.chars(4));
  }
  read_meta(top[1].payload, file, result);
  return result;
}

std::array<DecodedPlane, 3> decode_item(const ReadHeif& file, const ReadItem& item) {
  std::array<DecodedPlane, 3> planes = item.type == "grid" ? decode_grid(file, item) : decode_hevc(item);
  if (const ReadProperty* const aperture = item.find("clap")) {
    Cursor fields(aperture->payload);
    const int width = static_cast<int>(fields.number(4));
    fields.number(4);
    planes = cropped(planes, width, static_cast<int>(fields.number(4)));
  }
  return planes;
}

}  // namespace imagepacker::heif
