// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>

#include "codec/codec.h"

namespace imagepacker {

/// The codecs of this build, in order of preference.
std::span<const CodecDescriptor* const> codec_list();

/// The codec of `format`, or nullptr when this build is without it.
const CodecDescriptor* find_codec(Format format);

}  // namespace imagepacker
