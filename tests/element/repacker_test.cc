// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>

#include "gst_test.h"
#include "imagepacker/metadata.h"
#include "imagepacker/metadata_meta.h"
#include "imagepacker/task_pool.h"
#include "imagepacker/unpacker.h"

// Metadata that an application or the stream brings to imagerepacker, beside those of the file.

namespace imagepacker::test {
namespace {

const std::string kInput = raw_caps("I420", 64, 48);

std::string string_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string exif(std::initializer_list<ExifEdit> edits) {
  std::vector<Notice> notices;
  return string_of(edit_exif({}, std::vector(edits), notices).value());
}

std::string xmp(const char* title) {
  std::vector<Notice> notices;
  const std::array edits = {XmpEdit{.namespace_uri = "http://purl.org/dc/elements/1.1/",
                                    .prefix = "dc",
                                    .name = "title",
                                    .form = XmpEdit::Form::lang_alt,
                                    .values = {title}}};
  return string_of(edit_xmp({}, edits, notices).value());
}

/// A sample of `bytes` as the value of the tag "attachment" in a list of its own.
TagsPtr attachment(const char* caps_name, const std::string& bytes) {
  const CapsPtr caps(gst_caps_new_empty_simple(caps_name));
  const BufferPtr buffer = buffer_of(bytes);
  GstSample* const sample = gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr);
  TagsPtr tags(gst_tag_list_new(GST_TAG_ATTACHMENT, sample, nullptr));
  gst_sample_unref(sample);
  return tags;
}

/// A file of the format with Exif and XMP of its own.
std::string image_file(Format format, const std::string& caps = kInput) {
  Harness harness(element_name(format));
  harness.set_input(caps);
  gst_harness_push_event(harness.get(),
                         gst_event_new_tag(gst_tag_list_new(GST_TAG_ARTIST, "of the file", GST_TAG_TITLE, "of the file",
                                                            GST_TAG_IMAGE_ORIENTATION, "rotate-180", nullptr)));
  EXPECT_EQ(harness.push(make_frame(caps)), GST_FLOW_OK);
  const BufferPtr picture = harness.pull();
  return bytes_of(picture.get());
}

struct Repacked {
  std::string file;
  std::vector<std::string> warnings;
  bool has_meta = false;
};

/// What imagerepacker makes of `file` when `tags` come with its stream, or from the application.
Repacked repack(BufferPtr file, const char* mime_type, TagsPtr tags, bool is_by_application = false, int quality = -1) {
  Harness harness("imagerepacker", mime_type);
  if (quality >= 0) {
    harness.set("quality", quality);
  }
  gst_harness_push_event(harness.get(), gst_event_new_stream_start("file"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
  if (tags != nullptr && is_by_application) {
    gst_tag_setter_merge_tags(GST_TAG_SETTER(harness.element()), tags.get(), GST_TAG_MERGE_REPLACE);
  } else if (tags != nullptr) {
    gst_harness_push_event(harness.get(), gst_event_new_tag(tags.release()));
  }
  EXPECT_EQ(harness.push(std::move(file)), GST_FLOW_OK);
  const BufferPtr picture = harness.pull();
  return {.file = bytes_of(picture.get()),
          .warnings = harness.warnings(),
          .has_meta = gst_buffer_get_custom_meta(picture.get(), IMAGEPACKER_METADATA_META) != nullptr};
}

Metadata metadata_in(const std::string& file) {
  TaskPool pool(1);
  auto unpacker = Unpacker::create(std::as_bytes(std::span(file)), {}, pool).value();
  return unpacker.unpack().value().picture.metadata;
}

bool holds(const Bytes& blob, const char* text) {
  return string_of(blob).find(text) != std::string::npos;
}

std::vector<FormatInfo> readable_formats() {
  std::vector<FormatInfo> formats;
  for (const FormatInfo& info : supported_formats()) {
    if (info.can_unpack) {
      formats.push_back(info);
    }
  }
  return formats;
}

/// A profile that no picture here has: the one made for Display P3.
std::string profile() {
  return string_of(metadata_in(image_file(Format::webp, raw_caps("RGB", 16, 16) + ",colorimetry=1:1:7:11")).icc);
}

TEST(RepackerAttachments, StandInPlaceOfTheFilesOwn) {
  for (const FormatInfo& source : readable_formats()) {
    const std::string file = image_file(source.format);
    for (const FormatInfo& target : readable_formats()) {
      for (const bool is_by_application : {false, true}) {
        SCOPED_TRACE(std::string(source.name) + " to " + std::string(target.name));
        const char* const mime_type = target.mime_types.front().data();
        const auto with_exif =
            repack(buffer_of(file), mime_type,
                   attachment(IMAGEPACKER_EXIF_CAPS, exif({{"Exif.Image.Artist", "attached"}})), is_by_application);
        const Metadata first = metadata_in(with_exif.file);
        EXPECT_TRUE(holds(first.exif, "attached"));
        EXPECT_FALSE(holds(first.exif, "of the file"));
        EXPECT_TRUE(holds(first.xmp, "of the file"));
        EXPECT_EQ(first.orientation, Orientation::rotate_180) << "nothing said another";
        EXPECT_TRUE(with_exif.warnings.empty());

        const auto with_xmp =
            repack(buffer_of(file), mime_type, attachment(IMAGEPACKER_XMP_CAPS, xmp("attached")), is_by_application);
        const Metadata second = metadata_in(with_xmp.file);
        EXPECT_TRUE(holds(second.xmp, "attached"));
        EXPECT_FALSE(holds(second.xmp, "of the file"));
        EXPECT_TRUE(holds(second.exif, "of the file"));
      }
    }
  }
}

TEST(RepackerAttachments, BringProfiles) {
  const std::string icc = profile();
  ASSERT_GT(icc.size(), 128U);
  for (const FormatInfo& source : readable_formats()) {
    for (const FormatInfo& target : readable_formats()) {
      const auto repacked = repack(buffer_of(image_file(source.format)), target.mime_types.front().data(),
                                   attachment(IMAGEPACKER_ICC_CAPS, icc));
      EXPECT_EQ(string_of(metadata_in(repacked.file).icc), icc) << source.name << target.name;
      EXPECT_TRUE(repacked.warnings.empty());
    }
  }
}

TEST(RepackerAttachments, TurnThePictureWhereTheySaySo) {
  const std::string file = image_file(Format::jpeg);
  const std::string turned =
      repack(buffer_of(file), "image/jpeg", TagsPtr(gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, "rotate-90", nullptr)))
          .file;
  const std::string blob = string_of(metadata_in(turned).exif);
  for (const FormatInfo& target : readable_formats()) {
    const char* const mime_type = target.mime_types.front().data();
    TagsPtr tags = attachment(IMAGEPACKER_EXIF_CAPS, blob);
    EXPECT_EQ(metadata_in(repack(buffer_of(file), mime_type, std::move(tags)).file).orientation,
              Orientation::rotate_90);
    tags = attachment(IMAGEPACKER_EXIF_CAPS, blob);
    gst_tag_list_add(tags.get(), GST_TAG_MERGE_REPLACE, GST_TAG_IMAGE_ORIENTATION, "rotate-270", nullptr);
    EXPECT_EQ(metadata_in(repack(buffer_of(file), mime_type, std::move(tags)).file).orientation,
              Orientation::rotate_270);
  }
}

TEST(RepackerAttachments, GetTheTagsWrittenOverThem) {
  TagsPtr tags = attachment(IMAGEPACKER_EXIF_CAPS,
                            exif({{"Exif.Image.Artist", "attached"}, {"Exif.Image.Copyright", "attached too"}}));
  gst_tag_list_add(tags.get(), GST_TAG_MERGE_REPLACE, GST_TAG_ARTIST, "of the tag", nullptr);
  const Metadata metadata =
      metadata_in(repack(buffer_of(image_file(Format::jpeg)), "image/jpeg", std::move(tags)).file);
  EXPECT_TRUE(holds(metadata.exif, "of the tag"));
  EXPECT_TRUE(holds(metadata.exif, "attached too"));
}

TEST(RepackerAttachments, LeaveCodedSamplesAlone) {
  const std::string file = image_file(Format::jpeg);
  const auto samples = [](const std::string& jpeg) { return jpeg.substr(jpeg.find("\xFF\xDB")); };
  for (const auto& [caps, blob] : {std::pair{IMAGEPACKER_EXIF_CAPS, exif({{"Exif.Image.Artist", "attached"}})},
                                   {IMAGEPACKER_XMP_CAPS, xmp("attached")},
                                   {IMAGEPACKER_ICC_CAPS, profile()}}) {
    const auto copy = repack(buffer_of(file), "image/jpeg", attachment(caps, blob));
    EXPECT_EQ(samples(copy.file), samples(file)) << caps;
    EXPECT_NE(copy.file, file) << caps;
  }
}

// A copy takes along what it does not look into; what comes from elsewhere is looked into.
TEST(RepackerAttachments, ThatAreBrokenAreNamedAndReplaceNothing) {
  const std::string file = image_file(Format::jpeg);
  for (const char* const caps : {IMAGEPACKER_EXIF_CAPS, IMAGEPACKER_XMP_CAPS, IMAGEPACKER_ICC_CAPS}) {
    for (const FormatInfo& target : readable_formats()) {
      for (const std::string& blob : {std::string(), std::string("broken"), std::string(10 << 20, ' ')}) {
        SCOPED_TRACE(std::string(caps) + " in " + std::string(target.name));
        const auto repacked = repack(buffer_of(file), target.mime_types.front().data(), attachment(caps, blob));
        EXPECT_EQ(repacked.warnings.size(), 1U);
        const Metadata metadata = metadata_in(repacked.file);
        EXPECT_TRUE(holds(metadata.exif, "of the file"));
        EXPECT_TRUE(holds(metadata.xmp, "of the file"));
      }
    }
  }
}

TEST(RepackerMetadata, NotesOfTheMakerStayAsTheyAre) {
  const std::string notes = "Maker\x01 with words, numbers and what else it likes";
  const std::string source = repack(buffer_of(image_file(Format::jpeg)), "image/jpeg",
                                    attachment(IMAGEPACKER_EXIF_CAPS, exif({{"Exif.Photo.MakerNote", notes}})))
                                 .file;
  for (const FormatInfo& first : readable_formats()) {
    const std::string file = repack(buffer_of(source), first.mime_types.front().data(), nullptr).file;
    for (const FormatInfo& second : readable_formats()) {
      const auto repacked = repack(buffer_of(file), second.mime_types.front().data(), nullptr);
      EXPECT_TRUE(holds(metadata_in(repacked.file).exif, notes.c_str())) << first.name << " to " << second.name;
    }
  }
}

TEST(RepackerMeta, OutranksAttachmentsAndEndsHere) {
  BufferPtr file = buffer_of(image_file(Format::jpeg));
  GstCustomMeta* const meta = gst_buffer_add_custom_meta(file.get(), IMAGEPACKER_METADATA_META);
  const BufferPtr blob = buffer_of(exif({{"Exif.Image.Artist", "by meta"}}));
  gst_structure_set(gst_custom_meta_get_structure(meta), IMAGEPACKER_METADATA_EXIF, GST_TYPE_BUFFER, blob.get(),
                    nullptr);
  const auto repacked = repack(std::move(file), "image/jpeg",
                               attachment(IMAGEPACKER_EXIF_CAPS, exif({{"Exif.Image.Artist", "attached"}})));
  const Metadata metadata = metadata_in(repacked.file);
  EXPECT_TRUE(holds(metadata.exif, "by meta"));
  EXPECT_FALSE(holds(metadata.exif, "attached"));
  EXPECT_FALSE(repacked.has_meta);
}

TEST(RepackerQuality, OfTheBaseIsHigherWhereAGainMapLightsItUp) {
  const auto quality_of = [](const std::string& file) {
    TaskPool pool(1);
    return Unpacker::create(std::as_bytes(std::span(file)), {}, pool).value().info().quality;
  };
  const std::string hdr = image_file(Format::png, raw_caps("P010_10LE", 64, 48) + ",colorimetry=bt2100-pq");
  const std::string sdr = image_file(Format::png);
  EXPECT_EQ(quality_of(repack(buffer_of(hdr), "image/jpeg", nullptr).file), 90);
  EXPECT_EQ(quality_of(repack(buffer_of(sdr), "image/jpeg", nullptr).file), 85);
  EXPECT_EQ(quality_of(repack(buffer_of(hdr), "image/jpeg", nullptr, false, 85).file), 85);
}

}  // namespace
}  // namespace imagepacker::test
