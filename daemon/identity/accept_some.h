// AcceptSome: connections from a listening socket, as every door of the daemon takes them.
#pragma once

#include <functional>

namespace tfld::daemon {

// Gives connections that wait to `admit`, which owns them: non-blocking, and closed when a program is executed. Not all
// of them, as whoever connects without end would keep those waiting who are here already; the rest at the next call.
// False when one waits for which there is no descriptor, or no memory: it goes on waiting, and `listening` stays
// readable, so the caller is not to wait for that for a while. `listening` is non-blocking.
bool AcceptSome(int listening, const std::function<void(int)>& admit);

}  // namespace tfld::daemon
