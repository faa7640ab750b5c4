// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/gain_map_xmp.h"

#include <locale>
#include <sstream>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "hdr/gain_map_metadata.h"

namespace imagepacker {

namespace {

constexpr std::string_view kHdrgm = kGainMapNamespaces[0];

/// One or three numbers, read without regard to the locale; empty when there is anything else.
std::vector<double> numbers(const XmpPacket& packet, std::string_view name) {
  std::vector<double> found;
  for (const std::string& value : packet.values(kHdrgm, name)) {
    std::istringstream in(value);
    in.imbue(std::locale::classic());
    double number = 0;
    if (!(in >> number) || !(in >> std::ws).eof()) {
      return {};
    }
    found.push_back(number);
  }
  return found;
}

}  // namespace

std::string gain_map_directory(std::size_t gain_map_bytes) {
  return text("<rdf:Description rdf:about=\"\" xmlns:hdrgm=\"", kGainMapNamespaces[0], "\" xmlns:Container=\"",
              kGainMapNamespaces[1], "\" xmlns:Item=\"", kGainMapNamespaces[1],
              "item/\" hdrgm:Version=\"1.0\"><Container:Directory><rdf:Seq>"
              "<rdf:li rdf:parseType=\"Resource\"><Container:Item Item:Semantic=\"Primary\" "
              "Item:Mime=\"image/jpeg\"/></rdf:li>"
              "<rdf:li rdf:parseType=\"Resource\"><Container:Item Item:Semantic=\"GainMap\" "
              "Item:Mime=\"image/jpeg\" Item:Length=\"",
              gain_map_bytes, "\"/></rdf:li></rdf:Seq></Container:Directory></rdf:Description>");
}

Result<Bytes> merge_gain_map_directory(ByteView packet, std::string_view directory) {
  const std::string own = xmp_packet_of(directory);
  if (packet.empty()) {
    const ByteView bytes = std::as_bytes(std::span(own));
    return Bytes(bytes.begin(), bytes.end());
  }
  IP_ASSIGN(auto merged, XmpPacket::parse(packet));
  IP_ASSIGN(const auto directory_packet, XmpPacket::parse(std::as_bytes(std::span(own))));
  for (const std::string_view uri : kGainMapNamespaces) {
    merged.erase_namespace(uri);
  }
  IP_TRY(merged.merge(directory_packet));
  return merged.serialize();
}

std::string gain_map_packet(const GainMapMetadata& metadata) {
  const HdrgmProperties properties = hdrgm_properties(metadata);
  return xmp_packet_of(text("<rdf:Description rdf:about=\"\" xmlns:hdrgm=\"", kGainMapNamespaces[0], '"',
                            properties.attributes, '>', properties.elements, "</rdf:Description>"));
}

Result<std::optional<GainMapMetadata>> read_gain_map_packet(const XmpPacket& packet) {
  if (!packet.has(kHdrgm, "Version") || !packet.has(kHdrgm, "GainMapMax")) {
    return std::optional<GainMapMetadata>();
  }
  const auto base_is_hdr = packet.value(kHdrgm, "BaseRenditionIsHDR");
  if (base_is_hdr == "True" || base_is_hdr == "true") {
    return make_error(Errc::unsupported, "a gain map that makes the SDR rendition from an HDR base");
  }
  GainMapMetadata metadata;
  for (const HdrgmChannelProperty& property : hdrgm_channel_properties()) {
    if (!packet.has(kHdrgm, property.name)) {
      continue;
    }
    const auto values = numbers(packet, property.name);
    if (values.size() != 1 && values.size() != metadata.channels.size()) {
      return make_error(Errc::corrupt_input,
                        text("hdrgm:", property.name, " has ", values.size(), " numbers; 1 and 3 are allowed"));
    }
    for (std::size_t c = 0; c < metadata.channels.size(); ++c) {
      metadata.channels[c].*property.value = values[values.size() == 1 ? 0 : c];
    }
  }
  const auto minimum = numbers(packet, "HDRCapacityMin");
  const auto maximum = numbers(packet, "HDRCapacityMax");
  metadata.base_hdr_headroom = minimum.empty() ? 0 : minimum.front();
  metadata.alternate_hdr_headroom = maximum.empty() ? 0 : maximum.front();
  if (const Status status = validate(metadata); !status.has_value()) {
    return make_error(Errc::corrupt_input, status.error().message);
  }
  return std::optional(metadata);
}

std::string xmp_packet_of(std::string_view descriptions) {
  return text(
      "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">",
      descriptions, "</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>");
}

}  // namespace imagepacker
