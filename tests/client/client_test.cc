#include "tfld/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <thread>
#include <vector>

#include "tests/client/fake_daemon.h"
#include "tests/support/temp_dir.h"

namespace tfld {
namespace {

using test::FakeDaemon;
using testing::ElementsAre;
using testing::HasSubstr;

class ClientTest : public testing::Test {
 protected:
  ClientOptions Options() const {
    ClientOptions options;
    options.runtime_dir = directory_.path();
    return options;
  }

  Client Connect() const {
    auto client = Client::Connect(Options());
    EXPECT_TRUE(client.ok()) << client.status().ToString();
    return std::move(*client);
  }

  static void SetX(Binding& binding, std::array<float, 4> values) {
    std::copy(values.begin(), values.end(), binding.Input<float>(0)->begin());
  }

  test::TempDir directory_;
  std::optional<FakeDaemon> daemon_{directory_.path()};
};

TEST_F(ClientTest, InfersAndReadsTypedTensors) {
  auto binding = Connect().Bind("scale");  // outlives its client
  ASSERT_TRUE(binding.ok()) << binding.status().ToString();
  EXPECT_EQ(binding->inputs()[0].name, "x");
  EXPECT_THAT(binding->inputs()[0].shape, ElementsAre(1, 4));
  SetX(*binding, {1, 2, 3, 4});
  ASSERT_TRUE(binding->Infer().ok());
  EXPECT_THAT(*binding->Output<float>(0), ElementsAre(2, 4, 6, 8));
  EXPECT_THAT(*binding->Output<float>("y"), ElementsAre(2, 4, 6, 8));
  EXPECT_THAT(binding->OutputShape(0), ElementsAre(1, 4));
  EXPECT_EQ(binding->version(), 1u);
}

TEST_F(ClientTest, KeepsTheInputsAndTheirMemoryFromOneInferenceToTheNext) {
  Binding binding = *Connect().Bind("scale");
  SetX(binding, {1, 2, 3, 4});
  const float* memory = binding.Input<float>(0)->data();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(binding.Infer().ok());
    EXPECT_THAT(*binding.Output<float>(0), ElementsAre(2, 4, 6, 8));
  }
  EXPECT_EQ(binding.Input<float>(0)->data(), memory);
}

TEST_F(ClientTest, FollowsASwapAndSaysWhichVersionAnswered) {
  Binding binding = *Connect().Bind("scale");
  SetX(binding, {1, 1, 1, 1});
  ASSERT_TRUE(binding.Infer().ok());
  daemon_->Serve(2, 3);
  ASSERT_TRUE(binding.Infer().ok());
  EXPECT_EQ(binding.version(), 2u);
  EXPECT_THAT(*binding.Output<float>(0), ElementsAre(3, 3, 3, 3));
}

TEST_F(ClientTest, AsksToBindAgainWhenTheOutputsAreOthers) {
  Binding binding = *Connect().Bind("scale");
  daemon_->RenameOutput();
  const Status status = binding.Infer();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("bind the model again"));
  EXPECT_EQ(binding.Output<float>(0).status().code(), StatusCode::kFailedPrecondition);
}

TEST_F(ClientTest, AsksToBindAgainWhenTheInputsAreOthers) {
  const Client client = Connect();
  Binding binding = *client.Bind("scale");
  daemon_->RenameInput();
  for (const Status& status : {binding.Infer(), binding.Infer()}) {
    EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(status.message()), HasSubstr("bind the model again"));
  }
  EXPECT_TRUE(client.Bind("scale")->Infer().ok());
}

TEST_F(ClientTest, RefusesWrongTypesAndNames) {
  Binding binding = *Connect().Bind("scale");
  EXPECT_EQ(binding.Input<int>(0).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(binding.Input<float>(1).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(binding.Input<float>("y").status().message(), "there is no input y: the model has x");
  EXPECT_EQ(binding.Output<float>(0).status().code(), StatusCode::kFailedPrecondition);
}

TEST_F(ClientTest, OpenShapesWantASizeFirst) {
  Binding binding = *Connect().Bind("open");
  EXPECT_EQ(binding.Input<float>(0).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(binding.Infer().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(binding.ResizeInput(0, std::array<std::int64_t, 2>{1, -1}).code(), StatusCode::kInvalidArgument);
  ASSERT_TRUE(binding.ResizeInput(0, std::array<std::int64_t, 2>{1, 3}).ok());
  EXPECT_THAT(*binding.Input<float>(0), ElementsAre(0, 0, 0));
  ASSERT_TRUE(binding.Infer().ok());
  EXPECT_THAT(binding.OutputShape(0), ElementsAre(1, 3));
}

TEST_F(ClientTest, SendsAndReceivesStrings) {
  Binding binding = *Connect().Bind("words");
  ASSERT_TRUE(binding.Infer().ok());
  EXPECT_THAT(*binding.OutputStrings(0), ElementsAre("", "")) << "strings that nobody set are empty";
  const std::array<std::string_view, 2> words = {"cat", "dog"};
  ASSERT_TRUE(binding.SetStrings(0, words).ok());
  ASSERT_TRUE(binding.Infer().ok());
  EXPECT_THAT(*binding.OutputStrings(0), ElementsAre("dog", "cat"));
  EXPECT_EQ(binding.SetStrings(0, std::span(words).first(1)).code(), StatusCode::kInvalidArgument);
}

TEST_F(ClientTest, AnInferenceEndsWithItsDeadline) {
  Binding binding = *Connect().Bind("scale");
  daemon_->Delay(std::chrono::minutes(10));
  EXPECT_EQ(binding.Infer({std::chrono::milliseconds(20)}).code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(binding.version(), 0u);
  daemon_->Delay(std::chrono::milliseconds(0));
  EXPECT_TRUE(binding.Infer({std::chrono::minutes(1)}).ok());
}

TEST_F(ClientTest, StartsARequestAndWaitsForItLater) {
  Binding binding = *Connect().Bind("scale");
  for (int i = 0; i < 3; ++i) {
    SetX(binding, {static_cast<float>(i), 2, 3, 4});
    ASSERT_TRUE(binding.Start().ok());
    EXPECT_EQ(binding.Start().code(), StatusCode::kFailedPrecondition);
    while (i == 1 && !binding.done()) std::this_thread::yield();
    ASSERT_TRUE(binding.Wait().ok());
    EXPECT_THAT(*binding.Output<float>(0), ElementsAre(2 * static_cast<float>(i), 4, 6, 8));
  }
  EXPECT_EQ(binding.Wait().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(daemon_->inferences(), 3);
}

TEST_F(ClientTest, AStartedRequestEndsWithItsDeadlineOrItsBinding) {
  Binding binding = *Connect().Bind("scale");
  daemon_->Delay(std::chrono::minutes(10));
  ASSERT_TRUE(binding.Start({std::chrono::milliseconds(20)}).ok());
  EXPECT_EQ(binding.Wait().code(), StatusCode::kDeadlineExceeded);
  ASSERT_TRUE(binding.Start().ok());
  EXPECT_FALSE(binding.done());
}

TEST_F(ClientTest, PassesTheDaemonsErrorOn) {
  const Status status = Connect().Bind("nothing").status();
  EXPECT_EQ(status.ToString(), "NOT_FOUND: there is no model nothing");
}

TEST_F(ClientTest, IsUnavailableWithoutADaemonAndRecovers) {
  const Client client = Connect();
  Binding binding = *client.Bind("scale");
  ASSERT_TRUE(binding.Infer().ok());
  daemon_.reset();
  EXPECT_EQ(binding.Infer().code(), StatusCode::kUnavailable);
  EXPECT_EQ(client.Bind("scale").status().code(), StatusCode::kUnavailable);
  daemon_.emplace(directory_.path());
  Status status = binding.Infer();
  for (int i = 0; i < 2000 && !status.ok(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    status = binding.Infer();
  }
  EXPECT_TRUE(status.ok()) << status.ToString();
}

TEST_F(ClientTest, ConnectSaysWhatToDoWithoutADaemon) {
  daemon_.reset();
  const Status status = Client::Connect(Options()).status();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("Start tfld"));
}

TEST_F(ClientTest, ConnectWaitsForADaemonThatIsStarting) {
  daemon_.reset();
  ClientOptions options = Options();
  options.wait = std::chrono::minutes(1);
  std::thread starter([this] { daemon_.emplace(directory_.path()); });
  const auto client = Client::Connect(options);
  starter.join();
  EXPECT_TRUE(client.ok()) << client.status().ToString();
}

TEST_F(ClientTest, ManyThreadsShareOneClient) {
  const Client client = Connect();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&client, i] {
      Binding binding = *client.Bind("scale");
      const auto value = static_cast<float>(i);
      SetX(binding, {value, value, value, value});
      for (int run = 0; run < 25; ++run) {
        ASSERT_TRUE(binding.Infer().ok());
        EXPECT_THAT(*binding.Output<float>(0), testing::Each(2 * value));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(daemon_->inferences(), 100);
}

TEST(ClientPathTest, ASocketPathHasItsLimit) {
  ClientOptions options;
  options.runtime_dir = "/tmp/" + std::string(200, 'x');
  EXPECT_EQ(Client::Connect(options).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tfld
