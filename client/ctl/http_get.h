// One HTTP request over a Unix socket: what reading the metrics takes where there is no curl.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace tfld::ctl {

// The body of a 200 answer. UNAVAILABLE when nobody listens, or when it is cut; UNKNOWN with the status line for any
// other answer.
Result<std::string> HttpGet(const std::string& socket_path, const std::string& target);

}  // namespace tfld::ctl
