// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata/xmp_packet.h"

#include <algorithm>
#include <cctype>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "base/byte_writer.h"
#include "base/text.h"
#include "base/try.h"
#include "metadata/exif_value.h"

namespace imagepacker {
namespace {

constexpr std::string_view kRdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
constexpr std::string_view kXml = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view kXmlns = "http://www.w3.org/2000/xmlns/";
constexpr std::string_view kGeo = "http://www.w3.org/2003/01/geo/wgs84_pos#";
constexpr char kEmptyPacket[] =
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/>"
    "</x:xmpmeta>";
/// Deeper trees are no XMP; the limit keeps walks up to the root short.
constexpr int kMaxDepth = 64;

/// A name with its prefix resolved.
struct QualifiedName {
  std::string_view namespace_uri;
  std::string_view local;

  friend bool operator==(const QualifiedName&, const QualifiedName&) = default;
};

/// The namespace that `prefix` stands for at `node`; empty when it was never declared.
std::string_view find_namespace(pugi::xml_node node, std::string_view prefix) {
  if (prefix == "xml") {
    return kXml;
  }
  const std::string declaration = prefix.empty() ? "xmlns" : text("xmlns:", prefix);
  for (; node; node = node.parent()) {
    if (const auto attribute = node.attribute(declaration.c_str())) {
      return attribute.value();
    }
  }
  return {};
}

QualifiedName resolve(pugi::xml_node scope, std::string_view name, bool is_attribute) {
  if (is_attribute && (name == "xmlns" || name.starts_with("xmlns:"))) {
    return {kXmlns, name};
  }
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) {
    // Attributes without a prefix are in no namespace (Namespaces in XML, clause 6.2).
    return {is_attribute ? std::string_view() : find_namespace(scope, {}), name};
  }
  return {find_namespace(scope, name.substr(0, colon)), name.substr(colon + 1)};
}

QualifiedName name_of(pugi::xml_node element) {
  return resolve(element, element.name(), false);
}

bool is_rdf(pugi::xml_node element, std::string_view local) {
  return element.type() == pugi::node_element && name_of(element) == QualifiedName{kRdf, local};
}

bool is_property(const QualifiedName& name) {
  return name.namespace_uri != kXmlns && name.namespace_uri != kXml && name.namespace_uri != kRdf;
}

bool is_position(const QualifiedName& name) {
  std::string local(name.local);
  std::ranges::transform(local, local.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool names_one = local.starts_with("gps") || local.find("latitude") != std::string::npos ||
                         local.find("longitude") != std::string::npos;
  return is_property(name) && (names_one || name.namespace_uri == kGeo);
}

/// Removes attributes and child elements of `element` for which `is_unwanted(QualifiedName)`.
template <class Predicate>
void erase_members(pugi::xml_node element, const Predicate& is_unwanted) {
  for (auto attribute = element.first_attribute(); attribute;) {
    const auto next = attribute.next_attribute();
    if (is_unwanted(resolve(element, attribute.name(), true))) {
      element.remove_attribute(attribute);
    }
    attribute = next;
  }
  for (auto child = element.first_child(); child;) {
    const auto next = child.next_sibling();
    if (child.type() == pugi::node_element && is_unwanted(name_of(child))) {
      element.remove_child(child);
    }
    child = next;
  }
}

template <class Predicate>
void erase_members_everywhere(pugi::xml_node element, const Predicate& is_unwanted, int depth = 0) {
  erase_members(element, is_unwanted);
  for (const auto child : element.children()) {
    if (child.type() == pugi::node_element && depth < kMaxDepth) {
      erase_members_everywhere(child, is_unwanted, depth + 1);
    }
  }
}

int depth_of(pugi::xml_node node) {
  int deepest = 0;
  int depth = 0;
  // A walk without recursion: the document is not yet known to be shallow.
  for (auto at = node.first_child(); at;) {
    ++depth;
    deepest = std::max(deepest, depth);
    if (at.first_child()) {
      at = at.first_child();
      continue;
    }
    while (at && at != node && !at.next_sibling()) {
      at = at.parent();
      --depth;
    }
    if (!at || at == node) {
      break;
    }
    at = at.next_sibling();
    --depth;
  }
  return deepest;
}

/// The prefix of an element with its colon, or nothing.
std::string prefix_of(pugi::xml_node element) {
  const std::string_view name = element.name();
  const std::size_t colon = name.find(':');
  return std::string(name.substr(0, colon == std::string_view::npos ? 0 : colon + 1));
}

/// Valid UTF-8 without what XML 1.0 clause 2.2 excludes.
bool is_xml_text(std::string_view utf8) {
  const bool has_controls = std::ranges::any_of(
      utf8, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r'; });
  return !has_controls && is_valid_utf8_text(utf8);
}

/// Writers may end a packet with NULs, which are no XML. In UTF-16 and -32, a NUL is half of a character.
ByteView without_padding(ByteView packet) {
  const bool has_wide_characters =
      packet.size() < 2 || packet[0] == std::byte{0} || packet[1] == std::byte{0} || packet[0] >= std::byte{0xFE};
  while (!has_wide_characters && packet.back() == std::byte{0}) {
    packet = packet.first(packet.size() - 1);
  }
  return packet;
}

/// The items of the array in `property`, or its text.
std::vector<std::string> values_of(pugi::xml_node property) {
  for (const auto array : property.children()) {
    if (is_rdf(array, "Seq") || is_rdf(array, "Bag") || is_rdf(array, "Alt")) {
      std::vector<std::string> items;
      for (const auto item : array.children()) {
        if (is_rdf(item, "li")) {
          items.emplace_back(item.text().get());
        }
      }
      return items;
    }
  }
  return {property.text().get()};
}

/// Where pugixml prints to.
class PrintedBytes final : public pugi::xml_writer {
 public:
  void write(const void* data, std::size_t size) override {
    bytes_.append(ByteView(static_cast<const std::byte*>(data), size));
  }
  void append(std::string_view chars) { bytes_.append(chars); }
  [[nodiscard]] Bytes take() { return bytes_.take(); }

 private:
  ByteWriter bytes_;
};

}  // namespace

struct XmpPacket::Impl {
  pugi::xml_document document;
  pugi::xml_node rdf;

  template <class Action>
  void for_each_description(const Action& action) const {
    for (const auto child : rdf.children()) {
      if (is_rdf(child, "Description")) {
        action(child);
      }
    }
  }

  template <class Predicate>
  void erase_if(const Predicate& is_unwanted) const {
    for_each_description([&](pugi::xml_node description) { erase_members(description, is_unwanted); });
  }
};

XmpPacket::XmpPacket(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
XmpPacket::XmpPacket(XmpPacket&&) noexcept = default;
XmpPacket& XmpPacket::operator=(XmpPacket&&) noexcept = default;
XmpPacket::~XmpPacket() = default;

Result<XmpPacket> XmpPacket::create() {
  return parse(std::as_bytes(std::span(kEmptyPacket, sizeof kEmptyPacket - 1)));
}

Result<XmpPacket> XmpPacket::parse(ByteView packet) {
  if (packet.size() > kMaxXmpBytes) {
    return make_error(Errc::limit_exceeded,
                      text("an XMP packet of ", packet.size(), " bytes; at most ", kMaxXmpBytes, " are read"));
  }
  packet = without_padding(packet);
  auto impl = std::make_unique<Impl>();
  const auto parsed =
      impl->document.load_buffer(packet.data(), packet.size(), pugi::parse_default, pugi::encoding_auto);
  if (parsed.status == pugi::status_out_of_memory) {
    return make_error(Errc::out_of_memory, text("no memory for an XMP packet of ", packet.size(), " bytes"));
  }
  if (!parsed) {
    return make_error(Errc::corrupt_input,
                      text("the XMP packet of ", packet.size(), " bytes is not well-formed at byte ", parsed.offset,
                           ": ", parsed.description()));
  }
  if (depth_of(impl->document) > kMaxDepth) {
    return make_error(Errc::limit_exceeded, text("the XMP packet is nested deeper than ", kMaxDepth, " elements"));
  }
  const auto root = impl->document.document_element();
  impl->rdf = is_rdf(root, "RDF") ? root : root.find_child([](pugi::xml_node child) { return is_rdf(child, "RDF"); });
  if (!impl->rdf) {
    return make_error(Errc::corrupt_input, text("the XMP packet of ", packet.size(), " bytes has no rdf:RDF element"));
  }
  return XmpPacket(std::move(impl));
}

Status XmpPacket::merge(const XmpPacket& other) {
  std::vector<QualifiedName> theirs;
  other.impl_->for_each_description([&](pugi::xml_node description) {
    for (const auto attribute : description.attributes()) {
      theirs.push_back(resolve(description, attribute.name(), true));
    }
    for (const auto child : description.children()) {
      if (child.type() == pugi::node_element) {
        theirs.push_back(name_of(child));
      }
    }
  });
  std::erase_if(theirs, [](const QualifiedName& name) { return !is_property(name); });
  impl_->erase_if([&](const QualifiedName& name) { return std::ranges::find(theirs, name) != theirs.end(); });

  bool is_complete = true;
  other.impl_->for_each_description([&](pugi::xml_node description) {
    auto copy = impl_->rdf.append_copy(description);
    is_complete = is_complete && copy;
    // Declarations further up in the other packet go along; nearer ones win.
    for (auto ancestor = description.parent(); ancestor; ancestor = ancestor.parent()) {
      for (const auto attribute : ancestor.attributes()) {
        if (resolve(ancestor, attribute.name(), true).namespace_uri == kXmlns && !copy.attribute(attribute.name())) {
          is_complete = is_complete && copy.append_copy(attribute);
        }
      }
    }
  });
  if (!is_complete) {
    return make_error(Errc::out_of_memory, "no memory for merging XMP packets");
  }
  return {};
}

Status XmpPacket::set(const XmpEdit& property) {
  for (const std::string& value : property.values) {
    if (value.size() > kMaxXmpTextBytes) {
      return make_error(Errc::limit_exceeded, text(property.prefix, ":", property.name, " got ", value.size(),
                                                   " bytes; at most ", kMaxXmpTextBytes, " fit"));
    }
    if (!is_xml_text(value)) {
      return make_error(Errc::invalid_argument, text(property.prefix, ":", property.name,
                                                     " got a text that is not valid UTF-8 or has control characters"));
    }
  }
  erase(property.namespace_uri, property.name);
  auto description = impl_->rdf.append_child(text(prefix_of(impl_->rdf), "Description").c_str());
  description.append_attribute(text(prefix_of(impl_->rdf), "about").c_str()).set_value("");
  description.append_attribute(text("xmlns:", property.prefix).c_str()).set_value(property.namespace_uri.c_str());
  auto element = description.append_child(text(property.prefix, ":", property.name).c_str());
  if (property.form == XmpEdit::Form::text) {
    element.text().set(property.values.empty() ? "" : property.values.front().c_str());
    return {};
  }
  const char* const container = property.form == XmpEdit::Form::lang_alt  ? "Alt"
                                : property.form == XmpEdit::Form::ordered ? "Seq"
                                                                          : "Bag";
  auto list = element.append_child(text(prefix_of(impl_->rdf), container).c_str());
  for (const std::string& value : property.values) {
    auto item = list.append_child(text(prefix_of(impl_->rdf), "li").c_str());
    if (property.form == XmpEdit::Form::lang_alt) {
      item.append_attribute("xml:lang").set_value("x-default");
    }
    if (!item.text().set(value.c_str())) {
      return make_error(Errc::out_of_memory, "no memory for an XMP property");
    }
  }
  return {};
}

bool XmpPacket::has(std::string_view namespace_uri, std::string_view name) const {
  const QualifiedName wanted{namespace_uri, name};
  bool found = false;
  impl_->for_each_description([&](pugi::xml_node description) {
    for (const auto attribute : description.attributes()) {
      found = found || resolve(description, attribute.name(), true) == wanted;
    }
    for (const auto child : description.children()) {
      found = found || (child.type() == pugi::node_element && name_of(child) == wanted);
    }
  });
  return found;
}

std::vector<std::string> XmpPacket::values(std::string_view namespace_uri, std::string_view name) const {
  const QualifiedName wanted{namespace_uri, name};
  std::vector<std::string> found;
  impl_->for_each_description([&](pugi::xml_node description) {
    for (const auto attribute : description.attributes()) {
      if (found.empty() && resolve(description, attribute.name(), true) == wanted) {
        found.emplace_back(attribute.value());
      }
    }
    for (const auto child : description.children()) {
      if (found.empty() && child.type() == pugi::node_element && name_of(child) == wanted) {
        found = values_of(child);
      }
    }
  });
  return found;
}

std::optional<std::string> XmpPacket::value(std::string_view namespace_uri, std::string_view name) const {
  auto found = values(namespace_uri, name);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

void XmpPacket::erase_namespace(std::string_view namespace_uri) {
  impl_->erase_if([&](const QualifiedName& name) { return name.namespace_uri == namespace_uri; });
}

void XmpPacket::erase(std::string_view namespace_uri, std::string_view name) {
  impl_->erase_if([&](const QualifiedName& each) { return each == QualifiedName{namespace_uri, name}; });
}

void XmpPacket::erase_gps() {
  // All that serialize() prints, not only the rdf:RDF that is read: a packet may have elements beside it.
  erase_members_everywhere(impl_->document.document_element(), is_position);
}

bool XmpPacket::is_empty() const {
  bool empty = true;
  impl_->for_each_description([&](pugi::xml_node description) {
    for (const auto attribute : description.attributes()) {
      const QualifiedName name = resolve(description, attribute.name(), true);
      empty = empty && !(is_property(name) && !name.namespace_uri.empty());
    }
    for (const auto child : description.children()) {
      empty = empty && child.type() != pugi::node_element;
    }
  });
  return empty;
}

Result<Bytes> XmpPacket::serialize() const {
  PrintedBytes printed;
  printed.append("<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n");
  impl_->document.document_element().print(printed, " ", pugi::format_indent | pugi::format_no_declaration,
                                           pugi::encoding_utf8);
  printed.append("<?xpacket end=\"w\"?>");
  return printed.take();
}

}  // namespace imagepacker
