// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "imagepacker/picture.h"
#include "imagepacker/result.h"
#include "metadata/xmp_packet.h"

namespace imagepacker {

/// The namespaces of what these packets state. A picture's own packet must not keep older properties in them.
inline constexpr std::array<std::string_view, 2> kGainMapNamespaces = {"http://ns.adobe.com/hdr-gain-map/1.0/",
                                                                       "http://ns.google.com/photos/1.0/container/"};

/// The rdf:Description element for the primary image of a gain-map JPEG: hdrgm's version, and the directory that says
/// how many bytes the gain map has that follows it. The prefix rdf is to be declared around it.
std::string gain_map_directory(std::size_t gain_map_bytes);

/// A picture's XMP `packet`, or none, with `directory` merged into it. Errors: of XmpPacket::parse().
Result<Bytes> merge_gain_map_directory(ByteView packet, std::string_view directory);

/// A whole packet, in its wrapper, for the gain map itself. `metadata` is valid, with the base rendition SDR and
/// use_base_color_space.
std::string gain_map_packet(const GainMapMetadata& metadata);

/// `descriptions` (rdf:Description elements) as a whole packet in its wrapper.
std::string xmp_packet_of(std::string_view descriptions);

/// The values of the hdrgm namespace in a gain map's packet, as attributes, elements or arrays of one or three. Empty
/// when it has none. Errors: corrupt_input (values missing, no numbers, or against validate()), unsupported (the base
/// rendition is the HDR one).
Result<std::optional<GainMapMetadata>> read_gain_map_packet(const XmpPacket& packet);

}  // namespace imagepacker
