// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: take_photo LOCATION [SOURCE]
//
// Takes a photo of what the camera sees for each line on standard input; ends with it. LOCATION is imagepackersink's, such
// as photo_%03d.heic; SOURCE an element in place of v4l2src.
//
//   c++ -std=c++20 take_photo.cc -o take_photo $(pkg-config --cflags --libs gstreamer-1.0)
#include <gst/gst.h>

#include <iostream>
#include <memory>
#include <string>

namespace {

struct Unref {
  void operator()(gpointer object) const { gst_object_unref(object); }
  void operator()(GstMessage* message) const { gst_message_unref(message); }
};
template <class T>
using Ptr = std::unique_ptr<T, Unref>;

/// Waits for the file of photo `request` and prints its name; false when it can't be.
bool await_file(GstBus* bus, guint request) {
  while (Ptr<GstMessage> message{gst_bus_timed_pop(bus, 20 * GST_SECOND)}) {
    GError* error = nullptr;
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR) {
      gst_message_parse_error(message.get(), &error, nullptr);
    } else if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_WARNING) {
      gst_message_parse_warning(message.get(), &error, nullptr);
    }
    if (error != nullptr) {
      std::cerr << error->message << '\n';
      g_error_free(error);
      return false;
    }
    const GstStructure* const file = gst_message_get_structure(message.get());
    guint number = 0;
    if (file != nullptr && gst_structure_has_name(file, "imagepackersink-file") &&
        gst_structure_get_uint(file, "request", &number) && number == request) {
      std::cout << gst_structure_get_string(file, "location") << std::endl;
      return true;
    }
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc < 2) {
    std::cerr << "usage: take_photo LOCATION [SOURCE]\n";
    return 2;
  }
  const std::string source = argc > 2 ? argv[2] : "v4l2src";
  GError* error = nullptr;
  const Ptr<GstElement> pipeline(gst_parse_launch(
      (source + " ! tee name=t ! queue ! autovideosink t. ! imagepackersink name=photos on-request=true").c_str(), &error));
  if (pipeline == nullptr) {
    std::cerr << error->message << '\n';
    return 1;
  }
  const Ptr<GstElement> photos(gst_bin_get_by_name(GST_BIN(pipeline.get()), "photos"));
  g_object_set(photos.get(), "location", argv[1], nullptr);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  gst_element_get_state(pipeline.get(), nullptr, nullptr, GST_CLOCK_TIME_NONE);
  const Ptr<GstBus> bus(gst_element_get_bus(pipeline.get()));
  bool is_good = true;
  for (std::string line; is_good && std::getline(std::cin, line);) {
    guint request = 0;
    g_signal_emit_by_name(photos.get(), "take-photo", &request);
    is_good = request != 0 && await_file(bus.get(), request);
  }
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return is_good ? 0 : 1;
}
