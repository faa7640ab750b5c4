// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <set>

namespace imagepacker::bench {

/// The threads of this process, by kernel id.
std::set<int> threads_of_process();

/// Restricts this thread, and all that it starts from now on, to the first processor.
void stay_on_one_processor();

/// Spreads the threads that are not in `before` over the first `processors` processors, in the order in which they were
/// started: schedulers at times pack the threads of one process onto one.
void spread_threads(const std::set<int>& before, int processors);

}  // namespace imagepacker::bench
