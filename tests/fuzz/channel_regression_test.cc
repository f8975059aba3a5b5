// The channel's fuzz harness on packets that are nearly right, in every build.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "daemon/shm/welcome.h"
#include "tests/daemon/shm/raw_client.h"
#include "tests/fuzz/channel_harness.h"

namespace tfld::test {
namespace {

void RunChanged(std::vector<std::byte> packet, unsigned seed) {
  std::mt19937 dice(seed);
  for (int round = 0; round < 1500; ++round) {
    std::vector<std::byte> changed = packet;
    for (auto changes = dice() % 4; changes > 0 && !changed.empty(); --changes) {
      changed[dice() % changed.size()] = static_cast<std::byte>(dice() % 3 == 0 ? 0xFF : dice());
    }
    if (dice() % 8 == 0) changed.resize(dice() % (changed.size() + 64));
    FuzzChannel(changed);
  }
}

TEST(FuzzChannel, Hellos) {
  const channel::Hello hello = GoodHello("model", 3);
  std::vector<std::byte> packet(sizeof(hello));
  std::memcpy(packet.data(), &hello, sizeof(hello));
  RunChanged(packet, 1);
}

TEST(FuzzChannel, Welcomes) {
  daemon::ChannelLayout layout;
  layout.slots = 3;
  layout.slot_offset = 4096;
  layout.slot_stride = 4096;
  daemon::PlacedTensor tensor;
  tensor.name = "input";
  tensor.shape = *engine::Shape::Make(std::vector<std::int32_t>{1, 4});
  tensor.offset = sizeof(channel::SlotHeader);
  tensor.bytes = 16;
  layout.inputs = {tensor, tensor};
  layout.outputs = {tensor};
  RunChanged(daemon::EncodeWelcome(layout, 16384, 1), 2);
}

TEST(FuzzChannel, Slots) { RunChanged(std::vector<std::byte>(1024), 3); }

}  // namespace
}  // namespace tfld::test
