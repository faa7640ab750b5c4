// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "gst_test.h"

// Small files that claim to be large, and files without end: refused, or read without what is too much, for every
// reader.

namespace imagepacker::test {
namespace {

std::string number(std::uint64_t value, int bytes) {
  std::string digits;
  for (int i = bytes - 1; i >= 0; --i) {
    digits += static_cast<char>(value >> (8 * i));
  }
  return digits;
}

std::string png_chunk(const std::string& type, const std::string& data) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char byte : type + data) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
    }
  }
  return number(data.size(), 4) + type + data + number(~crc, 4);
}

std::string png_of(std::uint32_t side) {
  return "\x89PNG\r\n\x1A\n" + png_chunk("IHDR", number(side, 4) + number(side, 4) + std::string("\x8\x2\0\0\0", 5)) +
         png_chunk("IDAT", std::string(900, '\0')) + png_chunk("IEND", "");
}

std::string box(const std::string& type, const std::string& payload) {
  return number(payload.size() + 8, 4) + type + payload;
}

std::string heif_of_items(int count) {
  const std::string plain = number(0, 4);  // version and flags
  std::string infos;
  for (int i = 1; i <= count; ++i) {
    infos += box("infe", number(2 << 24, 4) + number(static_cast<std::uint64_t>(i), 2) + number(0, 2) + "hvc1" + '\0');
  }
  return box("ftyp", "heic" + number(0, 4) + "mif1heic") +
         box("meta", plain + box("hdlr", plain + number(0, 4) + "pict" + std::string(13, '\0')) +
                         box("pitm", plain + number(1, 2)) +
                         box("iinf", plain + number(static_cast<std::uint64_t>(count), 2) + infos));
}

std::string photo() {
  Harness harness("imagepackerjpeg");
  const std::string caps = raw_caps("I420", 32, 32);
  harness.set_input(caps);
  EXPECT_EQ(harness.push(make_frame(caps)), GST_FLOW_OK);
  const BufferPtr picture = harness.pull();
  return bytes_of(picture.get());
}

/// A photo with `count` segments that say they are parts of one ICC profile.
std::string jpeg_of_profile_parts(int count, std::size_t part_bytes) {
  std::string file = photo();
  std::string parts;
  for (int i = 0; i < count; ++i) {
    const std::string payload =
        std::string("ICC_PROFILE\0", 12) + static_cast<char>(1 + i % 255) + '\xFF' + std::string(part_bytes, 'x');
    parts += "\xFF\xE2" + number(payload.size() + 2, 2) + payload;
  }
  return file.insert(2, parts);
}

struct Outcome {
  bool has_picture;
  std::vector<BusError> errors;
};

Outcome outcome_of(const char* element, const std::string& file) {
  Harness harness(element);
  gst_harness_push_event(harness.get(), gst_event_new_stream_start("file"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
  const GstFlowReturn flow = harness.push(buffer_of(file));
  Outcome outcome{.has_picture = harness.waiting() == 1, .errors = harness.errors()};
  EXPECT_EQ(flow == GST_FLOW_OK, outcome.has_picture);
  return outcome;
}

constexpr std::array kReaders = {"imageunpacker", "imagerepacker"};

void expect_refused(const std::string& file, const char* reason) {
  for (const char* const reader : kReaders) {
    const Outcome outcome = outcome_of(reader, file);
    EXPECT_FALSE(outcome.has_picture) << reader;
    ASSERT_EQ(outcome.errors.size(), 1U) << reader;
    EXPECT_NE(outcome.errors[0].message.find(reason), std::string::npos) << outcome.errors[0].message;
  }
}

TEST(Bombs, AKilobyteThatSaysItIsFourGigapixels) {
  const std::string file = png_of(65535);
  ASSERT_LT(file.size(), 1024U);
  expect_refused(file, "65535×65535 = 4294836225 pixels; at most 268435456");
}

TEST(Bombs, TenThousandItems) {
  if (format_info(Format::heif) == nullptr || !format_info(Format::heif)->can_unpack) {
    GTEST_SKIP() << "this build reads no HEIF";
  }
  expect_refused(heif_of_items(10000), "items");
}

TEST(Bombs, PartsOfAProfileWithoutEnd) {
  expect_refused(jpeg_of_profile_parts(20000, 1), "10000 segments");
}

// 131 MB of segments, each as long as can be, would be a profile if there were fewer of them.
TEST(Bombs, MorePartsOfAProfileThanItHas) {
  const std::string file = jpeg_of_profile_parts(2000, 65519);
  for (const char* const reader : kReaders) {
    Harness harness(reader);
    gst_harness_push_event(harness.get(), gst_event_new_stream_start("file"));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_BYTES);
    gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
    // As filesrc cuts them.
    constexpr std::size_t kPieceBytes = 4096;
    for (std::size_t at = 0; at < file.size(); at += kPieceBytes) {
      ASSERT_EQ(harness.push(buffer_of(std::string_view(file).substr(at, kPieceBytes))), GST_FLOW_OK);
    }
    gst_harness_push_event(harness.get(), gst_event_new_eos());
    EXPECT_EQ(harness.waiting(), 1U) << reader;
    const auto warnings = harness.warnings();
    ASSERT_EQ(warnings.size(), 1U) << reader;
    EXPECT_NE(warnings[0].find("ICC profile is left out"), std::string::npos) << warnings[0];
  }
}

}  // namespace
}  // namespace imagepacker::test
