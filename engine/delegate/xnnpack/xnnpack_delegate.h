// The delegate that takes what XNNPACK does well, through its operator-level functions.
//
// Each operator is a kernel of our own plan: its buffers and its workspace lie in the session's arena, its packed
// weights are made once and shared by all sessions. What XNNPACK lacks or does not do exactly enough is declined.
#pragma once

#include <memory>

#include "engine/delegate/delegate.h"

namespace tfld::engine {

std::unique_ptr<Delegate> NewXnnpackDelegate();

}  // namespace tfld::engine
