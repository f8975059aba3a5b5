// A model bound to one slot of a shared-memory channel.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>

#include "client/src/channel_link.h"
#include "client/src/transport.h"

namespace tfld::client {

// The channel that the bindings of one call share, and how to get another one when the daemon was started anew.
//
// Thread rule: any thread; `mutex_` is held while a channel is opened.
class ChannelGroup {
 public:
  ChannelGroup(ChannelAddress address, std::shared_ptr<const ChannelLink> link)
      : address_(std::move(address)), form_(link->form()), link_(std::move(link)) {}

  std::shared_ptr<const ChannelLink> link();
  // Another link than `dead`: one that was opened meanwhile, or a new one. FAILED_PRECONDITION when the model's tensors
  // are not those that were bound; else the errors of ChannelLink::Open.
  Result<std::shared_ptr<const ChannelLink>> Renew(const std::shared_ptr<const ChannelLink>& dead,
                                                   std::chrono::steady_clock::time_point deadline);
  const std::string& model() const { return address_.model; }

 private:
  const ChannelAddress address_;
  const ChannelForm form_;
  std::mutex mutex_;
  std::shared_ptr<const ChannelLink> link_;
};

Result<std::unique_ptr<BoundModel>> MakeChannelBoundModel(std::shared_ptr<ChannelGroup> group, std::size_t slot);

}  // namespace tfld::client
