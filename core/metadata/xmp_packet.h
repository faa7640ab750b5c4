// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/metadata.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// The longest XMP packet that is read.
inline constexpr std::size_t kMaxXmpBytes = std::size_t{16} << 20;

/// An XMP packet (ISO 16684-1) that is read, edited and written. Properties are told apart by namespace URI and local
/// name, never by prefix. Not for use by several threads at once.
class XmpPacket {
 public:
  /// An empty one.
  static Result<XmpPacket> create();

  /// Reads a packet in UTF-8, -16 or -32, with or without its <?xpacket?> wrapper. Errors: corrupt_input (no XML, no
  /// rdf:RDF), limit_exceeded, out_of_memory.
  static Result<XmpPacket> parse(ByteView packet);

  XmpPacket(XmpPacket&&) noexcept;
  XmpPacket& operator=(XmpPacket&&) noexcept;
  ~XmpPacket();

  /// Takes over all properties of `other`; those that are here already under the same name are replaced.
  Status merge(const XmpPacket& other);

  /// Puts the property in place of those of the same name. Errors: invalid_argument (text that XML can't hold),
  /// limit_exceeded (longer than kMaxXmpTextBytes), out_of_memory.
  Status set(const XmpEdit& property);

  /// True when some description has the property, as attribute or as element.
  [[nodiscard]] bool has(std::string_view namespace_uri, std::string_view name) const;

  /// The value of a simple property, from an attribute or an element; empty when there is none.
  [[nodiscard]] std::optional<std::string> value(std::string_view namespace_uri, std::string_view name) const;

  /// The values of a property: those of its rdf:Seq, rdf:Bag or rdf:Alt, or of a simple property the one. Empty when
  /// there is none.
  [[nodiscard]] std::vector<std::string> values(std::string_view namespace_uri, std::string_view name) const;

  /// Takes out every property of that namespace, as attribute or element, of all descriptions.
  void erase_namespace(std::string_view namespace_uri);

  /// Takes out one property of all descriptions.
  void erase(std::string_view namespace_uri, std::string_view name);

  /// Takes out all that tells a position on Earth, at any depth: properties whose name begins with "GPS" or has
  /// "latitude" or "longitude" in it (any case), in whatever namespace, and those of the W3C geo vocabulary.
  void erase_gps();

  /// No description has any property.
  [[nodiscard]] bool is_empty() const;

  /// The packet in UTF-8 with its wrapper, without padding. Equal content gives equal bytes. Errors: out_of_memory.
  [[nodiscard]] Result<Bytes> serialize() const;

 private:
  struct Impl;
  explicit XmpPacket(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace imagepacker
