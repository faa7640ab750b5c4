// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata/exif_document.h"

#include <libexif/exif-data.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "metadata/exif_key.h"
#include "metadata/exif_scan.h"
#include "metadata/exif_value.h"

namespace imagepacker {
namespace {

constexpr char kPrefix[] = {'E', 'x', 'i', 'f', 0, 0};
constexpr std::size_t kTiffHeaderBytes = 8;

struct UnrefData {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};
struct UnrefEntry {
  void operator()(ExifEntry* entry) const { exif_entry_unref(entry); }
};
struct UnrefMemory {
  void operator()(ExifMem* memory) const { exif_mem_unref(memory); }
};
struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

ExifIfd ifd_of(ExifDirectory directory) {
  switch (directory) {
    case ExifDirectory::image:
      return EXIF_IFD_0;
    case ExifDirectory::photo:
      return EXIF_IFD_EXIF;
    case ExifDirectory::gps:
      return EXIF_IFD_GPS;
  }
  return EXIF_IFD_0;
}

ExifFormat format_of(ExifType type) {
  switch (type) {
    case ExifType::byte:
      return EXIF_FORMAT_BYTE;
    case ExifType::ascii:
      return EXIF_FORMAT_ASCII;
    case ExifType::u16:
      return EXIF_FORMAT_SHORT;
    case ExifType::u32:
      return EXIF_FORMAT_LONG;
    case ExifType::rational:
      return EXIF_FORMAT_RATIONAL;
    case ExifType::signed_rational:
      return EXIF_FORMAT_SRATIONAL;
    case ExifType::undefined:
    case ExifType::comment:
      return EXIF_FORMAT_UNDEFINED;
  }
  return EXIF_FORMAT_UNDEFINED;
}

constexpr ExifKey kOrientation{"Orientation", ExifDirectory::image, EXIF_TAG_ORIENTATION, ExifType::u16, 1};
constexpr ExifKey kPixelXDimension{"PixelXDimension", ExifDirectory::photo, EXIF_TAG_PIXEL_X_DIMENSION, ExifType::u32,
                                   1};
constexpr ExifKey kPixelYDimension{"PixelYDimension", ExifDirectory::photo, EXIF_TAG_PIXEL_Y_DIMENSION, ExifType::u32,
                                   1};
constexpr ExifKey kColorSpace{"ColorSpace", ExifDirectory::photo, EXIF_TAG_COLOR_SPACE, ExifType::u16, 1};

/// Mandatory beside any other tag of its directory (Exif 2.32, clause 4.6.6).
constexpr std::string_view kGpsVersion = "Exif.GPSInfo.GPSVersionID";

/// XMP, IPTC and Photoshop's resources as TIFF files hold them: whatever they say of places, Exif knows nothing of it.
constexpr std::uint16_t kForeignMetadataTags[] = {EXIF_TAG_XML_PACKET, EXIF_TAG_IPTC_NAA, EXIF_TAG_IMAGE_RESOURCES};

/// What Exif 2.32 tables 18 and 19 make mandatory for compressed pictures, with the values that say the least.
struct MandatoryTag {
  ExifKey key;
  std::string_view value;
};
constexpr MandatoryTag kMandatoryTags[] = {
    {{"XResolution", ExifDirectory::image, EXIF_TAG_X_RESOLUTION, ExifType::rational, 1}, "72/1"},
    {{"YResolution", ExifDirectory::image, EXIF_TAG_Y_RESOLUTION, ExifType::rational, 1}, "72/1"},
    {{"ResolutionUnit", ExifDirectory::image, EXIF_TAG_RESOLUTION_UNIT, ExifType::u16, 1}, "2"},
    {{"YCbCrPositioning", ExifDirectory::image, EXIF_TAG_YCBCR_POSITIONING, ExifType::u16, 1}, "1"},
    {{"ExifVersion", ExifDirectory::photo, EXIF_TAG_EXIF_VERSION, ExifType::undefined, 4}, "0232"},
    {{"ComponentsConfiguration", ExifDirectory::photo, EXIF_TAG_COMPONENTS_CONFIGURATION, ExifType::undefined, 4},
     std::string_view("\1\2\3\0", 4)},
    {{"FlashpixVersion", ExifDirectory::photo, EXIF_TAG_FLASH_PIX_VERSION, ExifType::undefined, 4}, "0100"},
};

}  // namespace

struct ExifDocument::Impl {
  std::unique_ptr<ExifData, UnrefData> data;
  int unreadable_tags = 0;

  [[nodiscard]] ExifContent* directory(ExifIfd ifd) const { return data->ifd[ifd]; }
  [[nodiscard]] ByteOrder byte_order() const {
    return exif_data_get_byte_order(data.get()) == EXIF_BYTE_ORDER_MOTOROLA ? ByteOrder::big_endian
                                                                            : ByteOrder::little_endian;
  }
  [[nodiscard]] ExifEntry* find(ExifIfd ifd, std::uint16_t tag) const {
    return exif_content_get_entry(directory(ifd), static_cast<ExifTag>(tag));
  }
  [[nodiscard]] ExifEntry* find(const ExifKey& key) const { return find(ifd_of(key.directory), key.tag); }

  void erase(ExifIfd ifd, std::uint16_t tag) const {
    // A broken file may hold a tag twice.
    while (ExifEntry* const entry = find(ifd, tag)) {
      exif_content_remove_entry(directory(ifd), entry);
    }
  }

  Status set(ExifIfd ifd, const ExifKey& key, std::string_view value) const;
  Status set(const ExifKey& key, std::string_view value) const { return set(ifd_of(key.directory), key, value); }
};

Status ExifDocument::Impl::set(ExifIfd ifd, const ExifKey& key, std::string_view value) const {
  IP_ASSIGN(const ExifValue encoded, encode_exif_value(key, value, byte_order()));
  const std::unique_ptr<ExifMem, UnrefMemory> memory(exif_mem_new_default());
  const std::unique_ptr<ExifEntry, UnrefEntry> entry(memory ? exif_entry_new_mem(memory.get()) : nullptr);
  const auto size = static_cast<unsigned>(encoded.bytes.size());
  auto* const bytes =
      entry ? static_cast<unsigned char*>(exif_mem_alloc(memory.get(), static_cast<ExifLong>(size))) : nullptr;
  if (bytes == nullptr) {
    return make_error(Errc::out_of_memory, text("no memory for ", key.name));
  }
  std::memcpy(bytes, encoded.bytes.data(), size);
  entry->tag = static_cast<ExifTag>(key.tag);
  entry->format = format_of(key.type);
  entry->components = encoded.count;
  entry->data = bytes;
  entry->size = size;
  erase(ifd, key.tag);
  exif_content_add_entry(directory(ifd), entry.get());
  return {};
}

ExifDocument::ExifDocument(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ExifDocument::ExifDocument(ExifDocument&&) noexcept = default;
ExifDocument& ExifDocument::operator=(ExifDocument&&) noexcept = default;
ExifDocument::~ExifDocument() = default;

Result<ExifDocument> ExifDocument::create() {
  auto impl = std::make_unique<Impl>();
  impl->data.reset(exif_data_new());
  if (!impl->data) {
    return make_error(Errc::out_of_memory, "no memory for Exif");
  }
  exif_data_set_byte_order(impl->data.get(), EXIF_BYTE_ORDER_INTEL);
  return ExifDocument(std::move(impl));
}

Result<ExifDocument> ExifDocument::parse(ByteView tiff) {
  tiff = without_exif_prefix(tiff);
  const bool has_signature = tiff.size() >= kTiffHeaderBytes &&
                             (std::memcmp(tiff.data(), "II*\0", 4) == 0 || std::memcmp(tiff.data(), "MM\0*", 4) == 0);
  if (!has_signature) {
    return make_error(Errc::corrupt_input,
                      text("Exif of ", tiff.size(), " bytes does not begin with a TIFF header (II*\\0 or MM\\0*)"));
  }
  const std::size_t given_bytes = tiff.size();
  tiff = tiff.first(std::min(given_bytes, kMaxExifBytes));
  Bytes prefixed(sizeof kPrefix + tiff.size());
  std::memcpy(prefixed.data(), kPrefix, sizeof kPrefix);
  std::memcpy(prefixed.data() + sizeof kPrefix, tiff.data(), tiff.size());

  IP_ASSIGN(ExifDocument document, create());
  ExifData* const data = document.impl_->data.get();
  // Everything is handed on as it came; only what is set is changed.
  exif_data_unset_option(data, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
  exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  exif_data_set_option(data, EXIF_DATA_OPTION_DONT_CHANGE_MAKER_NOTE);
  exif_data_load_data(data, reinterpret_cast<const unsigned char*>(prefixed.data()),
                      static_cast<unsigned>(prefixed.size()));
  bool is_empty = data->size == 0;
  for (const ExifContent* content : data->ifd) {
    is_empty = is_empty && content->count == 0;
  }
  if (is_empty) {
    return make_error(Errc::corrupt_input,
                      text("Exif of ", given_bytes, " bytes holds no readable directory",
                           given_bytes > kMaxExifBytes ? text(" in the first ", kMaxExifBytes) : ""));
  }
  document.impl_->unreadable_tags = count_unreadable_tags(tiff);
  return document;
}

int ExifDocument::unreadable_tags() const {
  return impl_->unreadable_tags;
}

Status ExifDocument::set(std::string_view key_name, std::string_view value) {
  const ExifKey* const key = find_exif_key(key_name);
  if (key == nullptr) {
    return make_error(Errc::invalid_argument,
                      text("\"", key_name.substr(0, 80), "\" is no Exif key that can be set; they look like ",
                           "Exif.Photo.LensModel"));
  }
  return impl_->set(*key, value);
}

bool ExifDocument::has(std::string_view key_name) const {
  const ExifKey* const key = find_exif_key(key_name);
  return key != nullptr && impl_->find(*key) != nullptr;
}

std::string ExifDocument::text_of(std::string_view key_name) const {
  const ExifKey* const key = find_exif_key(key_name);
  const ExifEntry* const entry = key != nullptr ? impl_->find(*key) : nullptr;
  if (entry == nullptr || entry->format != EXIF_FORMAT_ASCII || entry->data == nullptr) {
    return {};
  }
  const std::string_view chars(reinterpret_cast<const char*>(entry->data), entry->size);
  return std::string(chars.substr(0, chars.find('\0')));
}

void ExifDocument::erase(std::string_view key_name) {
  if (const ExifKey* const key = find_exif_key(key_name)) {
    impl_->erase(ifd_of(key->directory), key->tag);
  }
}

void ExifDocument::erase_gps() {
  ExifContent* const gps = impl_->directory(EXIF_IFD_GPS);
  while (gps->count > 0) {
    exif_content_remove_entry(gps, gps->entries[gps->count - 1]);
  }
  for (int ifd = 0; ifd < EXIF_IFD_COUNT; ++ifd) {
    for (const std::uint16_t tag : kForeignMetadataTags) {
      impl_->erase(static_cast<ExifIfd>(ifd), tag);
    }
  }
}

Status ExifDocument::describe_picture(Size size, ExifColorSpace color_space) {
  erase_thumbnail();
  for (const MandatoryTag& tag : kMandatoryTags) {
    if (impl_->find(tag.key) == nullptr) {
      IP_TRY(impl_->set(tag.key, tag.value));
    }
  }
  if (impl_->directory(EXIF_IFD_GPS)->count > 0 && !has(kGpsVersion)) {
    IP_TRY(set(kGpsVersion, "2 3 0 0"));
  }
  IP_TRY(impl_->set(kPixelXDimension, text(size.width)));
  IP_TRY(impl_->set(kPixelYDimension, text(size.height)));
  return impl_->set(kColorSpace, text(static_cast<int>(color_space)));
}

Status ExifDocument::set_orientation(Orientation orientation) {
  return impl_->set(kOrientation, text(static_cast<int>(orientation)));
}

Orientation ExifDocument::orientation() const {
  const ExifEntry* const entry = impl_->find(kOrientation);
  if (entry == nullptr || entry->format != EXIF_FORMAT_SHORT || entry->components != 1 || entry->size < 2) {
    return Orientation::normal;
  }
  const ExifShort value = exif_get_short(entry->data, exif_data_get_byte_order(impl_->data.get()));
  return value >= 1 && value <= 8 ? static_cast<Orientation>(value) : Orientation::normal;
}

bool ExifDocument::has_orientation() const {
  return impl_->find(kOrientation) != nullptr;
}

Status ExifDocument::set_thumbnail(ByteView jpeg) {
  if (jpeg.empty() || jpeg.size() > 0xFFFF) {
    return make_error(Errc::limit_exceeded,
                      text("an Exif thumbnail of ", jpeg.size(), " bytes; allowed are 1 to 65535"));
  }
  erase_thumbnail();
  // libexif frees the thumbnail with the allocator of its ExifData, which is malloc's.
  auto* const copy = static_cast<unsigned char*>(std::malloc(jpeg.size()));
  if (copy == nullptr) {
    return make_error(Errc::out_of_memory, text("no memory for an Exif thumbnail of ", jpeg.size(), " bytes"));
  }
  std::memcpy(copy, jpeg.data(), jpeg.size());
  impl_->data->data = copy;
  impl_->data->size = static_cast<unsigned>(jpeg.size());
  constexpr ExifKey kCompression{"Compression", ExifDirectory::image, EXIF_TAG_COMPRESSION, ExifType::u16, 1};
  IP_TRY(impl_->set(EXIF_IFD_1, kCompression, "6"));
  for (const MandatoryTag& tag : kMandatoryTags) {
    const bool is_resolution = tag.key.tag == EXIF_TAG_X_RESOLUTION || tag.key.tag == EXIF_TAG_Y_RESOLUTION ||
                               tag.key.tag == EXIF_TAG_RESOLUTION_UNIT;
    if (is_resolution) {
      IP_TRY(impl_->set(EXIF_IFD_1, tag.key, tag.value));
    }
  }
  return {};
}

void ExifDocument::erase_thumbnail() {
  ExifData* const data = impl_->data.get();
  std::free(data->data);
  data->data = nullptr;
  data->size = 0;
  ExifContent* const directory = impl_->directory(EXIF_IFD_1);
  while (directory->count > 0) {
    exif_content_remove_entry(directory, directory->entries[directory->count - 1]);
  }
}

bool ExifDocument::has_thumbnail() const {
  return !thumbnail().empty();
}

ByteView ExifDocument::thumbnail() const {
  return std::as_bytes(std::span(impl_->data->data, impl_->data->size));
}

Result<Bytes> ExifDocument::serialize() const {
  unsigned char* saved = nullptr;
  unsigned size = 0;
  exif_data_save_data(impl_->data.get(), &saved, &size);
  const std::unique_ptr<unsigned char, Free> owned(saved);
  if (!owned || size < sizeof kPrefix + kTiffHeaderBytes) {
    return make_error(Errc::out_of_memory, "no memory for writing Exif");
  }
  const auto all = std::as_bytes(std::span(saved, size)).subspan(sizeof kPrefix);
  return Bytes(all.begin(), all.end());
}

ByteView without_exif_prefix(ByteView exif) {
  const bool has_prefix = exif.size() >= sizeof kPrefix && std::memcmp(exif.data(), kPrefix, sizeof kPrefix) == 0;
  return has_prefix ? exif.subspan(sizeof kPrefix) : exif;
}

Orientation exif_orientation(ByteView exif) {
  if (exif.empty()) {
    return Orientation::normal;
  }
  const auto document = ExifDocument::parse(exif);
  return document.has_value() ? document->orientation() : Orientation::normal;
}

}  // namespace imagepacker
