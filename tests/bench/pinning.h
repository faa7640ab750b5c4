// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <set>

namespace imagepacker::bench {

/// Restricts this thread, and all that it starts from now on, to the first `processors` processors.
void stay_on_processors(int processors);

/// Keeps a thread, 0: the calling one, on one processor.
void pin_thread(int thread, int processor);

/// The threads of this process, by kernel id.
std::set<int> threads_of_process();

/// Spreads the threads that are not in `before` over the first `processors` processors, in the order in which they were
/// started: schedulers at times pack the threads of one process onto one. An element starts the threads of its pool
/// first, as many as work at a time. Threads that those start later stay where they are, so this is not for coders with
/// threads of their own.
void spread_threads(const std::set<int>& before, int processors);

}  // namespace imagepacker::bench
