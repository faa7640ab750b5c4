// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/jpeg_copy.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "codec/jpeg/coefficient_copy.h"
#include "codec/jpeg/gain_map_reading.h"
#include "codec/jpeg/jpeg_image.h"
#include "color/output_profile.h"
#include "container/apple_gain_map_reading.h"
#include "container/gain_map_xmp.h"
#include "container/jpeg_metadata.h"
#include "container/jpeg_metadata_reading.h"
#include "container/jpeg_signatures.h"
#include "container/mpf.h"
#include "hdr/gain_map_metadata.h"

namespace imagepacker::jpeg {
namespace {

bool is_adobe_marker(const JpegSegment& segment) {
  return segment.is_application(14, kJpegAdobeSignature);
}

/// Segments whose content is written anew.
bool is_replaced(const JpegSegment& segment) {
  return is_jpeg_metadata(segment) || segment.is_application(2, kJpegMpfSignature) ||
         segment.is_application(2, kIso21496Signature);
}

/// Tables, frame and scans as they are.
void append_kept_picture(const JpegStructure& image, JpegSegmentWriter& out) {
  for (const JpegSegment& segment : image.head) {
    if (!segment.is_application_or_comment()) {
      out.segment(segment.whole);
    }
  }
  out.segment(image.bytes.subspan(image.scan_begin));
}

/// True when segments that are not to be kept stand between scans, where they can't be taken out alone.
bool has_unwanted_segments(const JpegStructure& image, const CopyJob& job) {
  return !job.keeps_other_metadata && image.late_applications > 0;
}

/// True when the entropy-coded bytes can't stay as they are.
bool is_coded_anew(const JpegStructure& image, const CopyJob& job) {
  return job.is_coding_given || job.turn != Orientation::normal || !image.has_end || has_unwanted_segments(image, job);
}

/// copy_coefficients(), with as much memory as the limits allow.
Result<Bytes> code_anew(const JpegImage& image, const CoefficientCoding& coding, const CopyJob& job) {
  const int sets = coding.turn == Orientation::normal ? 1 : 2;
  IP_TRY(check_unpack_limits(image.format, sets * kFramesOfCoefficients, job.limits));
  return copy_coefficients(image.structure, coding, job.stop);
}

/// From the first segment that is no application segment on: as they are, or coded anew.
Result<Bytes> picture_segments(const JpegImage& image, const CopyJob& job) {
  if (is_coded_anew(image.structure, job)) {
    const bool progressive = job.is_coding_given ? job.progressive : image.structure.frame.is_progressive();
    return code_anew(image,
                     {.turn = job.turn,
                      .progressive = progressive,
                      .optimal_huffman = !job.is_coding_given || job.huffman_tables == HuffmanTables::optimal},
                     job);
  }
  JpegSegmentWriter out;
  append_kept_picture(image.structure, out);
  return out.take();
}

/// A gain map's file and what the primary image has to say of it.
struct CopiedMap {
  Bytes bytes;
  bool has_iso = false;
  bool has_hdrgm = false;
};

bool has_hdrgm(const JpegSegment& segment) {
  if (!segment.is_application(1, kJpegXmpSignature)) {
    return false;
  }
  const auto packet = XmpPacket::parse(segment.payload.subspan(kJpegXmpSignature.size()));
  return packet.has_value() && packet->has(kGainMapNamespaces[0], "Version");
}

/// What a gain map can't do without, or what says nothing of a place.
bool belongs_to_map(const JpegSegment& segment) {
  return segment.is_application(0, kJpegJfifSignature) || segment.is_application(2, kJpegIccSignature) ||
         segment.is_application(2, kIso21496Signature) || segment.is_application(2, kJpegMpfSignature) ||
         is_adobe_marker(segment);
}

/// The packet of a gain map without positions; empty when it has none and can stay.
Result<Bytes> packet_without_positions(const JpegSegment& segment) {
  const ByteView packet = segment.payload.subspan(kJpegXmpSignature.size());
  IP_ASSIGN(auto before, XmpPacket::parse(packet));
  IP_ASSIGN(const Bytes whole, before.serialize());
  before.erase_gps();
  IP_ASSIGN(Bytes rest, before.serialize());
  return rest == whole ? Bytes{} : std::move(rest);
}

/// The segments of a gain map before its tables; `is_changed` tells whether any is not as it was.
Result<Bytes> map_segments(const JpegStructure& image, bool keeps_other_metadata, bool& is_changed) {
  JpegSegmentWriter out;
  for (const JpegSegment& segment : image.head) {
    if (!segment.is_application_or_comment()) {
      continue;
    }
    if (keeps_other_metadata || belongs_to_map(segment)) {
      out.segment(segment.whole);
      continue;
    }
    if (segment.is_application(1, kJpegXmpSignature)) {
      const auto packet = packet_without_positions(segment);
      if (packet.has_value() && packet->empty()) {
        out.segment(segment.whole);
        continue;
      }
      if (packet.has_value()) {
        IP_TRY(append_jpeg_xmp(*packet, {}, out));
      }
    }
    is_changed = true;
  }
  return out.take();
}

/// True when a gain map of Apple's has the same headroom beside the Exif `after` as beside `before`.
bool keeps_apple_headroom(const JpegStructure& image, ByteView before, ByteView after) {
  return std::ranges::all_of(image.head, [&](const JpegSegment& segment) {
    if (!segment.is_application(1, kJpegXmpSignature)) {
      return true;
    }
    const auto packet = XmpPacket::parse(segment.payload.subspan(kJpegXmpSignature.size()));
    return !packet.has_value() || !is_apple_gain_map(*packet) ||
           read_apple_headroom(*packet, before) == read_apple_headroom(*packet, after);
  });
}

Result<CopiedMap> copy_map(const JpegGainMap& map, ByteView old_exif, const CopyJob& job) {
  const JpegStructure& image = map.image.structure;
  if (map.code_of && !keeps_apple_headroom(image, old_exif, job.metadata.exif)) {
    return make_error(Errc::unsupported, "the gain map needs numbers of the maker note in the Exif, which is not kept");
  }
  CopiedMap copied;
  for (const JpegSegment& segment : image.head) {
    copied.has_iso = copied.has_iso || segment.is_application(2, kIso21496Signature);
    copied.has_hdrgm = copied.has_hdrgm || has_hdrgm(segment);
  }
  const bool is_anew = job.turn != Orientation::normal || has_unwanted_segments(image, job);
  bool is_changed = is_anew;
  IP_ASSIGN(const Bytes head, map_segments(image, job.keeps_other_metadata, is_changed));
  if (!image.has_end) {
    return make_error(Errc::unsupported, "the gain map is cut short");
  }
  if (!is_changed) {
    copied.bytes.assign(image.bytes.begin(), image.bytes.end());
    return copied;
  }
  JpegSegmentWriter out;
  out.start_of_image();
  out.segment(head);
  if (is_anew) {
    IP_ASSIGN(const Bytes segments,
              code_anew(map.image, {.turn = job.turn, .progressive = image.frame.is_progressive()}, job));
    out.segment(segments);
  } else {
    append_kept_picture(image, out);
  }
  copied.bytes = out.take();
  return copied;
}

/// True when readers take the components for Y, Cb and Cr only because of JFIF's segment: an Adobe marker or the ids
/// say that they are R, G and B.
bool needs_jfif(const JpegImage& image) {
  const auto& components = image.structure.frame.components;
  constexpr std::size_t kAdobeTransformAt = 11;
  return image.way.color == FileColor::ycbcr &&
         ((components[0].id == 'R' && components[1].id == 'G' && components[2].id == 'B') ||
          std::ranges::any_of(image.structure.head, [](const JpegSegment& segment) {
            return is_adobe_marker(segment) && segment.payload.size() > kAdobeTransformAt &&
                   segment.payload[kAdobeTransformAt] == std::byte{0};
          }));
}

/// The first segment: Exif, or what says that the components are Y, Cb and Cr. Both where that is in doubt.
Status append_first_segments(const JpegImage& image, ByteView exif, JpegSegmentWriter& out) {
  const auto jfif = std::ranges::find_if(
      image.structure.head, [](const JpegSegment& segment) { return segment.is_application(0, kJpegJfifSignature); });
  const bool has_jfif = jfif != image.structure.head.end();
  if (has_jfif && (exif.empty() || needs_jfif(image))) {
    out.segment(jfif->whole);
  }
  if (!exif.empty()) {
    return out.application(1, "Exif", kJpegExifSignature, exif);
  }
  if (has_jfif) {
    return {};
  }
  const bool is_jfif = image.way.color == FileColor::gray || image.way.color == FileColor::ycbcr;
  return is_jfif ? append_jpeg_jfif(out) : Status();
}

/// The profile to write where the picture's own is not wanted: inks mean nothing without theirs.
Result<Bytes> stand_in_profile(const JpegImage& image) {
  if (image.way.color == FileColor::cmyk) {
    return image.cmyk_profile;
  }
  ColorSpace color = image.format.color;
  if (image.metadata.icc.empty() || color.transfer == Transfer::unspecified) {
    return Bytes{};
  }
  return make_output_profile(color, image.format.info().model);
}

/// What Metadata has no place for, the Adobe marker apart, without which the components are others.
void append_other_segments(const JpegStructure& image, const CopyJob& job, JpegSegmentWriter& out) {
  std::size_t dropped = is_coded_anew(image, job) ? image.late_applications : 0;
  for (const JpegSegment& segment : image.head) {
    if (!segment.is_application_or_comment() || is_replaced(segment)) {
      continue;
    }
    if (job.keeps_other_metadata || is_adobe_marker(segment)) {
      out.segment(segment.whole);
    } else {
      ++dropped;
    }
  }
  if (dropped > 0) {
    job.notices.push_back({Notice::Kind::metadata_dropped,
                           text(dropped, " segments of applications are left out, which may hold positions")});
  }
}

Result<std::optional<CopiedMap>> find_copied_map(const JpegImage& primary, const CopyJob& job) {
  std::optional<CopiedMap> copied;
  std::size_t kept = primary.structure.bytes.size();
  // Of a gain map that is not wanted nothing has to be said.
  std::vector<Notice> unwanted;
  IP_ASSIGN(const auto map, find_gain_map(job.file, primary, job.limits, job.keeps_gain_map ? job.notices : unwanted));
  if (map) {
    kept += map->image.structure.bytes.size();
  }
  if (map && job.keeps_gain_map) {
    IP_ASSIGN(copied, copy_map(*map, primary.metadata.exif, job));
  }
  constexpr std::size_t kPadding = 64;
  if (job.file.size() > kept + kPadding) {
    job.notices.push_back(
        {Notice::Kind::metadata_dropped, text(job.file.size() - kept,
                                              " bytes behind the image are left out, such as further images "
                                              "or a video")});
  }
  return copied;
}

}  // namespace

Result<Metadata> read_copied_metadata(ByteView file, std::vector<Notice>& notices) {
  IP_ASSIGN(const auto structure, parse_jpeg(file));
  return read_jpeg_metadata(structure.head, notices);
}

Status copy_jpeg(const CopyJob& job, ByteSink& sink) {
  IP_ASSIGN(const auto primary, open_jpeg_image(job.file, job.limits));
  IP_ASSIGN(const auto map, find_copied_map(primary, job));
  IP_ASSIGN(const Bytes picture, picture_segments(primary, job));

  JpegSegmentWriter head;
  head.start_of_image();
  IP_TRY(append_first_segments(primary, job.metadata.exif, head));
  Bytes xmp = job.metadata.xmp;
  std::string directory;
  if (map && map->has_hdrgm) {
    directory = gain_map_directory(map->bytes.size());
    IP_ASSIGN(xmp, merge_gain_map_directory(job.metadata.xmp, directory));
  }
  if (!xmp.empty()) {
    IP_TRY(append_jpeg_xmp(xmp, directory, head));
  }
  Bytes icc = job.metadata.icc;
  if (icc.empty()) {
    IP_ASSIGN(icc, stand_in_profile(primary));
  }
  IP_TRY(append_jpeg_icc(icc, head));
  append_other_segments(primary.structure, job, head);
  if (map && map->has_iso) {
    IP_TRY(head.application(2, "gain-map versions", kIso21496Signature, write_iso21496_versions()));
  }
  if (map) {
    IP_TRY(append_mpf(picture.size(), map->bytes.size(), head));
  }
  IP_TRY(sink.write(head.bytes()));
  IP_TRY(sink.write(picture));
  return map ? sink.write(map->bytes) : Status();
}

}  // namespace imagepacker::jpeg
