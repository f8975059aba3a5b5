// JobSource: a channel that brings requests by a descriptor which executors themselves wait on, so that a request needs
// no second thread on its way to an executor.
#pragma once

namespace tfld::daemon {

class JobSource {
 public:
  virtual ~JobSource() = default;

  // Something happened on the descriptor: it became readable (once more), or its other end went away. Decodes what
  // arrived and submits it. On an executor; never two at once for one source. What arrives while it runs leads to
  // another call if the descriptor is still readable when it ends: an eventfd as a doorbell needs no read, and a socket
  // is to be read until EAGAIN. Must be short and must not block, as no job starts on that executor meanwhile, and a
  // job of lower priority may wait on the same stack. May call Scheduler::Unwatch of its own descriptor.
  virtual void OnReady() = 0;
};

}  // namespace tfld::daemon
