// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unpacker.h"

#include <string>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "caps.h"
#include "color.h"
#include "debug.h"
#include "errors.h"
#include "file_tags.h"
#include "frame_memory.h"
#include "imagepacker/unpacker.h"
#include "picture_metadata.h"
#include "raw_picture.h"
#include "reader.h"
#include "reading_properties.h"

namespace imagepacker::element {
namespace {

/// What imageunpacker does with an image file: its frames as raw video, its metadata beside them.
class UnpackerWork final : public ReaderWork {
 public:
  explicit UnpackerWork(GstElement* element) : element_(element) {}
  ~UnpackerWork() override { clear_tags(); }
  UnpackerWork(const UnpackerWork&) = delete;
  UnpackerWork& operator=(const UnpackerWork&) = delete;

  Result<GstFlowReturn> read(Reader& reader, ByteView file, GstBuffer* image, const std::stop_token& stop) override;

  // A new stream is told the tags of its first file even if the last one's were the same.
  void clear_tags() override { g_clear_pointer(&last_tags_, gst_tag_list_unref); }
  void release_memory() override { frames_.clear(); }

  bool set_property(guint id, const GValue* value) override { return settings_.set(id, value); }
  bool get_property(guint id, GValue* value) const override { return settings_.get(id, value); }
  [[nodiscard]] std::uint64_t max_file_bytes() const override { return settings_.limits.max_memory_bytes; }

 private:
  class AnnouncedFrames;

  [[nodiscard]] ReadingSettings settings() const {
    GST_OBJECT_LOCK(element_);
    const ReadingSettings settings = settings_;
    GST_OBJECT_UNLOCK(element_);
    return settings;
  }
  Status announce(Reader& reader, const ImageFormat& format);
  Result<GstFlowReturn> push_frame(Reader& reader, const ImageInfo& info, const OwnedPicture& picture, GstBuffer* image,
                                   GstClockTime pts);
  Result<BufferPtr> buffer_of(const OwnedPicture& picture);
  void push_tags(Reader& reader, const ImageInfo& info, const Metadata& metadata);

  GstElement* const element_;
  ReadingSettings settings_;
  TaskPool pool_;
  FrameMemory frames_{pool_};
  GstVideoInfo video_;          ///< of what was announced last
  bool knows_strides_ = false;  ///< downstream reads GstVideoMeta
  GstTagList* last_tags_ = nullptr;
};

/// Frames that downstream has been told of.
class UnpackerWork::AnnouncedFrames final : public SampleMemory {
 public:
  AnnouncedFrames(UnpackerWork& work, Reader& reader) : work_(work), reader_(reader) {}

  std::optional<SampleLoan> lend(const ImageFormat& format) override {
    // What downstream refuses is said when the picture is to be pushed.
    return work_.announce(reader_, format) ? work_.frames_.lend() : std::nullopt;
  }

 private:
  UnpackerWork& work_;
  Reader& reader_;
};

Result<GstFlowReturn> UnpackerWork::read(Reader& reader, ByteView file, GstBuffer* image, const std::stop_token& stop) {
  const ReadingSettings now = settings();
  const std::vector<PixelFormat> layouts = accepted_layouts(reader.source_pad());
  if (layouts.empty()) {
    return make_error(Errc::unsupported, "downstream takes no raw video; put videoconvert or an encoder there");
  }
  AnnouncedFrames frames(*this, reader);
  IP_ASSIGN(auto unpacker,
            Unpacker::create(
                file, {.limits = now.limits, .dynamic_range = now.dynamic_range, .layouts = layouts, .memory = &frames},
                pool_));
  const ImageInfo& info = unpacker.info();
  GstClockTime pts = GST_BUFFER_PTS(image);
  for (int frame = 0; frame < info.frames; ++frame) {
    std::vector<Notice> notices;
    IP_ASSIGN(const OwnedPicture picture, unpacker.unpack(stop, &notices));
    reader.post_new(notices);
    IP_ASSIGN(const GstFlowReturn flow, push_frame(reader, info, picture, image, pts));
    if (flow != GST_FLOW_OK) {
      return flow;
    }
    if (GST_CLOCK_TIME_IS_VALID(pts)) {
      pts += static_cast<GstClockTime>(picture.duration_ns);
    }
  }
  return GST_FLOW_OK;
}

Status UnpackerWork::announce(Reader& reader, const ImageFormat& format) {
  gint fps_n = 0;
  gint fps_d = 1;
  reader.framerate(fps_n, fps_d);
  IP_ASSIGN(video_, video_info_of(format, fps_n, fps_d));
  const CapsPtr caps(raw_caps_of(video_, format));
  if (!reader.push_caps(caps.get())) {
    gchar* const words = gst_caps_to_string(caps.get());
    Error error = make_error(Errc::unsupported, text("downstream refuses ", words, "; put videoconvert there"));
    g_free(words);
    return error;
  }
  GstQuery* const query = gst_query_new_allocation(caps.get(), FALSE);
  knows_strides_ = gst_pad_peer_query(reader.source_pad(), query) &&
                   gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
  gst_query_unref(query);
  return frames_.prepare(format, video_, caps.get(), knows_strides_);
}

Result<GstFlowReturn> UnpackerWork::push_frame(Reader& reader, const ImageInfo& info, const OwnedPicture& picture,
                                               GstBuffer* image, GstClockTime pts) {
  BufferPtr buffer = frames_.take(picture);
  if (buffer == nullptr) {
    IP_TRY(announce(reader, picture.picture.main.format));
    IP_ASSIGN(buffer, buffer_of(picture));
  }
  push_tags(reader, info, picture.picture.metadata);
  gst_buffer_copy_into(buffer.get(), image, GST_BUFFER_COPY_META, 0, static_cast<gsize>(-1));
  attach_metadata(buffer.get(), picture.picture.metadata);
  GST_BUFFER_PTS(buffer.get()) = pts;
  GST_BUFFER_DURATION(buffer.get()) =
      picture.duration_ns > 0 ? static_cast<GstClockTime>(picture.duration_ns) : GST_BUFFER_DURATION(image);
  return reader.push(std::move(buffer));
}

Result<BufferPtr> UnpackerWork::buffer_of(const OwnedPicture& picture) {
  if (knows_strides_) {
    return share_samples(picture, video_);
  }
  return frames_.copy(picture);
}

void UnpackerWork::push_tags(Reader& reader, const ImageInfo& info, const Metadata& metadata) {
  const FormatInfo* const format = format_info(info.format);
  const std::string codec(format != nullptr ? format->long_name : "");
  GstTagList* const tags = file_tags(metadata, codec.c_str());
  if (last_tags_ != nullptr && gst_tag_list_is_equal(last_tags_, tags)) {
    gst_tag_list_unref(tags);
    return;
  }
  g_clear_pointer(&last_tags_, gst_tag_list_unref);
  last_tags_ = gst_tag_list_ref(tags);
  reader.push_event(gst_event_new_tag(tags));
}

struct Variant {
  const char* element_name;
  const char* type_name;
  const char* long_name;
  const char* description;
  GstRank rank;
  std::vector<Format> formats;  ///< empty: all that this build reads
};

const Variant kAll{"imageunpacker",  "ImageUnpacker",
                   "Image unpacker", "Unpacks image files into raw video, with their metadata, orientation and HDR",
                   GST_RANK_NONE,    {}};
// Above qtdemux, which is asked first for what type finding calls video/quicktime and opens no pictures.
const Variant kHeif{"imageunpackerheif",
                    "ImageUnpackerHeif",
                    "HEIF image unpacker",
                    "Unpacks HEIF images (HEIC, AVIF) into raw video, with their metadata, orientation and HDR",
                    static_cast<GstRank>(GST_RANK_PRIMARY + 1),
                    {Format::heif}};

void init_class(GstElementClass* klass, gconstpointer data) {
  const auto& variant = *static_cast<const Variant*>(data);
  install_reading_properties(G_OBJECT_CLASS(klass));
  const CapsPtr files(image_file_caps(variant.formats));
  const CapsPtr raw(raw_video_caps());
  gst_element_class_add_pad_template(klass, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, files.get()));
  gst_element_class_add_pad_template(klass, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, raw.get()));
  gst_element_class_set_metadata(klass, variant.long_name, "Codec/Decoder/Image", variant.description,
                                 "imagepacker developers");
}

std::unique_ptr<ReaderWork> make_work(GstElement* element) {
  return std::make_unique<UnpackerWork>(element);
}

gboolean register_variant(GstPlugin* plugin, const Variant& variant) {
  const CapsPtr files(image_file_caps(variant.formats));
  if (gst_caps_is_empty(files.get())) {
    return FALSE;
  }
  init_debug_category();
  register_metadata_meta();
  register_file_tags();
  const GType type = register_reader_type(variant.type_name, init_class, &variant, make_work);
  return gst_element_register(plugin, variant.element_name, variant.rank, type);
}

}  // namespace
}  // namespace imagepacker::element

GST_ELEMENT_REGISTER_DEFINE_CUSTOM(imageunpacker, [](GstPlugin* p) {
  return imagepacker::element::register_variant(p, imagepacker::element::kAll);
})
GST_ELEMENT_REGISTER_DEFINE_CUSTOM(imageunpackerheif, [](GstPlugin* p) {
  return imagepacker::element::register_variant(p, imagepacker::element::kHeif);
})

bool imagepacker::element::register_unpackers(GstPlugin* plugin) {
  const bool reads_any = register_variant(plugin, kAll);
  register_variant(plugin, kHeif);
  return reads_any;
}
