// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst_test.h"

namespace imagepacker::test {
namespace {

constexpr GstClockTime kTimeout = 60 * GST_SECOND;

std::string take(gchar* string) {
  std::string result = string == nullptr ? "" : string;
  g_free(string);
  return result;
}

BusError parse_error(GstMessage* message) {
  GError* error = nullptr;
  gchar* debug = nullptr;
  gst_message_parse_error(message, &error, &debug);
  BusError result{.source = GST_MESSAGE_SRC_NAME(message),
                  .message = error->message,
                  .debug = take(debug),
                  .domain = error->domain,
                  .code = error->code};
  g_error_free(error);
  return result;
}

std::string parse_info(GstMessage* message) {
  GError* error = nullptr;
  gchar* debug = nullptr;
  gst_message_parse_info(message, &error, &debug);
  std::string result = error->message;
  g_error_free(error);
  g_free(debug);
  return result;
}

/// A smooth picture with some texture, whatever the samples mean.
guint8 sample(std::size_t x, int y, int seed) {
  return static_cast<guint8>(16 + (x * 2 + static_cast<std::size_t>(y) * 3 + static_cast<std::size_t>(seed) * 7) % 200);
}

}  // namespace

std::string element_name(Format format) {
  return "imagepacker" + std::string(format_info(format)->name);
}

std::vector<std::string> element_names() {
  std::vector<std::string> names{"imagepacker"};
  for (const FormatInfo& format : supported_formats()) {
    names.push_back(element_name(format.format));
  }
  return names;
}

std::vector<std::string> raw_format_names() {
  GstElementFactory* const factory = gst_element_factory_find("imagepacker");
  std::vector<std::string> names;
  for (const GList* item = gst_element_factory_get_static_pad_templates(factory); item != nullptr; item = item->next) {
    auto* const pad_template = static_cast<GstStaticPadTemplate*>(item->data);
    if (pad_template->direction != GST_PAD_SINK) {
      continue;
    }
    const CapsPtr caps(gst_static_pad_template_get_caps(pad_template));
    const GValue* const formats = gst_structure_get_value(gst_caps_get_structure(caps.get(), 0), "format");
    for (guint i = 0; i < gst_value_list_get_size(formats); ++i) {
      names.emplace_back(g_value_get_string(gst_value_list_get_value(formats, i)));
    }
  }
  gst_object_unref(factory);
  return names;
}

std::string to_string(const GstCaps* caps) {
  return caps == nullptr ? "no caps" : take(gst_caps_to_string(caps));
}

std::string field(const GstCaps* caps, const char* field) {
  const GValue* const value =
      caps == nullptr ? nullptr : gst_structure_get_value(gst_caps_get_structure(caps, 0), field);
  if (value == nullptr) {
    return "";
  }
  return G_VALUE_HOLDS_STRING(value) ? g_value_get_string(value) : take(gst_value_serialize(value));
}

std::string raw_caps(std::string_view format, int width, int height) {
  return "video/x-raw,format=" + std::string(format) + ",width=" + std::to_string(width) +
         ",height=" + std::to_string(height) + ",framerate=30/1";
}

BufferPtr make_frame(const std::string& caps_string, int seed, int padding_bytes) {
  const CapsPtr caps(gst_caps_from_string(caps_string.c_str()));
  GstVideoInfo info;
  if (caps == nullptr || !gst_video_info_from_caps(&info, caps.get())) {
    ADD_FAILURE() << "no raw video: " << caps_string;
    return nullptr;
  }
  if (padding_bytes > 0) {
    gsize offset = static_cast<gsize>(padding_bytes);
    for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES(&info); ++p) {
      const int rows =
          p == 0 || GST_VIDEO_INFO_N_COMPONENTS(&info) == 1 ? info.height : GST_VIDEO_INFO_COMP_HEIGHT(&info, p);
      info.stride[p] += padding_bytes;
      info.offset[p] = offset;
      offset += static_cast<gsize>(info.stride[p]) * static_cast<gsize>(rows) + static_cast<gsize>(padding_bytes);
    }
    info.size = offset;
  }
  BufferPtr buffer(gst_buffer_new_allocate(nullptr, info.size, nullptr));
  gst_buffer_memset(buffer.get(), 0, 0xA5, info.size);
  if (padding_bytes > 0) {
    gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info),
                                   static_cast<guint>(info.width), static_cast<guint>(info.height),
                                   GST_VIDEO_INFO_N_PLANES(&info), info.offset, info.stride);
  }
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info, buffer.get(), GST_MAP_WRITE)) {
    ADD_FAILURE() << "can't write " << caps_string;
    return nullptr;
  }
  for (guint p = 0; p < GST_VIDEO_FRAME_N_PLANES(&frame); ++p) {
    auto* const first = static_cast<guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, p));
    const auto row_bytes = static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame, p) - padding_bytes);
    const int rows = p == 0 ? info.height : GST_VIDEO_FRAME_COMP_HEIGHT(&frame, p);
    for (int y = 0; y < rows; ++y) {
      guint8* const row = first + static_cast<std::ptrdiff_t>(y) * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, p);
      for (std::size_t x = 0; x < row_bytes; ++x) {
        row[x] = sample(x, y, seed);
      }
    }
  }
  gst_video_frame_unmap(&frame);
  const GstClockTime duration = info.fps_n > 0 ? gst_util_uint64_scale(GST_SECOND, info.fps_d, info.fps_n) : GST_SECOND;
  GST_BUFFER_PTS(buffer.get()) = duration * static_cast<GstClockTime>(seed);
  GST_BUFFER_DURATION(buffer.get()) = duration;
  return buffer;
}

BufferPtr buffer_of(std::string_view bytes) {
  BufferPtr buffer(gst_buffer_new_allocate(nullptr, bytes.size(), nullptr));
  gst_buffer_fill(buffer.get(), 0, bytes.data(), bytes.size());
  return buffer;
}

std::string bytes_of(GstBuffer* buffer) {
  std::string bytes(gst_buffer_get_size(buffer), '\0');
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

Pipeline::Pipeline(const std::string& launch_line) {
  GError* error = nullptr;
  GstElement* const pipeline = gst_parse_launch(launch_line.c_str(), &error);
  if (error != nullptr) {
    ADD_FAILURE() << launch_line << ": " << error->message;
    g_error_free(error);
  }
  pipeline_.reset(GST_ELEMENT(gst_object_ref_sink(pipeline)));
}

Pipeline::~Pipeline() {
  gst_element_set_state(get(), GST_STATE_NULL);
}

ObjectPtr<GstElement> Pipeline::element(const char* name) const {
  return ObjectPtr<GstElement>(gst_bin_get_by_name(GST_BIN(get()), name));
}

CapsPtr Pipeline::caps(const char* name, const char* pad_name) const {
  const auto from = element(name);
  const ObjectPtr<GstPad> pad(gst_element_get_static_pad(from.get(), pad_name));
  return CapsPtr(gst_pad_get_current_caps(pad.get()));
}

bool Pipeline::run() {
  bool is_at_end = false;
  run_until([&](GstMessage* message) { return is_at_end = GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS; });
  return is_at_end;
}

bool Pipeline::run_until(const std::function<bool(GstMessage*)>& is_wanted) {
  gst_element_set_state(get(), GST_STATE_PLAYING);
  return read_messages(is_wanted);
}

bool Pipeline::read_messages(const std::function<bool(GstMessage*)>& is_wanted) {
  const ObjectPtr<GstBus> bus(gst_element_get_bus(get()));
  while (GstMessage* const message = gst_bus_timed_pop(bus.get(), kTimeout)) {
    const bool is_found = is_wanted(message);
    const GstMessageType type = GST_MESSAGE_TYPE(message);
    if (type == GST_MESSAGE_ERROR) {
      errors_.push_back(parse_error(message));
    } else if (type == GST_MESSAGE_INFO) {
      infos_.push_back(parse_info(message));
    }
    gst_message_unref(message);
    if (is_found) {
      return true;
    }
    if (type == GST_MESSAGE_ERROR || type == GST_MESSAGE_EOS) {
      return false;
    }
  }
  ADD_FAILURE() << "nothing on the bus for a minute";
  return false;
}

Harness::Harness(const std::string& element_name, const char* wanted_caps)
    : harness_(gst_harness_new(element_name.c_str())), bus_(gst_bus_new()) {
  gst_element_set_bus(harness_->element, bus_.get());
  if (wanted_caps != nullptr) {
    gst_harness_set_sink_caps_str(harness_, wanted_caps);
  }
}

Harness::~Harness() {
  gst_element_set_bus(harness_->element, nullptr);
  gst_harness_teardown(harness_);
}

std::vector<BusError> Harness::errors() {
  std::vector<BusError> errors;
  while (GstMessage* const message = gst_bus_pop_filtered(bus_.get(), GST_MESSAGE_ERROR)) {
    errors.push_back(parse_error(message));
    gst_message_unref(message);
  }
  return errors;
}

std::vector<std::string> Harness::warnings() {
  std::vector<std::string> warnings;
  while (GstMessage* const message = gst_bus_pop_filtered(bus_.get(), GST_MESSAGE_WARNING)) {
    GError* warning = nullptr;
    gst_message_parse_warning(message, &warning, nullptr);
    warnings.emplace_back(warning->message);
    g_error_free(warning);
    gst_message_unref(message);
  }
  return warnings;
}

}  // namespace imagepacker::test
