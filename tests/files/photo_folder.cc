// SPDX-License-Identifier: LGPL-2.1-or-later
#include "files/photo_folder.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace imagepacker::test {
namespace {

namespace fs = std::filesystem;

std::uint32_t little_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  return __builtin_bswap32(little_endian(bytes, at));
}

/// The boxes of a HEIF file fill it exactly.
bool is_whole_heif(const std::string& bytes) {
  std::size_t at = 0;
  while (at + 8 <= bytes.size()) {
    const std::uint32_t size = big_endian(bytes, at);
    if (size < 8) {
      return false;
    }
    at += size;
  }
  return at == bytes.size();
}

}  // namespace

PhotoFolder::PhotoFolder() {
  std::string name = (fs::temp_directory_path() / "imagepacker-XXXXXX").string();
  EXPECT_NE(mkdtemp(name.data()), nullptr);
  path_ = name;
}

PhotoFolder::~PhotoFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> PhotoFolder::names() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string PhotoFolder::content(const std::string& name) const {
  std::ifstream file(path_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<FileMessage> file_message(GstMessage* message) {
  const GstStructure* const s = gst_message_get_structure(message);
  if (s == nullptr || !gst_structure_has_name(s, "imagepackersink-file")) {
    return std::nullopt;
  }
  FileMessage file;
  const char* const location = gst_structure_get_string(s, "location");
  file.location = location == nullptr ? "" : location;
  file.format = gst_structure_get_string(s, "format");
  EXPECT_TRUE(gst_structure_get(s, "size", G_TYPE_UINT64, &file.size, "width", G_TYPE_INT, &file.width, "height",
                                G_TYPE_INT, &file.height, "index", G_TYPE_UINT64, &file.index, "pts",
                                GST_TYPE_CLOCK_TIME, &file.pts, "encode-time", GST_TYPE_CLOCK_TIME, &file.encode_time,
                                "request", G_TYPE_UINT, &file.request, nullptr));
  return file;
}

std::string format_of(const std::string& bytes) {
  if (bytes.size() < 16) {
    return "";
  }
  if (bytes.starts_with("\xFF\xD8\xFF") && bytes.ends_with("\xFF\xD9")) {
    return "jpeg";
  }
  if (bytes.starts_with("\x89PNG") && bytes.substr(bytes.size() - 8, 4) == "IEND") {
    return "png";
  }
  if (bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP" && little_endian(bytes, 4) + 8 == bytes.size()) {
    return "webp";
  }
  return bytes.substr(4, 4) == "ftyp" && is_whole_heif(bytes) ? "heif" : "";
}

std::vector<FileMessage> run(Pipeline& pipeline) {
  std::vector<FileMessage> files;
  pipeline.run_until([&](GstMessage* message) {
    if (const auto file = file_message(message)) {
      files.push_back(*file);
    }
    return GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
  });
  return files;
}

}  // namespace imagepacker::test
