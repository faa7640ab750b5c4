// SPDX-License-Identifier: LGPL-2.1-or-later
#include "repacker.h"

#include <gst/tag/tag.h>

#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "caps.h"
#include "debug.h"
#include "exif_tags.h"
#include "imagepacker/repacker.h"
#include "memory_sink.h"
#include "picture_metadata.h"
#include "properties.h"
#include "reader.h"
#include "reading_properties.h"
#include "xmp_tags.h"

namespace imagepacker::element {
namespace {

constexpr guint kRequireLosslessCopy = kFirstFreePropertyId + 100;

Error no_output() {
  std::string names;
  for (const FormatInfo& format : supported_formats()) {
    names += text(names.empty() ? "" : ", ", format.mime_types.front());
  }
  return make_error(Errc::unsupported,
                    text("downstream takes none of ", names, "; put caps with one of them there, or ",
                         "what takes any, such as filesink"));
}

struct TagListUnref {
  void operator()(GstTagList* tags) const { gst_tag_list_unref(tags); }
};
using TagListPtr = std::unique_ptr<GstTagList, TagListUnref>;

/// Whether pixels of the new file may stand elsewhere than in the old one.
bool may_move_pixels(const ImageInfo& source, const RepackOptions& options, const RepackedInfo& packed) {
  const bool may_turn = options.orientation.value_or(source.orientation) != Orientation::normal ||
                        !options.exif.empty();  // which may say another
  return packed.format.size != source.main.size || (options.applies_own_orientation && may_turn);
}

gboolean remove_place(GstBuffer*, GstMeta** meta, gpointer) {
  if (is_about_places(*meta)) {
    *meta = nullptr;
  }
  return TRUE;
}

/// What imagerepacker does with an image file: another one.
class RepackerWork final : public ReaderWork {
 public:
  explicit RepackerWork(GstElement* element) : element_(element) {}

  Result<GstFlowReturn> read(Reader& reader, ByteView file, GstBuffer* image, const std::stop_token& stop) override;

  void add_tags(const GstTagList* tags) override {
    stream_tags_.reset(gst_tag_list_merge(stream_tags_.get(), tags, GST_TAG_MERGE_REPLACE));
  }
  void clear_tags() override { stream_tags_.reset(); }

  bool set_property(guint id, const GValue* value) override;
  bool get_property(guint id, GValue* value) const override;
  [[nodiscard]] std::uint64_t max_file_bytes() const override { return state_.reading.limits.max_memory_bytes; }

 private:
  /// What the properties hold.
  struct State {
    Settings packing;
    ReadingSettings reading;
    bool is_quality_given = false;
    bool is_coding_given = false;
    bool require_lossless_copy = false;
  };

  [[nodiscard]] State state() const {
    GST_OBJECT_LOCK(element_);
    State state = state_;
    GST_OBJECT_UNLOCK(element_);
    return state;
  }
  TaskPool& pool(guint max_threads);
  Result<RepackOptions> options_for(const State& now, const Output& output, GstBuffer* image,
                                    std::vector<Notice>& notices);

  GstElement* const element_;
  State state_;
  TagListPtr stream_tags_;
  std::unique_ptr<TaskPool> pool_;
  guint pool_max_threads_ = 0;
  std::shared_ptr<BlockCache> output_memory_ = std::make_shared<BlockCache>();
};

bool RepackerWork::set_property(guint id, const GValue* value) {
  if (id == kRequireLosslessCopy) {
    state_.require_lossless_copy = g_value_get_boolean(value) != FALSE;
    return true;
  }
  state_.is_quality_given = state_.is_quality_given || is_quality_property(id);
  state_.is_coding_given = state_.is_coding_given || is_coding_property(id);
  return element::set_property(state_.packing, id, value) || state_.reading.set(id, value);
}

bool RepackerWork::get_property(guint id, GValue* value) const {
  if (id == kRequireLosslessCopy) {
    g_value_set_boolean(value, state_.require_lossless_copy);
    return true;
  }
  return element::get_property(state_.packing, id, value) || state_.reading.get(id, value);
}

TaskPool& RepackerWork::pool(guint max_threads) {
  if (pool_ == nullptr || pool_max_threads_ != max_threads) {
    pool_ = std::make_unique<TaskPool>(max_threads);
    pool_max_threads_ = max_threads;
  }
  return *pool_;
}

Result<RepackOptions> RepackerWork::options_for(const State& now, const Output& output, GstBuffer* image,
                                                std::vector<Notice>& notices) {
  RepackOptions options{.packing = now.packing.packing,
                        .is_quality_given = now.is_quality_given,
                        .applies_own_orientation = now.packing.apply_orientation,
                        .is_coding_given = now.is_coding_given,
                        .require_lossless_copy = now.require_lossless_copy,
                        .limits = now.reading.limits};
  options.packing.format = output.format->format;
  GstTagSetter* const setter = GST_TAG_SETTER(element_);
  const TagListPtr tags(gst_tag_list_merge(gst_tag_setter_get_tag_list(setter), stream_tags_.get(),
                                           gst_tag_setter_get_tag_merge_mode(setter)));
  Metadata given = blobs_of(tags.get(), image, notices);
  options.exif = std::move(given.exif);
  options.xmp = std::move(given.xmp);
  options.icc = std::move(given.icc);
  if (tags != nullptr) {
    options.exif_edits = exif_edits_of(tags.get(), notices);
    options.xmp_edits = xmp_edits_of(tags.get(), notices);
    if (gst_tag_list_get_value_index(tags.get(), GST_TAG_IMAGE_ORIENTATION, 0) != nullptr) {
      options.orientation = orientation_of(tags.get(), notices);
    }
  }
  return options;
}

Result<GstFlowReturn> RepackerWork::read(Reader& reader, ByteView file, GstBuffer* image, const std::stop_token& stop) {
  const State now = state();
  TaskPool& threads = pool(now.packing.max_threads);
  IP_ASSIGN(const auto source, Unpacker::create(file, {.limits = now.reading.limits}, threads));
  const auto output = choose_output(reader.source_pad(), source.info().format);
  if (!output) {
    return no_output();
  }
  std::vector<Notice> notices;
  IP_ASSIGN(const RepackOptions options, options_for(now, *output, image, notices));
  MemorySink sink(output_memory_, file.size());
  IP_ASSIGN(const RepackedInfo info, repack(file, options, threads, sink, stop, &notices));
  reader.post_new(notices);

  const CapsPtr caps(describe_output(*output, {.format = info.format, .mime_type = info.mime_type}, options.packing));
  gint fps_n = 0;
  gint fps_d = 1;
  reader.framerate(fps_n, fps_d);
  gst_caps_set_simple(caps.get(),                                     //
                      "width", G_TYPE_INT, info.format.size.width,    //
                      "height", G_TYPE_INT, info.format.size.height,  //
                      "framerate", GST_TYPE_FRACTION, fps_n, fps_d, nullptr);
  if (!reader.push_caps(caps.get())) {
    return make_error(Errc::unsupported,
                      text("downstream refuses ", info.mime_type, " of ", info.format.size.width, "×",
                           info.format.size.height, "; let the caps behind take that, or ask for another size"));
  }
  BufferPtr buffer = sink.take();
  gst_buffer_copy_into(buffer.get(), image,
                       static_cast<GstBufferCopyFlags>(GST_BUFFER_COPY_META | GST_BUFFER_COPY_TIMESTAMPS), 0,
                       static_cast<gsize>(-1));
  remove_metadata(buffer.get());
  if (may_move_pixels(source.info(), options, info)) {
    gst_buffer_foreach_meta(buffer.get(), remove_place, nullptr);
  }
  return reader.push(std::move(buffer));
}

void init_class(GstElementClass* klass, gconstpointer) {
  auto* const object_class = G_OBJECT_CLASS(klass);
  install_repacking_properties(object_class);
  install_limit_properties(object_class);
  g_object_class_install_property(
      object_class, kRequireLosslessCopy,
      g_param_spec_boolean(
          "require-lossless-copy", "Require lossless copy",
          "Only copy the coded samples, from JPEG to JPEG: anything that would decode them is an error", FALSE,
          static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING)));
  const CapsPtr files(image_file_caps({}));
  const CapsPtr packed(packed_caps(supported_formats()));
  gst_element_class_add_pad_template(klass, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, files.get()));
  gst_element_class_add_pad_template(klass, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, packed.get()));
  gst_element_class_set_metadata(klass, "Image repacker", "Codec/Transcoder/Image",
                                 "Packs image files anew, into the same or another format, with their metadata and HDR",
                                 "imagepacker developers");
}

std::unique_ptr<ReaderWork> make_work(GstElement* element) {
  return std::make_unique<RepackerWork>(element);
}

gboolean register_type(GstPlugin* plugin) {
  const CapsPtr files(image_file_caps({}));
  if (gst_caps_is_empty(files.get())) {
    return FALSE;
  }
  init_debug_category();
  register_metadata_meta();
  gst_tag_register_musicbrainz_tags();
  const GType type = register_reader_type("ImageRepacker", init_class, nullptr, make_work);
  if (!g_type_is_a(type, GST_TYPE_TAG_SETTER)) {
    constexpr GInterfaceInfo kNoFunctions{};
    g_type_add_interface_static(type, GST_TYPE_TAG_SETTER, &kNoFunctions);
  }
  return gst_element_register(plugin, "imagerepacker", GST_RANK_NONE, type);
}

}  // namespace
}  // namespace imagepacker::element

GST_ELEMENT_REGISTER_DEFINE_CUSTOM(imagerepacker, [](GstPlugin* p) { return imagepacker::element::register_type(p); })

bool imagepacker::element::register_repacker(GstPlugin* plugin) {
  return register_type(plugin);
}
