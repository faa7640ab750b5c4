// SPDX-License-Identifier: LGPL-2.1-or-later
#include <glib/gstdio.h>
#include <gst/pbutils/encoding-profile.h>

#include "gst_test.h"

// What applications build around an encoder.

namespace imagepacker::test {
namespace {

/// A file name in a folder of its own; both go at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& name) {
    gchar* const folder = g_dir_make_tmp("imagepacker-XXXXXX", nullptr);
    folder_ = folder;
    path_ = folder_ + "/" + name;
    g_free(folder);
  }
  ~TemporaryFile() {
    g_unlink(path_.c_str());
    g_rmdir(folder_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string content() const {
    gchar* bytes = nullptr;
    gsize size = 0;
    g_file_get_contents(path_.c_str(), &bytes, &size, nullptr);
    std::string content(bytes == nullptr ? "" : bytes, size);
    g_free(bytes);
    return content;
  }

 private:
  std::string folder_;
  std::string path_;
};

bool looks_like(std::string_view mime_type, const std::string& bytes) {
  if (mime_type == "image/jpeg") {
    return bytes.substr(0, 3) == "\xFF\xD8\xFF" && bytes.substr(bytes.size() - 2) == "\xFF\xD9";
  }
  if (mime_type == "image/png") {
    return bytes.substr(1, 3) == "PNG";
  }
  if (mime_type == "image/webp") {
    return bytes.substr(0, 4) == "RIFF" && bytes.substr(8, 4) == "WEBP";
  }
  return bytes.substr(4, 4) == "ftyp" && bytes.substr(0, 64).find("mif1") != std::string::npos;
}

/// True when `program` with `arguments` runs and succeeds.
bool succeeds(std::vector<std::string> arguments) {
  std::vector<gchar*> argv;
  for (std::string& argument : arguments) {
    argv.push_back(argument.data());
  }
  argv.push_back(nullptr);
  gint status = -1;
  const auto flags =
      static_cast<GSpawnFlags>(G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL);
  return g_spawn_sync(nullptr, argv.data(), nullptr, flags, nullptr, nullptr, nullptr, nullptr, &status, nullptr) &&
         g_spawn_check_wait_status(status, nullptr);
}

/// A foreign decoder's command line for the file `path`.
std::vector<std::string> decoder(Format format, const std::string& path) {
  switch (format) {
    case Format::jpeg:
      return {"djpeg", path};
    case Format::webp:
      return {"dwebp", path, "-o", "/dev/null"};
    case Format::png:
      return {"pngtopnm", path};
    case Format::heif:
      return {"heif-convert", path, path + ".png"};
  }
  return {};
}

TEST(Application, BarePipelineOpensInForeignDecoders) {
  for (const FormatInfo& format : supported_formats()) {
    const TemporaryFile file("bare." + std::string(format.extensions.front()));
    Pipeline pipeline("videotestsrc num-buffers=1 ! imagepacker ! " + std::string(format.mime_types.front()) +
                      " ! filesink location=" + file.path());
    ASSERT_TRUE(pipeline.run()) << format.name;
    EXPECT_TRUE(looks_like(format.mime_types.front(), file.content())) << format.name;
    EXPECT_TRUE(succeeds(decoder(format.format, file.path()))) << format.name;
    g_unlink((file.path() + ".png").c_str());
  }
}

/// What jpegdec makes of the first picture that `launch_line` sends.
std::string decoded(const std::string& launch_line) {
  Pipeline pipeline(launch_line + " ! jpegdec ! video/x-raw,format=I420 ! appsink name=out sync=false");
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const auto sink = pipeline.element("out");
  GstSample* sample = nullptr;
  g_signal_emit_by_name(sink.get(), "pull-sample", &sample);
  if (sample == nullptr) {
    return "";
  }
  const std::string samples = bytes_of(gst_sample_get_buffer(sample));
  gst_sample_unref(sample);
  return samples;
}

// RTP carries neither Huffman tables nor anything else of the header; restart markers pass.
TEST(Application, RtpWithStandardTablesChangesNoPixel) {
  for (const char* const format : {"I420", "Y42B"}) {
    const std::string encoder =
        "videotestsrc num-buffers=3 ! video/x-raw,width=640,height=480,format=" + std::string(format) +
        " ! imagepackerjpeg huffman-tables=standard";
    const std::string direct = decoded(encoder);
    EXPECT_FALSE(direct.empty()) << format;
    EXPECT_TRUE(direct == decoded(encoder + " ! rtpjpegpay ! rtpjpegdepay")) << format;
  }
}

TEST(Application, MuxersAndParsersTakeTheStream) {
  for (const char* const line :
       {"imagepackerjpeg ! avimux", "imagepackerjpeg ! matroskamux", "imagepackerjpeg ! qtmux",
        "imagepackerjpeg ! multipartmux", "imagepackerjpeg ! jpegparse ! jpegdec", "imagepackerpng ! avimux",
        "imagepackerpng ! qtmux", "imagepackerpng ! pngparse ! pngdec", "imagepackerwebp ! webpdec",
        "imagepacker ! matroskamux", "imagepacker ! image/png ! multipartmux"}) {
    Pipeline pipeline("videotestsrc num-buffers=10 ! video/x-raw,width=64,height=48 ! " + std::string(line) +
                      " ! fakesink");
    EXPECT_TRUE(pipeline.run()) << line << (pipeline.errors().empty() ? "" : ": " + pipeline.errors()[0].message);
  }
}

GstEncodingProfile* image_profile(const std::string& mime_type) {
  const CapsPtr caps(gst_caps_new_empty_simple(mime_type.c_str()));
  GstEncodingVideoProfile* const profile = gst_encoding_video_profile_new(caps.get(), nullptr, nullptr, 1);
  // Else videorate waits for a second frame.
  gst_encoding_video_profile_set_variableframerate(profile, TRUE);
  return GST_ENCODING_PROFILE(profile);
}

TEST(Application, EncodebinFindsAnEncoderForEachFormat) {
  for (const FormatInfo& format : supported_formats()) {
    const std::string mime_type(format.mime_types.front());
    const TemporaryFile file("encodebin");
    Pipeline pipeline("videotestsrc num-buffers=1 name=source filesink name=sink location=" + file.path());
    GstElement* const bin = gst_element_factory_make("encodebin", nullptr);
    GstEncodingProfile* const profile = image_profile(mime_type);
    g_object_set(bin, "profile", profile, nullptr);
    gst_encoding_profile_unref(profile);
    gst_bin_add(GST_BIN(pipeline.get()), bin);
    ASSERT_TRUE(gst_element_link(pipeline.element("source").get(), bin));
    ASSERT_TRUE(gst_element_link(bin, pipeline.element("sink").get()));
    ASSERT_TRUE(pipeline.run()) << mime_type;
    EXPECT_TRUE(looks_like(mime_type, file.content())) << mime_type;
  }
}

/// camerabin with a test picture as camera.
GstElement* make_camera() {
  GstElement* const camera = gst_element_factory_make("camerabin", nullptr);
  GstElement* const source = gst_element_factory_make("wrappercamerabinsrc", nullptr);
  GstElement* const pattern = gst_element_factory_make("videotestsrc", nullptr);
  GstElement* const viewfinder = gst_element_factory_make("fakesink", nullptr);
  g_object_set(pattern, "is-live", TRUE, nullptr);
  g_object_set(viewfinder, "sync", FALSE, nullptr);
  g_object_set(source, "video-source", pattern, nullptr);
  g_object_set(camera, "camera-source", source, "viewfinder-sink", viewfinder, nullptr);
  gst_object_unref(pattern);
  gst_object_unref(source);
  gst_object_unref(viewfinder);
  return camera;
}

/// An element with another rank, as long as this lives.
class Ranked {
 public:
  Ranked(const std::string& element_name, guint rank)
      : feature_(GST_PLUGIN_FEATURE(gst_element_factory_find(element_name.c_str()))),
        usual_rank_(gst_plugin_feature_get_rank(feature_.get())) {
    gst_plugin_feature_set_rank(feature_.get(), rank);
  }
  ~Ranked() { gst_plugin_feature_set_rank(feature_.get(), usual_rank_); }
  Ranked(const Ranked&) = delete;
  Ranked& operator=(const Ranked&) = delete;

 private:
  ObjectPtr<GstPluginFeature> feature_;
  guint usual_rank_;
};

TEST(Application, CamerabinCapturesEachFormatWithTags) {
  for (const FormatInfo& format : supported_formats()) {
    const Ranked ours(element_name(format.format), GST_RANK_PRIMARY + 1);
    // Else encodebin puts it behind any JPEG encoder, where it writes Exif and XMP anew, by its own lights.
    const Ranked rewriter("jifmux", GST_RANK_NONE);
    const std::string mime_type(format.mime_types.front());
    const TemporaryFile file("capture");
    Pipeline pipeline(GST_ELEMENT(gst_object_ref_sink(make_camera())));
    GstEncodingProfile* const profile = image_profile(mime_type);
    g_object_set(pipeline.get(), "mode", 1, "location", file.path().c_str(), "image-profile", profile, nullptr);
    gst_encoding_profile_unref(profile);
    gst_tag_setter_add_tags(GST_TAG_SETTER(pipeline.get()), GST_TAG_MERGE_REPLACE, GST_TAG_ARTIST, "the photographer",
                            GST_TAG_TITLE, "the title", nullptr);
    ASSERT_NE(gst_element_set_state(pipeline.get(), GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
    gst_element_get_state(pipeline.get(), nullptr, nullptr, 10 * GST_SECOND);
    g_signal_emit_by_name(pipeline.get(), "start-capture");
    const bool is_done = pipeline.run_until([](GstMessage* message) {
      const GstStructure* const structure = gst_message_get_structure(message);
      return structure != nullptr && gst_structure_has_name(structure, "image-done");
    });
    EXPECT_TRUE(is_done) << mime_type << (pipeline.errors().empty() ? "" : ": " + pipeline.errors()[0].message);
    const std::string content = file.content();
    EXPECT_TRUE(looks_like(mime_type, content)) << mime_type;
    for (const char* const words : {"the photographer", "the title</rdf:li>"}) {
      EXPECT_NE(content.find(words), std::string::npos) << mime_type << ": " << words;
    }
  }
}

}  // namespace
}  // namespace imagepacker::test
