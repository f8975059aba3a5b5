#include "daemon/rpc/infer_stream.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/daemon/rpc/rpc_fixture.h"

namespace tfld::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Stream = grpc::ClientReaderWriter<inference::ModelInferRequest, inference::ModelStreamInferResponse>;

class InferStreamTest : public testing::Test {
 protected:
  static inference::ModelInferRequest Request(const std::string& id, char fill = 'x') {
    inference::ModelInferRequest request = test::EchoRequest();
    request.set_id(id);
    request.set_raw_input_contents(0, std::string(16, fill));
    return request;
  }

  test::RpcFixture fixture_;
  std::unique_ptr<inference::GRPCInferenceService::Stub> stub_ = fixture_.NewStub();
  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_ = stub_->ModelStreamInfer(&context_);
  inference::ModelStreamInferResponse response_;
};

TEST_F(InferStreamTest, AnswersEachRequestInTurn) {
  for (char fill = 'a'; fill < 'k'; ++fill) {
    ASSERT_TRUE(stream_->Write(Request(std::string(1, fill), fill)));
    ASSERT_TRUE(stream_->Read(&response_));
    EXPECT_EQ(response_.error_message(), "");
    EXPECT_EQ(response_.infer_response().id(), std::string(1, fill));
    EXPECT_EQ(response_.infer_response().model_version(), "3");
    EXPECT_THAT(response_.infer_response().raw_output_contents(), ElementsAre(std::string(16, fill)));
    EXPECT_TRUE(response_.infer_response().parameters().at("triton_final_response").bool_param());
  }
  stream_->WritesDone();
  EXPECT_FALSE(stream_->Read(&response_));
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(InferStreamTest, AFailureIsAnAnswerAndTheStreamGoesOn) {
  inference::ModelInferRequest wrong = Request("wrong");
  wrong.mutable_raw_input_contents(0)->resize(3);
  ASSERT_TRUE(stream_->Write(wrong));
  ASSERT_TRUE(stream_->Read(&response_));
  EXPECT_THAT(response_.error_message(), HasSubstr("input 'in0': 3 bytes came"));
  EXPECT_EQ(response_.infer_response().id(), "wrong");
  EXPECT_EQ(response_.infer_response().raw_output_contents_size(), 0);
  EXPECT_TRUE(response_.infer_response().parameters().at("triton_final_response").bool_param());
  ASSERT_TRUE(stream_->Write(Request("right")));
  ASSERT_TRUE(stream_->Read(&response_));
  EXPECT_EQ(response_.error_message(), "");
  EXPECT_EQ(response_.infer_response().id(), "right");
}

// An answer whose text is no UTF-8 would end the stream in the client.
TEST_F(InferStreamTest, ANameIsCutBetweenItsCharacters) {
  inference::ModelInferRequest unknown = Request("1");
  unknown.set_model_name(std::string(63, 'a') + "\u00e9");
  ASSERT_TRUE(stream_->Write(unknown));
  ASSERT_TRUE(stream_->Read(&response_));
  EXPECT_THAT(response_.error_message(), HasSubstr(std::string(63, 'a') + "'"));
}

// What fails at once waits for what was asked before it.
TEST_F(InferStreamTest, AnswersKeepTheOrderOfTheRequests) {
  const auto release = fixture_.Occupy();
  ASSERT_TRUE(stream_->Write(Request("1")));
  fixture_.WaitUntilQueued(1);
  inference::ModelInferRequest wrong = Request("2");
  wrong.set_model_name("nobody");
  ASSERT_TRUE(stream_->Write(wrong));
  ASSERT_TRUE(stream_->Write(Request("3")));
  fixture_.WaitUntilQueued(2);
  stream_->WritesDone();
  release->count_down();
  for (const char* id : {"1", "2", "3"}) {
    ASSERT_TRUE(stream_->Read(&response_));
    EXPECT_EQ(response_.infer_response().id(), id);
  }
  EXPECT_FALSE(stream_->Read(&response_));
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(InferStreamTest, SeveralAreUnderWayAtOnce) {
  const auto release = fixture_.Occupy();
  ASSERT_TRUE(stream_->Write(Request("1")));
  ASSERT_TRUE(stream_->Write(Request("2")));
  fixture_.WaitUntilQueued(2);  // neither was answered
  release->count_down();
  ASSERT_TRUE(stream_->Read(&response_));
  ASSERT_TRUE(stream_->Read(&response_));
  EXPECT_EQ(response_.infer_response().id(), "2");
}

// A client that writes and never reads is not read from for ever; then it reads, and everything is there.
TEST_F(InferStreamTest, AClientThatDoesNotReadIsNotReadFrom) {
  const std::vector<std::int32_t> shape = {1, 256 << 10};
  fixture_.Publish("large", 1, {{engine::ElementType::kFloat32, shape}});
  inference::ModelInferRequest request = test::EchoRequest();
  request.set_model_name("large");
  request.mutable_inputs(0)->set_shape(1, shape[1]);
  request.set_raw_input_contents(0, std::string(std::size_t{1} << 20, 'x'));
  constexpr int kRequests = 40;
  std::atomic<int> written{0};
  std::thread writer([&] {
    for (int i = 0; i < kRequests; ++i) {
      request.set_id(std::to_string(i));
      if (stream_->Write(request)) ++written;
    }
    stream_->WritesDone();
  });
  int answers = 0, refused = 0;
  // The first answers come without being asked for; as the window is full, no more requests are read.
  std::uint64_t before = 0;
  for (int calm = 0; calm < 20;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const std::uint64_t now = fixture_.Counted("echo", tfld::StatusCode::kOk) +
                              fixture_.Counted("echo", tfld::StatusCode::kResourceExhausted);
    calm = now == before ? calm + 1 : 0;
    before = now;
  }
  EXPECT_LT(before, static_cast<std::uint64_t>(kRequests));
  while (stream_->Read(&response_)) {
    EXPECT_EQ(response_.infer_response().id(), std::to_string(answers));
    ++answers;
    refused += response_.error_message().empty() ? 0 : 1;
  }
  writer.join();
  EXPECT_EQ(written, kRequests);
  EXPECT_EQ(answers, kRequests);
  EXPECT_LT(refused, kRequests);  // a queue of two
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(InferStreamTest, ACancelledStreamEndsItsRequests) {
  const auto release = fixture_.Occupy();
  ASSERT_TRUE(stream_->Write(Request("1")));
  ASSERT_TRUE(stream_->Write(Request("2")));
  fixture_.WaitUntilQueued(2);
  context_.TryCancel();
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);
  // The server learns of it in its own time; then the places in the queue are free again.
  while (!fixture_.Enqueue()) std::this_thread::yield();
  release->count_down();
  fixture_.scheduler.Stop(SteadyTime::max());
  EXPECT_EQ(fixture_.Counted("echo", tfld::StatusCode::kCancelled), 2u);
  EXPECT_EQ(fixture_.Counted("echo", tfld::StatusCode::kOk), 0u);
}

TEST_F(InferStreamTest, AStreamWithoutRequestsEnds) {
  stream_->WritesDone();
  EXPECT_FALSE(stream_->Read(&response_));
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(InferStreamTest, ManyStreamsComeAndGo) {
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        grpc::ClientContext context;
        const auto stream = stub_->ModelStreamInfer(&context);
        for (int i = 0; i < 5; ++i) stream->Write(Request(std::to_string(i)));
        if (round % 2 == 0) {
          stream->WritesDone();
        } else {
          context.TryCancel();
        }
        inference::ModelStreamInferResponse response;
        int answers = 0;
        while (stream->Read(&response)) ++answers;
        const grpc::Status status = stream->Finish();
        if (round % 2 != 0) continue;
        EXPECT_TRUE(status.ok()) << status.error_message();
        EXPECT_EQ(answers, 5);
      }
    });
  }
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace tfld::daemon
