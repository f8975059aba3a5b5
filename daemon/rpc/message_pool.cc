#include "daemon/rpc/message_pool.h"

#include <algorithm>
#include <utility>

#include "daemon/rpc/message_memory.h"

namespace tfld::daemon {

MessagePool::Holder::Holder(MessagePool& pool) : pool_(pool) {
  set_request(&request_);
  set_response(&response_);
}

void MessagePool::Holder::Release() { pool_.Return(this); }

grpc::MessageHolder<inference::ModelInferRequest, inference::ModelInferResponse>* MessagePool::AllocateMessages() {
  {
    const std::lock_guard lock(mutex_);
    if (!kept_.empty()) {
      std::unique_ptr<Holder> holder = std::move(kept_.back());
      kept_.pop_back();
      kept_bytes_ -= holder->kept_bytes_;
      return holder.release();
    }
  }
  return new Holder(*this);
}

// The request is cleared when the next one is parsed into it.
void MessagePool::Return(Holder* holder) {
  std::unique_ptr<Holder> returned(holder);
  const std::size_t bytes = MemoryOf(returned->request_) + MemoryOf(returned->response_);
  returned->kept_bytes_ = std::max(returned->kept_bytes_, bytes);  // messages never shrink
  returned->response_.Clear();
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= kMaxKept || kept_bytes_ + returned->kept_bytes_ > kMaxKeptBytes) return;
  kept_bytes_ += returned->kept_bytes_;
  kept_.push_back(std::move(returned));
}

}  // namespace tfld::daemon
