// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

// The library is built with hidden visibility; what carries this mark is its ABI.
#define IMAGEPACKER_API __attribute__((visibility("default")))
