// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/remote_file.h"

#include <memory>

#include "base/text.h"

namespace imagepacker::element {
namespace {

struct ObjectUnref {
  void operator()(gpointer object) const { g_object_unref(object); }
};
template <class T>
using ObjectPtr = std::unique_ptr<T, ObjectUnref>;

std::string_view scheme_of(std::string_view uri) {
  return uri.substr(0, uri.find("://"));
}

bool is_served(std::string_view scheme) {
  const gchar* const* known = g_vfs_get_supported_uri_schemes(g_vfs_get_default());
  for (; known != nullptr && *known != nullptr; ++known) {
    if (scheme == *known) {
      return true;
    }
  }
  return false;
}

/// What people can do about `cause`, for the end of a message.
std::string advice(const GError* cause, std::string_view uri) {
  const std::string_view scheme = scheme_of(uri);
  if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_NO_SPACE)) {
    return kMakeRoom;
  }
  if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_NOT_MOUNTED)) {
    const std::string_view root = uri.substr(0, uri.find('/', scheme.size() + 3));
    return text("; mount it first, as by: gio mount ", root, "/");
  }
  if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED) && !is_served(scheme)) {
    return text("; nothing here serves ", scheme,
                ":// locations, which takes GVfs with its backend for them and a D-Bus ", "session");
  }
  return {};
}

/// "can't `verb` `uri`: …". Takes `cause` over.
Error gio_failure(std::string_view verb, std::string_view uri, GError* cause) {
  Error error = make_error(Errc::sink_failed, text("can't ", verb, " ", uri, ": ", cause->message, advice(cause, uri)));
  if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    error.code = Errc::cancelled;
  } else if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_NO_SPACE)) {
    error.code = Errc::no_space;
  }
  g_error_free(cause);
  return error;
}

/// Closes `stream` so that what it has got takes no file's place.
void abandon(GOutputStream* stream) {
  const ObjectPtr<GCancellable> cancelled(g_cancellable_new());
  g_cancellable_cancel(cancelled.get());
  g_output_stream_close(stream, cancelled.get(), nullptr);
}

}  // namespace

std::optional<std::string> local_path(const std::string& uri) {
  const ObjectPtr<GFile> file(g_file_new_for_uri(uri.c_str()));
  gchar* const path = g_file_is_native(file.get()) ? g_file_get_path(file.get()) : nullptr;
  if (path == nullptr) {
    return std::nullopt;
  }
  std::string result(path);
  g_free(path);
  return result;
}

Result<bool> put_remote_file(const std::string& uri, Parts parts, NewFile::Existing existing,
                             GCancellable* cancellable) {
  const ObjectPtr<GFile> file(g_file_new_for_uri(uri.c_str()));
  const bool is_replacing = existing == NewFile::Existing::replace;
  GError* error = nullptr;
  GFileOutputStream* const opened =
      is_replacing ? g_file_replace(file.get(), nullptr, FALSE, G_FILE_CREATE_NONE, cancellable, &error)
                   : g_file_create(file.get(), G_FILE_CREATE_NONE, cancellable, &error);
  if (opened == nullptr) {
    if (!is_replacing && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_EXISTS)) {
      g_error_free(error);
      return false;
    }
    return gio_failure("create", uri, error);
  }
  const ObjectPtr<GOutputStream> stream(G_OUTPUT_STREAM(opened));
  for (const ByteView part : parts) {
    if (!g_output_stream_write_all(stream.get(), part.data(), part.size(), nullptr, cancellable, &error)) {
      break;
    }
  }
  if (error == nullptr && g_output_stream_close(stream.get(), cancellable, &error)) {
    return true;
  }
  abandon(stream.get());
  if (!is_replacing) {
    g_file_delete(file.get(), nullptr, nullptr);
  }
  return gio_failure("write", uri, error);
}

void remove_remote_file(const std::string& uri, GCancellable* cancellable) {
  const ObjectPtr<GFile> file(g_file_new_for_uri(uri.c_str()));
  g_file_delete(file.get(), cancellable, nullptr);
}

}  // namespace imagepacker::element
