// The channel as applications see it: the client's library at one end, the daemon's room at the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/daemon/shm/raw_client.h"
#include "tests/daemon/shm/shm_fixture.h"

namespace tfld::test {
namespace {

using engine::ElementType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Infers with the elements begin, begin + 1 ... in input 0, and gives what came back.
std::vector<float> Echo(Binding& binding, float begin, const InferOptions& options = {}) {
  const auto input = binding.Input<float>(0);
  EXPECT_TRUE(input.ok()) << input.status().ToString();
  for (std::size_t i = 0; i < input->size(); ++i) (*input)[i] = begin + static_cast<float>(i);
  const Status status = binding.Infer(options);
  EXPECT_TRUE(status.ok()) << status.ToString();
  if (!status.ok()) return {};
  const auto output = binding.Output<float>(0);
  EXPECT_TRUE(output.ok()) << output.status().ToString();
  return {output->begin(), output->end()};
}

TEST(Channel, CarriesARequestAndItsAnswer) {
  const ShmFixture fixture;
  Binding binding = *fixture.Connect().Bind("echo");
  EXPECT_EQ(binding.transport(), "channel");
  EXPECT_EQ(binding.version(), 0U);
  EXPECT_EQ(binding.OutputBytes(0).status().code(), StatusCode::kFailedPrecondition);
  for (int round = 0; round < 100; ++round) {
    const auto begin = static_cast<float>(round);
    EXPECT_THAT(Echo(binding, begin), ElementsAre(begin, begin + 1, begin + 2, begin + 3));
  }
  EXPECT_EQ(binding.version(), 3U);
  EXPECT_THAT(binding.OutputShape(0), ElementsAre(4));
  ASSERT_EQ(fixture.observer.records().size(), 100U);
  const auto record = fixture.observer.records().back();
  EXPECT_EQ(record.model, "echo");
  EXPECT_EQ(record.version, 3U);
  EXPECT_EQ(record.transport, "channel");
  EXPECT_EQ(record.id, "100");
  EXPECT_EQ(record.code, StatusCode::kOk);
}

TEST(Channel, CarriesEveryTypeOfNumberAndMakesBooleansRight) {
  ShmFixture fixture;
  fixture.Publish("many", 1,
                  {{ElementType::kInt8, {3}},
                   {ElementType::kBool, {4}},
                   {ElementType::kInt64, {2, 2}},
                   {ElementType::kUInt8, {70}}});
  Binding binding = *fixture.Connect().Bind("many");
  ASSERT_EQ(binding.inputs().size(), 4U);
  EXPECT_EQ(binding.inputs()[2].type, DataType::kInt64);
  EXPECT_THAT(binding.inputs()[2].shape, ElementsAre(2, 2));
  EXPECT_EQ(binding.inputs()[1].name, "in1");
  std::ranges::copy(std::vector<std::int8_t>{-128, 0, 127}, binding.Input<std::int8_t>("in0")->begin());
  std::ranges::copy(std::vector<std::byte>{std::byte{0}, std::byte{1}, std::byte{2}, std::byte{255}},
                    binding.InputBytes(1)->begin());
  std::ranges::copy(std::vector<std::int64_t>{1, -2, 3, -4}, binding.Input<std::int64_t>(2)->begin());
  std::ranges::fill(*binding.Input<std::uint8_t>(3), 7);
  ASSERT_TRUE(binding.Infer().ok());
  EXPECT_THAT(*binding.Output<std::int8_t>(0), ElementsAre(-128, 0, 127));
  EXPECT_THAT(*binding.OutputBytes(1), ElementsAre(std::byte{0}, std::byte{1}, std::byte{1}, std::byte{1}));
  EXPECT_THAT(*binding.Output<std::int64_t>(2), ElementsAre(1, -2, 3, -4));
  EXPECT_THAT(*binding.Output<std::uint8_t>(3), ::testing::Each(7));
}

// Who waits for slot after slot waits for the first of them first, wherever the round begins.
TEST(Channel, SlotsAreServedInTurn) {
  const ShmFixture fixture;
  RawClient client(fixture.path);
  client.Open("echo", 4);
  for (std::uint64_t first = 0; first < 4; ++first) {
    for (std::uint64_t i = 0; i < 4; ++i) {
      channel::SlotHeader& slot = client.slot((first + i) % 4);
      slot.request = {.id = first + 1, .deadline_ns = 0, .priority = 0, .cancelled = 0, .posted_ns = 0};
      std::atomic_ref(slot.state).store(channel::kPosted);
    }
    std::atomic_ref(client.header().posted).store(0b1111);
    client.Ring();
    for (std::size_t i = 0; i < 4; ++i) client.Await(i);
    for (std::uint64_t i = 1; i < 4; ++i) {
      EXPECT_LE(client.slot((first + i - 1) % 4).answer.queued_ns, client.slot((first + i) % 4).answer.queued_ns);
    }
    client.Post(first, 100);  // so that the next round begins after it
    client.Await(first);
  }
}

TEST(Channel, SeveralSlotsAreUnderWayAtOnce) {
  const ShmFixture fixture;
  std::vector<Binding> slots = *fixture.Connect().BindSlots("echo", 5);
  fixture.AwaitChannels(1);
  for (int round = 0; round < 50; ++round) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
      std::ranges::fill(*slots[i].Input<float>(0), static_cast<float>(round * 10) + static_cast<float>(i));
      ASSERT_TRUE(slots[i].Start().ok());
      EXPECT_EQ(slots[i].Infer().code(), StatusCode::kFailedPrecondition);
    }
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const Status status = slots[i].Wait();
      ASSERT_TRUE(status.ok()) << status.ToString();
      EXPECT_EQ((*slots[i].Output<float>(0))[3], static_cast<float>(round * 10) + static_cast<float>(i));
    }
  }
  EXPECT_EQ(slots[0].Wait().code(), StatusCode::kFailedPrecondition);
}

TEST(Channel, BindingsOfOneChannelMayBeInSeveralThreads) {
  const ShmFixture fixture;
  std::vector<Binding> slots = *fixture.Connect().BindSlots("echo", 3);
  std::vector<std::thread> threads;
  for (Binding& slot : slots) {
    threads.emplace_back([&slot] {
      for (int round = 0; round < 200; ++round) {
        const auto begin = static_cast<float>(round);
        EXPECT_THAT(Echo(slot, begin), ElementsAre(begin, begin + 1, begin + 2, begin + 3));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(fixture.observer.records().size(), 600U);
}

TEST(Channel, FollowsASwapToTheSameSignatureAndRefusesAnother) {
  ShmFixture fixture;
  Binding binding = *fixture.Connect().Bind("echo");
  Echo(binding, 1);
  EXPECT_EQ(binding.version(), 3U);
  fixture.Publish("echo", 4, {{ElementType::kFloat32, {1, 4}}});
  EXPECT_THAT(Echo(binding, 5), ElementsAre(5, 6, 7, 8));
  EXPECT_EQ(binding.version(), 4U);

  fixture.Publish("echo", 5, {{ElementType::kFloat32, {1, 5}}});
  const Status refused = binding.Infer();
  EXPECT_EQ(refused.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(refused.message(), HasSubstr("bind the model again"));
  Binding again = *fixture.Connect().Bind("echo");
  EXPECT_EQ(Echo(again, 0).size(), 5U);

  fixture.Publish("echo", 6, {{ElementType::kFloat32, {1, 4}}});
  Echo(binding, 9);
  EXPECT_EQ(binding.version(), 6U);
}

TEST(Channel, PinsNoVersionWhileItIsIdle) {
  ShmFixture fixture;
  Binding binding = *fixture.Connect().Bind("echo");
  Echo(binding, 1);
  const std::weak_ptr<const daemon::ServedVersion> old = *fixture.map.Acquire("echo", "");
  fixture.Publish("echo", 4, {{ElementType::kFloat32, {1, 4}}});
  Echo(binding, 2);  // so that the first request has let go of everything
  EXPECT_TRUE(old.expired());
}

TEST(Channel, FollowsItsLabel) {
  ShmFixture fixture;
  fixture.map.SetLabel("echo", "stable", *fixture.map.Acquire("echo", ""));
  fixture.Publish("echo", 4, {{ElementType::kFloat32, {1, 4}}});
  Binding binding = *fixture.Connect().Bind("echo", "stable");
  Echo(binding, 1);
  EXPECT_EQ(binding.version(), 3U);
  fixture.map.SetLabel("echo", "stable", *fixture.map.Acquire("echo", ""));
  Echo(binding, 2);
  EXPECT_EQ(binding.version(), 4U);
  fixture.map.RemoveLabel("echo", "stable");
  EXPECT_EQ(binding.Infer().code(), StatusCode::kNotFound);
}

TEST(Channel, AVersionByNumberIsThatVersionAlone) {
  ShmFixture fixture;
  const Client client = fixture.Connect();
  EXPECT_EQ(client.Bind("echo", "9").status().code(), StatusCode::kNotFound);
  Binding binding = *client.Bind("echo", "3");
  Echo(binding, 1);
  fixture.Publish("echo", 4, {{ElementType::kFloat32, {1, 4}}});
  EXPECT_EQ(binding.Infer().code(), StatusCode::kNotFound);
}

TEST(Channel, ALateRequestDoesNotRun) {
  const ShmFixture fixture;
  Binding binding = *fixture.Connect().Bind("echo");
  EXPECT_EQ(binding.Infer({.timeout = std::chrono::nanoseconds(1)}).code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(binding.Infer({.timeout = std::chrono::nanoseconds(-1)}).code(), StatusCode::kDeadlineExceeded);
  EXPECT_THAT(Echo(binding, 3, {.timeout = std::chrono::hours(1)}), ElementsAre(3, 4, 5, 6));
}

TEST(Channel, PrioritiesArrive) {
  const ShmFixture fixture;
  Binding binding = *fixture.Connect().Bind("echo");
  for (const Priority priority : {Priority::kCritical, Priority::kBackground, Priority::kDefault, Priority::kNormal}) {
    Echo(binding, 0, {.priority = priority});
  }
  std::vector<daemon::PriorityClass> came;
  for (const auto& record : fixture.observer.records()) came.push_back(record.priority);
  EXPECT_THAT(came, ElementsAre(daemon::PriorityClass::kCritical, daemon::PriorityClass::kBackground,
                                daemon::PriorityClass::kNormal, daemon::PriorityClass::kNormal));
}

TEST(Channel, ADaemonThatStartsAgainIsFoundAndInputsAreKept) {
  ShmFixture fixture;
  std::vector<Binding> slots = *fixture.Connect().BindSlots("echo", 2);
  const auto first = *slots[0].Input<float>(0);
  const auto second = *slots[1].Input<float>(0);
  std::ranges::fill(first, 1.0F);
  std::ranges::fill(second, 2.0F);
  ASSERT_TRUE(slots[0].Infer().ok());
  for (int round = 0; round < 3; ++round) {
    fixture.Restart();
    first[3] = static_cast<float>(round);  // by spans that were taken before
    for (Binding& slot : slots) {
      const Status status = slot.Infer();
      ASSERT_TRUE(status.ok()) << status.ToString();
    }
    EXPECT_THAT(*slots[0].Output<float>(0), ElementsAre(1, 1, 1, static_cast<float>(round)));
    EXPECT_THAT(*slots[1].Output<float>(0), ElementsAre(2, 2, 2, 2));
  }
}

TEST(Channel, WithoutADaemonItIsUnavailable) {
  ShmFixture fixture;
  Binding binding = *fixture.Connect().Bind("echo");
  fixture.Stop();
  EXPECT_EQ(binding.Infer().code(), StatusCode::kUnavailable);
  EXPECT_EQ(binding.Infer().code(), StatusCode::kUnavailable);
}

TEST(Channel, ABindingThatIsDroppedFreesItsChannel) {
  const ShmFixture fixture;
  const Client client = fixture.Connect();
  for (int round = 0; round < 20; ++round) {
    std::vector<Binding> slots = *client.BindSlots("echo", 2);
    ASSERT_TRUE(slots[0].Start().ok());  // never waited for
  }
  fixture.AwaitChannels(0);
}

TEST(Channel, AnIdleOneIsClosedAndComesBack) {
  ShmFixture fixture({.idle_timeout = std::chrono::milliseconds(1)});
  Binding binding = *fixture.Connect().Bind("echo");
  for (int round = 0; round < 3; ++round) {
    fixture.AwaitChannels(0);
    EXPECT_THAT(Echo(binding, 2), ElementsAre(2, 3, 4, 5));
  }
}

TEST(Channel, WhatAnIdleOneHeldStaysReadable) {
  const ShmFixture fixture({.idle_timeout = std::chrono::milliseconds(1)});
  Binding binding = *fixture.Connect().Bind("echo");
  EXPECT_THAT(Echo(binding, 2), ElementsAre(2, 3, 4, 5));
  fixture.AwaitChannels(0);
  EXPECT_THAT(*binding.Output<float>(0), ElementsAre(2, 3, 4, 5));
  ASSERT_TRUE(binding.Infer().ok());
  EXPECT_THAT(*binding.Output<float>(0), ElementsAre(2, 3, 4, 5));
}

TEST(Channel, LimitsAreKept) {
  ShmFixture fixture({.max_slots = 4, .max_bytes = 32768, .max_bytes_per_user = 40000});
  fixture.Publish("large", 1, {{ElementType::kInt8, {40000}}});
  const Client client = fixture.Connect();
  EXPECT_EQ(client.Bind("large").status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(client.BindSlots("echo", 5).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(client.BindSlots("echo", std::size_t{1} << 40).status().code(), StatusCode::kResourceExhausted);
  {
    const auto first = client.BindSlots("echo", 4);  // 20 KiB and more, by pages
    ASSERT_TRUE(first.ok()) << first.status().ToString();
    EXPECT_EQ(client.BindSlots("echo", 4).status().code(), StatusCode::kResourceExhausted);
  }
  fixture.AwaitChannels(0);
  EXPECT_TRUE(client.BindSlots("echo", 4).ok());
}

TEST(Channel, OfAUserThereAreOnlySoMany) {
  const ShmFixture fixture({.max_connections_per_user = 2});
  const Client client = fixture.Connect();
  std::vector<Binding> bindings;
  while (bindings.size() < 2) {
    auto bound = client.Bind("echo");  // refused while an earlier probe is not swept away yet
    if (bound.ok()) bindings.push_back(std::move(*bound));
  }
  // However the client's hello and the daemon's refusal cross.
  for (std::uint64_t round = 1; round <= 100; ++round) {
    const Status refused = client.Bind("echo").status();
    ASSERT_EQ(refused.code(), StatusCode::kResourceExhausted) << refused.ToString();
    EXPECT_THAT(refused.message(), HasSubstr("has 2 connections open and may have 2"));
    EXPECT_GE(fixture.server->refused(), round);
  }
}

TEST(Channel, AUserMayHaveALimitOfItsOwn) {
  daemon::ShmLimits limits;
  limits.users[::getuid()] = 0;
  const ShmFixture fixture(limits);
  EXPECT_EQ(fixture.Connect().Bind("echo").status().code(), StatusCode::kResourceExhausted);
}

// The session's own memory stays as it was, and is what others who use the session get again.
TEST(Channel, TensorsThatMayChangeAreUsedWhereTheyLie) {
  ShmFixture fixture;
  const auto instance = InstanceOf(HeadModel(4096), 1);
  ASSERT_TRUE(instance->executable().inputs()[0].may_change);
  ASSERT_TRUE(instance->executable().outputs()[0].may_change);
  engine::Session& session = instance->session(0);
  const auto own_output = session.Output(0).As<std::int8_t>();
  std::ranges::fill(own_output, std::int8_t{77});
  fixture.Publish("head", 1, instance);
  std::vector<Binding> bindings = *fixture.Connect().BindSlots("head", 2);
  for (int turn = 0; turn < 3; ++turn) {
    for (std::size_t i = 0; i < bindings.size(); ++i) {
      const auto value = static_cast<std::int8_t>(10 * turn + static_cast<int>(i) + 1);
      std::ranges::fill(*bindings[i].Input<std::int8_t>(0), value);
      ASSERT_TRUE(bindings[i].Infer().ok());
      EXPECT_EQ((*bindings[i].Output<std::int8_t>(0))[15], value);
    }
  }
  fixture.Stop();
  EXPECT_EQ(session.Output(0).As<std::int8_t>().data(), own_output.data());
  EXPECT_EQ(own_output[0], 77);
  ASSERT_TRUE(session.Run().ok());
  EXPECT_EQ(session.Input(0).As<std::int8_t>()[0], 0);
  EXPECT_EQ(own_output[0], 0);
}

TEST(Channel, AskedForWhatItCannotCarryItSaysSo) {
  ShmFixture fixture;
  const Client client = fixture.Connect();
  EXPECT_EQ(client.Bind("nothing").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(client.Bind("").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(client.Bind(std::string(300, 'x')).status().code(), StatusCode::kNotFound);
  fixture.readiness.Set(daemon::Phase::kStarting);
  EXPECT_EQ(client.CheckReady().code(), StatusCode::kUnavailable);
  EXPECT_EQ(client.Bind("echo").status().code(), StatusCode::kUnavailable);
  fixture.readiness.Set(daemon::Phase::kServing);
  EXPECT_TRUE(client.CheckReady().ok());
  Binding binding = *client.Bind("echo");
  const std::vector<std::int64_t> other{1, 5};
  EXPECT_EQ(binding.ResizeInput(0, other).code(), StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace tfld::test
