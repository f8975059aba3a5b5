#include "daemon/rpc/message_pool.h"

#include <algorithm>
#include <utility>

namespace tfld::daemon {
namespace {

// At most what a message takes in memory: its tensors' bytes as they are, and what is around them many times what it
// takes on the wire, where an empty field has two bytes.
template <typename Message, typename Strings>
std::size_t MemoryOf(const Message& message, const Strings& tensors) {
  constexpr std::size_t kTimes = 64;
  std::size_t bytes = 0;
  for (const auto& tensor : tensors) bytes += tensor.size();
  return bytes + (message.ByteSizeLong() - bytes) * kTimes;
}

}  // namespace

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
  const std::size_t bytes = MemoryOf(returned->request_, returned->request_.raw_input_contents()) +
                            MemoryOf(returned->response_, returned->response_.raw_output_contents());
  returned->kept_bytes_ = std::max(returned->kept_bytes_, bytes);  // messages never shrink
  returned->response_.Clear();
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= kMaxKept || kept_bytes_ + returned->kept_bytes_ > kMaxKeptBytes) return;
  kept_bytes_ += returned->kept_bytes_;
  kept_.push_back(std::move(returned));
}

}  // namespace tfld::daemon
