// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace imagepacker::bench {

/// Restricts this thread, and all that it starts from now on, to the first `processors` processors. Among these the
/// scheduler chooses: an element has more threads than ever work at a time, and which two of them meet on a frame can't
/// be known when they would have to be pinned.
void stay_on_processors(int processors);

}  // namespace imagepacker::bench
