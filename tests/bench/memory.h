// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>

namespace imagepacker::bench {

/// Bytes of this process that are in memory now.
std::size_t resident_bytes();

/// Forgets the highest value so far of resident_bytes().
void forget_peak();

/// The highest value of resident_bytes() since forget_peak().
std::size_t peak_resident_bytes();

}  // namespace imagepacker::bench
