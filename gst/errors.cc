// SPDX-License-Identifier: LGPL-2.1-or-later
#include "errors.h"

#include "debug.h"

namespace imagepacker::element {
namespace {

struct BusError {
  GQuark domain;
  gint code;
};

BusError bus_error(Errc code) {
  switch (code) {
    case Errc::invalid_argument:
    case Errc::unsupported:
      return {GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS};
    case Errc::limit_exceeded:
    case Errc::corrupt_input:
      return {GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT};
    case Errc::out_of_memory:
      // NO_SPACE_LEFT is about disks.
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED};
    case Errc::no_space:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT};
    case Errc::codec_failed:
      return {GST_STREAM_ERROR, GST_STREAM_ERROR_ENCODE};
    case Errc::sink_failed:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE};
    case Errc::cancelled:
    case Errc::internal:
      break;
  }
  return {GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_FAILED};
}

void post(GstElement* element, BusError kind, const Error& error) {
  GST_ERROR_OBJECT(element, "%s (%s:%d)", error.message.c_str(), error.file, error.line);
  gst_element_message_full(element, GST_MESSAGE_ERROR, kind.domain, kind.code, g_strdup(error.message.c_str()), nullptr,
                           error.file, "imagepacker", error.line);
}

}  // namespace

void post_error(GstElement* element, const Error& error) {
  if (error.code != Errc::cancelled) {
    post(element, bus_error(error.code), error);
  }
}

void post_format_error(GstElement* element, const Error& error) {
  post(element, {GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT}, error);
}

void post_reading_error(GstElement* element, const Error& error) {
  if (error.code == Errc::corrupt_input || error.code == Errc::codec_failed) {
    post(element, {GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE}, error);
  } else {
    post_error(element, error);
  }
}

void post_refusal(GstElement* element, const GstCaps* caps) {
  gchar* const words = caps != nullptr ? gst_caps_to_string(caps) : g_strdup("what comes out");
  GST_ELEMENT_ERROR(element, CORE, NEGOTIATION,
                    ("downstream refuses %s; let what is behind take that, or convert it there", words), (nullptr));
  g_free(words);
}

void post_no_link(GstElement* element) {
  GST_ELEMENT_ERROR(element, CORE, PAD, ("nothing is linked to take what comes out"), (nullptr));
}

void post_warning(GstElement* element, const Error& error, GstStructure* details) {
  GST_WARNING_OBJECT(element, "%s (%s:%d)", error.message.c_str(), error.file, error.line);
  const BusError kind = bus_error(error.code);
  gst_element_message_full_with_details(element, GST_MESSAGE_WARNING, kind.domain, kind.code,
                                        g_strdup(error.message.c_str()), nullptr, error.file, "imagepacker", error.line,
                                        details);
}

void post_notice(GstElement* element, const Notice& notice) {
  // A choice of the owner's is worth an info, a loss a warning. What is quoted in it may be hostile.
  const bool is_loss = notice.kind == Notice::Kind::metadata_dropped;
  gchar* const message = g_utf8_make_valid(notice.message.data(), static_cast<gssize>(notice.message.size()));
  GST_CAT_LEVEL_LOG(GST_CAT_DEFAULT, is_loss ? GST_LEVEL_WARNING : GST_LEVEL_INFO, element, "%s", message);
  // gst-launch-1.0 shows nothing of an info but its debug string.
  gst_element_message_full(element, is_loss ? GST_MESSAGE_WARNING : GST_MESSAGE_INFO, GST_STREAM_ERROR,
                           GST_STREAM_ERROR_FORMAT, message, is_loss ? nullptr : g_strdup(message), __FILE__,
                           "imagepacker", __LINE__);
}

}  // namespace imagepacker::element
