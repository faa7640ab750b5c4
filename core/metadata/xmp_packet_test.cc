// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata/xmp_packet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace imagepacker {
namespace {

constexpr std::string_view kDc = "http://purl.org/dc/elements/1.1/";
constexpr std::string_view kXmp = "http://ns.adobe.com/xap/1.0/";
constexpr std::string_view kExif = "http://ns.adobe.com/exif/1.0/";

ByteView view(std::string_view chars) {
  return std::as_bytes(std::span(chars));
}

std::string packet_with(std::string_view description) {
  return "<?xpacket begin='\xEF\xBB\xBF' id='W5M0MpCehiHzreSzNTczkc9d'?>"
         "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" +
         std::string(description) + "</rdf:RDF></x:xmpmeta><?xpacket end='w'?>";
}

constexpr std::string_view kUsers =
    "<rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' "
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmp:Rating='3'>"
    "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>K\xC3\xA4se &amp; Brot</rdf:li></rdf:Alt></dc:title>"
    "</rdf:Description>";

XmpPacket parse_or_die(const std::string& packet) {
  auto result = XmpPacket::parse(view(packet));
  EXPECT_TRUE(result.has_value()) << result.error().message;
  return std::move(*result);
}

std::string serialized(const XmpPacket& packet) {
  const auto bytes = packet.serialize();
  EXPECT_TRUE(bytes.has_value());
  return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

TEST(XmpPacket, KeepsWhatItReads) {
  const XmpPacket packet = parse_or_die(packet_with(kUsers));
  EXPECT_TRUE(packet.has(kXmp, "Rating"));
  EXPECT_TRUE(packet.has(kDc, "title"));
  const std::string bytes = serialized(packet);
  EXPECT_NE(bytes.find("K\xC3\xA4se &amp; Brot"), std::string::npos);
  EXPECT_TRUE(bytes.starts_with("<?xpacket begin=\"\xEF\xBB\xBF\""));
  EXPECT_TRUE(bytes.ends_with("<?xpacket end=\"w\"?>"));
  EXPECT_EQ(serialized(parse_or_die(bytes)), bytes);
}

TEST(XmpPacket, MergingReplacesByNameAndKeepsTheRest) {
  XmpPacket packet = parse_or_die(packet_with(kUsers));
  // Another prefix for the same namespace, declared on rdf:RDF's child, and an element where the user has an attribute.
  const XmpPacket other = parse_or_die(packet_with(
      "<rdf:Description rdf:about='' xmlns:q='http://ns.adobe.com/xap/1.0/' q:Label='new'><q:Rating>5</q:Rating>"
      "</rdf:Description>"));
  ASSERT_TRUE(packet.merge(other).has_value());
  const XmpPacket merged = parse_or_die(serialized(packet));
  EXPECT_TRUE(merged.has(kXmp, "Label"));
  EXPECT_TRUE(merged.has(kDc, "title"));
  const std::string bytes = serialized(merged);
  EXPECT_EQ(bytes.find("Rating=\"3\""), std::string::npos);
  EXPECT_NE(bytes.find(">5<"), std::string::npos);
}

TEST(XmpPacket, MergingTakesDeclarationsFromFurtherUpAlong) {
  XmpPacket packet = parse_or_die(packet_with(kUsers));
  const std::string other =
      "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='http://ns.adobe.com/exif/1.0/'>"
      "<rdf:Description rdf:about='' e:FNumber='14/5'/></rdf:RDF>";
  ASSERT_TRUE(packet.merge(parse_or_die(other)).has_value());
  EXPECT_TRUE(parse_or_die(serialized(packet)).has(kExif, "FNumber"));
}

TEST(XmpPacket, GpsLeavesNothingBehindAtAnyDepth) {
  XmpPacket packet = parse_or_die(packet_with(
      "<rdf:Description rdf:about='' xmlns:z='http://ns.adobe.com/exif/1.0/' z:GPSLatitude='48,8.25N' z:FNumber='2'>"
      "<z:GPSLongitude>11,34.5E</z:GPSLongitude>"
      "<q:Place xmlns:q='urn:q' rdf:parseType='Resource'><z:GPSLatitude>48,8.25N</z:GPSLatitude><q:n>x</q:n></q:Place>"
      "<d:GpsLatitude xmlns:d='urn:drone'>+48.1375</d:GpsLatitude>"
      "<g:lat xmlns:g='http://www.w3.org/2003/01/geo/wgs84_pos#'>48.1375</g:lat></rdf:Description>"));
  packet.erase_gps();
  const std::string bytes = serialized(packet);
  for (const char* secret : {"48,8.25", "11,34.5", "48.1375"}) {
    EXPECT_EQ(bytes.find(secret), std::string::npos) << secret;
  }
  EXPECT_TRUE(packet.has(kExif, "FNumber"));
  EXPECT_TRUE(packet.has("urn:q", "Place"));
}

TEST(XmpPacket, GpsLeavesNothingBehindBesideTheRdf) {
  const std::string rdf = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>";
  const std::string exif = "xmlns:exif='http://ns.adobe.com/exif/1.0/'";
  XmpPacket packet = parse_or_die("<x:xmpmeta xmlns:x='adobe:ns:meta/' " + exif + " exif:GPSLongitude='11,34.5E'>" +
                                  rdf + "<rdf:Description rdf:about='' exif:FNumber='2'/></rdf:RDF>" + rdf +
                                  "<rdf:Description rdf:about='' exif:GPSLatitude='48,8.25N'/></rdf:RDF></x:xmpmeta>");
  packet.erase_gps();
  const std::string bytes = serialized(packet);
  EXPECT_EQ(bytes.find("48,8.25"), std::string::npos) << bytes;
  EXPECT_EQ(bytes.find("11,34.5"), std::string::npos) << bytes;
  EXPECT_TRUE(packet.has(kExif, "FNumber"));
}

TEST(XmpPacket, ErasesPropertiesByNamespace) {
  XmpPacket packet = parse_or_die(packet_with(kUsers));
  EXPECT_FALSE(packet.is_empty());
  packet.erase_namespace(kXmp);
  EXPECT_FALSE(packet.has(kXmp, "Rating"));
  EXPECT_TRUE(packet.has(kDc, "title"));
  packet.erase(kDc, "title");
  EXPECT_TRUE(packet.is_empty());
}

TEST(XmpPacket, SetsPropertiesInEveryForm) {
  XmpPacket packet = parse_or_die(packet_with(kUsers));
  using Form = XmpEdit::Form;
  const XmpEdit edits[] = {{std::string(kXmp), "xmp", "Rating", Form::text, {"5"}},
                           {std::string(kDc), "dc", "title", Form::lang_alt, {"<A & B>"}},
                           {std::string(kDc), "dc", "creator", Form::ordered, {"Zo\xC3\xAB", "Max"}},
                           {std::string(kDc), "dc", "subject", Form::unordered, {"one", "two"}}};
  for (const XmpEdit& edit : edits) {
    EXPECT_TRUE(packet.set(edit).has_value());
  }
  const std::string bytes = serialized(parse_or_die(serialized(packet)));
  for (const char* expected : {"<xmp:Rating>5<", "xml:lang=\"x-default\">&lt;A &amp; B&gt;<", "<rdf:Seq>", "<rdf:Bag>",
                               ">Zo\xC3\xAB<", ">Max<", ">two<"}) {
    EXPECT_NE(bytes.find(expected), std::string::npos) << expected << bytes;
  }
  EXPECT_EQ(bytes.find("Brot"), std::string::npos);
  EXPECT_EQ(bytes.find("Rating=\"3\""), std::string::npos);
}

TEST(XmpPacket, RefusesTextThatXmlCantHold) {
  XmpPacket packet = parse_or_die(packet_with(kUsers));
  for (const std::string& value :
       {std::string("\x80"), std::string("a\0b", 3), std::string("\x01"), std::string(kMaxXmpTextBytes + 1, 'x')}) {
    EXPECT_FALSE(packet.set({std::string(kXmp), "xmp", "Label", XmpEdit::Form::text, {value}}).has_value());
  }
  EXPECT_FALSE(packet.has(kXmp, "Label"));
}

TEST(XmpPacket, ReadsUtf16) {
  const std::string narrow = packet_with("<rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='3'/>");
  std::string wide = "\xFF\xFE";
  for (const char c : narrow.substr(narrow.find("<x:"))) {
    wide += c;
    wide += '\0';
  }
  EXPECT_TRUE(parse_or_die(wide).has(kXmp, "Rating"));
}

TEST(XmpPacket, RefusesWhatIsNoXmp) {
  std::string deep = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>";
  for (int i = 0; i < 100000; ++i) {
    deep += "<a>";
  }
  std::string closed = deep;
  for (int i = 0; i < 100000; ++i) {
    closed += "</a>";
  }
  closed += "</rdf:RDF>";
  for (const std::string& packet : {std::string(), std::string("no xml"), std::string("<a/>"),
                                    std::string("<x:xmpmeta"), deep, closed, std::string("\0\0\0", 3)}) {
    EXPECT_FALSE(XmpPacket::parse(view(packet)).has_value()) << packet.substr(0, 40);
  }
}

TEST(XmpPacket, SurvivesEveryTruncation) {
  const std::string whole = packet_with(kUsers);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    auto packet = XmpPacket::parse(view(whole).first(length));
    if (packet.has_value()) {
      packet->erase_gps();
      EXPECT_TRUE(packet->serialize().has_value());
    }
  }
}

}  // namespace
}  // namespace imagepacker
