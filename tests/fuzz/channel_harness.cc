#include "tests/fuzz/channel_harness.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "client/src/channel_hello.h"
#include "daemon/shm/welcome.h"
#include "tests/daemon/shm/raw_client.h"
#include "tests/daemon/shm/shm_fixture.h"

namespace tfld::test {
namespace {

class SilentObserver final : public daemon::RequestObserver {
 public:
  void OnRequest(const daemon::FinishedRequest&) override {}
};

void Require(bool condition) {
  if (!condition) std::abort();
}

void ReadPackets(std::span<const std::byte> bytes) {
  const auto hello = daemon::ParseHello(bytes, 16);
  Require(!hello.ok() || (hello->slots >= 1 && hello->slots <= 16 && hello->model.size() < channel::kModelBytes));
  std::size_t region_bytes = 0;
  const auto form = client::ParseWelcome(bytes, {"", "model", "", 3}, region_bytes);
  if (!form.ok()) return;
  Require(form->slot_offset + form->slots * form->slot_stride <= region_bytes);
  for (const auto* places : {&form->inputs, &form->outputs}) {
    for (const auto& place : *places) Require(place.offset + place.bytes <= form->slot_stride);
  }
}

// One daemon and one client for all inputs: what an input leaves behind is part of the next.
class LiveChannel {
 public:
  LiveChannel() : fixture_({}, &observer_), client_(fixture_.path) {
    fixture_.Publish("mixed", 1, {{engine::ElementType::kBool, {16}}, {engine::ElementType::kFloat32, {16}}});
    client_.Open("mixed", 2);
  }

  void Post(std::span<const std::byte> bytes) {
    const std::size_t slot = bytes.size() % 2;
    std::span<std::byte> memory = client_.memory().subspan(client_.welcome().slot_offset);
    memory = memory.subspan(slot * client_.welcome().slot_stride, client_.welcome().slot_stride);
    std::copy_n(bytes.begin(), std::min(bytes.size(), memory.size()), memory.begin());
    client_.slot(slot).state = channel::kFree;  // the rest of the header is the input's
    channel::Request request;
    std::memcpy(&request, &client_.slot(slot).request, sizeof(request));
    client_.Post(slot, request.id, request.deadline_ns, request.priority);
    client_.Await(slot);
    Require(client_.slot(slot).answer.id == request.id);
    Require(client_.slot(slot).answer.code <= static_cast<std::uint32_t>(StatusCode::kUnauthenticated));
    Require(client_.slot(slot).answer.message_bytes <= channel::kMessageBytes);
  }

 private:
  SilentObserver observer_;
  ShmFixture fixture_;
  RawClient client_;
};

}  // namespace

void FuzzChannel(std::span<const std::byte> bytes) {
  static LiveChannel& live = *new LiveChannel;  // executors run to the end of the process
  ReadPackets(bytes);
  live.Post(bytes);
}

}  // namespace tfld::test
