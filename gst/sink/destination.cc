// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/destination.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "sink/gallery.h"

namespace imagepacker::element {
namespace {

/// Names as cameras give them. The index begins at 1 with each second.
constexpr std::string_view kGalleryPattern = "IMG_{date:%Y%m%d_%H%M%S}_%03d";

bool is_uri(std::string_view location) {
  const std::size_t colon = location.find("://");
  return colon != std::string_view::npos && colon > 1 &&
         std::all_of(location.begin(), location.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
                  c == '.';
         });
}

bool leaves_its_folder(std::string_view path) {
  return path.starts_with('/') || path.starts_with("../") || path.find("/../") != std::string_view::npos ||
         path.ends_with("/..") || path == "..";
}

}  // namespace

std::optional<Format> format_of_extension(std::string_view extension) {
  for (const FormatInfo& format : supported_formats()) {
    if (std::find(format.extensions.begin(), format.extensions.end(), extension) != format.extensions.end()) {
      return format.format;
    }
  }
  return std::nullopt;
}

Result<std::shared_ptr<const Destination>> Destination::create(const DestinationSettings& settings) {
  Destination destination(settings);
  IP_TRY(destination.choose_target());
  IP_TRY(destination.choose_format());
  return std::shared_ptr<const Destination>(std::make_shared<Destination>(std::move(destination)));
}

Status Destination::choose_target() {
  if (settings_.fd >= 0) {
    if (!settings_.location.empty() || settings_.is_gallery) {
      return make_error(Errc::invalid_argument,
                        text("fd=", settings_.fd, " and ", settings_.is_gallery ? "gallery=true" : "location",
                             " are both set: photos can go to one of them"));
    }
    kind_ = Kind::descriptor;
    return {};
  }
  if (settings_.is_gallery) {
    if (leaves_its_folder(settings_.gallery_folder) || leaves_its_folder(settings_.location) ||
        is_uri(settings_.location)) {
      return make_error(
          Errc::invalid_argument,
          text("\"", leaves_its_folder(settings_.gallery_folder) ? settings_.gallery_folder : settings_.location,
               "\" leads out of the gallery: gallery-folder and, with gallery=true, location are names "
               "below the folder of the user's pictures"));
    }
    gallery_ = gallery_path(settings_.gallery_folder);
    settings_.overwrite = settings_.overwrite == Overwrite::automatic ? Overwrite::unique : settings_.overwrite;
    numbers_itself_ = settings_.location.empty();
    IP_ASSIGN(pattern_,
              NamePattern::parse(numbers_itself_ ? kGalleryPattern : settings_.location, NamePattern::Kind::path));
    return {};
  }
  if (settings_.location.empty()) {
    return make_error(Errc::invalid_argument,
                      "nothing says where photos go: set location to a name such as photo.jpg, fd, or gallery=true");
  }
  settings_.overwrite = settings_.overwrite == Overwrite::automatic ? Overwrite::replace : settings_.overwrite;
  kind_ = is_uri(settings_.location) ? Kind::uri : Kind::path;
  IP_ASSIGN(pattern_, NamePattern::parse(settings_.location,
                                         kind_ == Kind::uri ? NamePattern::Kind::uri : NamePattern::Kind::path));
  if (settings_.location.ends_with('/')) {
    return make_error(Errc::invalid_argument,
                      text("location \"", settings_.location, "\" is a folder; it must name a file"));
  }
  return {};
}

Status Destination::choose_format() {
  const std::string extension = pattern_ && !numbers_itself_ ? pattern_->extension() : std::string();
  format_ = format_of_extension(extension);
  if (settings_.format && format_ && *settings_.format != *format_) {
    return make_error(Errc::invalid_argument,
                      text("location \"", settings_.location, "\" is the name of a ", format_info(*format_)->long_name,
                           " file, but format=", format_info(*settings_.format)->name,
                           ": leave format at auto, or give the name another extension"));
  }
  if (settings_.format) {
    format_ = settings_.format;
  }
  return {};
}

std::optional<Format> Destination::format(bool is_raw_video) const {
  const bool is_free_to_choose = !format_ && is_raw_video && numbers_itself_ && !supported_formats().empty();
  return is_free_to_choose ? supported_formats().front().format : format_;
}

std::optional<std::string> Destination::folder() const {
  if (!gallery_.empty() && numbers_itself_) {
    return gallery_;
  }
  if (kind_ != Kind::path) {
    return std::nullopt;
  }
  const std::size_t slash = settings_.location.rfind('/');
  const std::string folder = slash == std::string::npos ? std::string() : settings_.location.substr(0, slash + 1);
  // Another pattern than a mere name: its folders aren't known before there is a photo.
  if (folder.find_first_of("%{}") != std::string::npos) {
    return std::nullopt;
  }
  return gallery_ + folder;
}

std::string Destination::name(std::uint64_t index, const std::tm& local_time, Format format, unsigned copy) const {
  std::string name = gallery_ + pattern_->name(index, local_time, copy);
  if (numbers_itself_) {
    name.append(1, '.').append(format_info(format)->extensions.front());
  }
  return name;
}

std::string Destination::description() const {
  if (kind_ == Kind::descriptor) {
    return text("file descriptor ", settings_.fd);
  }
  return settings_.is_gallery ? text("the gallery ", gallery_) : settings_.location;
}

}  // namespace imagepacker::element
