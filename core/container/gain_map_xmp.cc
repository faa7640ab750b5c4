// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/gain_map_xmp.h"

#include "base/text.h"
#include "hdr/gain_map_metadata.h"

namespace imagepacker {

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

std::string gain_map_packet(const GainMapMetadata& metadata) {
  const HdrgmProperties properties = hdrgm_properties(metadata);
  return xmp_packet_of(text("<rdf:Description rdf:about=\"\" xmlns:hdrgm=\"", kGainMapNamespaces[0], '"',
                            properties.attributes, '>', properties.elements, "</rdf:Description>"));
}

std::string xmp_packet_of(std::string_view descriptions) {
  return text(
      "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">",
      descriptions, "</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>");
}

}  // namespace imagepacker
