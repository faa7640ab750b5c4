// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

#include <optional>
#include <string>

#include "sink/new_file.h"

namespace imagepacker::element {

/// The path of `uri` on this machine's own file systems; nothing for those that GIO alone reaches.
std::optional<std::string> local_path(const std::string& uri);

/// Makes `parts` the content of the file `uri`, through GIO. False when there is one and it was to be kept. Nothing
/// that was begun stays after a failure, as far as the file system behind `uri` allows. Errors: sink_failed, cancelled
/// when `cancellable` was.
Result<bool> put_remote_file(const std::string& uri, Parts parts, NewFile::Existing existing,
                             GCancellable* cancellable);

/// Removes the file `uri`; one that isn't there is none to remove.
void remove_remote_file(const std::string& uri, GCancellable* cancellable);

}  // namespace imagepacker::element
