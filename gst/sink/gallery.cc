// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/gallery.h"

#include <glib.h>

#include <cerrno>

#include "base/text.h"
#include "sink/descriptor.h"

namespace imagepacker::element {

std::string gallery_path(const std::string& subfolder) {
  const gchar* const pictures = g_get_user_special_dir(G_USER_DIRECTORY_PICTURES);
  std::string path = pictures != nullptr ? std::string(pictures) : text(g_get_home_dir(), "/Pictures");
  for (const std::string& part : {std::string(), subfolder}) {
    path += part;
    if (!path.ends_with('/')) {
      path += '/';
    }
  }
  return path;
}

Status make_folders(const std::string& path) {
  constexpr int kMode = 0777;  // the umask takes away
  if (g_mkdir_with_parents(path.c_str(), kMode) != 0) {
    return system_failure(text("can't make the folder ", path), errno);
  }
  return {};
}

}  // namespace imagepacker::element
