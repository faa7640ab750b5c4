// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace imagepacker {

/// True when the system gives this process `count` more threads at this moment. To be asked before a library starts
/// threads of its own that waits for them without end when they could not be started. It takes about as long as
/// starting them.
bool has_spare_threads(unsigned count);

}  // namespace imagepacker
