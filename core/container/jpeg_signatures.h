// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

namespace imagepacker {

// What application segments of JPEG begin with, the zero bytes included that end it.

inline constexpr std::string_view kJpegJfifSignature{"JFIF\0", 5};
inline constexpr std::string_view kJpegExifSignature{"Exif\0\0", 6};
inline constexpr std::string_view kJpegXmpSignature{"http://ns.adobe.com/xap/1.0/\0", 29};
inline constexpr std::string_view kJpegExtendedXmpSignature{"http://ns.adobe.com/xmp/extension/\0", 35};
inline constexpr std::string_view kJpegIccSignature{"ICC_PROFILE\0", 12};
inline constexpr std::string_view kJpegMpfSignature{"MPF\0", 4};
inline constexpr std::string_view kJpegPhotoshopSignature{"Photoshop 3.0\0", 14};
inline constexpr std::string_view kJpegAdobeSignature{"Adobe", 5};

/// The namespace of the property that names an extended packet.
inline constexpr std::string_view kXmpNoteNamespace = "http://ns.adobe.com/xmp/note/";

}  // namespace imagepacker
