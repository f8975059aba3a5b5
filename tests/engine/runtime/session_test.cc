#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "tests/support/model_builder.h"
#include "tfld/engine.h"

namespace tfld::engine {
namespace {

using test::ModelBuilder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace wire = test::wire;

constexpr auto kFloat = wire::TensorType_FLOAT32;

std::shared_ptr<const Executable> Load(const std::vector<std::byte>& bytes, const ExecutableOptions& options = {}) {
  const auto model = Model::FromBytes(bytes, "m");
  EXPECT_TRUE(model.ok()) << model.status().ToString();
  auto executable = Executable::Create(*model, options);
  EXPECT_TRUE(executable.ok()) << executable.status().ToString();
  return std::move(executable).value();
}

void Fill(const TensorView& view, const std::vector<float>& values) {
  std::copy(values.begin(), values.end(), view.As<float>().begin());
}

std::vector<float> Floats(const TensorView& view) {
  const auto values = view.As<float>();
  return {values.begin(), values.end()};
}

// y = relu(x + c), reshaped to [4, 1].
std::vector<std::byte> AddReluReshape() {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = kFloat, .shape = {1, 4}, .name = "x"});
  const int c = builder.AddConstant({.type = kFloat, .shape = {4}, .name = "c"}, std::vector<float>{1, -1, 2, -2});
  const int sum = builder.AddTensor({.type = kFloat, .shape = {1, 4}});
  const int relu = builder.AddTensor({.type = kFloat, .shape = {1, 4}});
  const int shape =
      builder.AddConstant({.type = wire::TensorType_INT32, .shape = {2}}, std::vector<std::int32_t>{-1, 1});
  const int y = builder.AddTensor({.type = kFloat, .shape = {4, 1}, .name = "y"});
  builder.AddOperator({.op = wire::BuiltinOperator_ADD,
                       .inputs = {x, c},
                       .outputs = {sum},
                       .options_type = wire::BuiltinOptions_AddOptions,
                       .options = wire::CreateAddOptions(builder.fbb()).Union()});
  builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {sum}, .outputs = {relu}});
  builder.AddOperator({.op = wire::BuiltinOperator_RESHAPE, .inputs = {relu, shape}, .outputs = {y}});
  return builder.Finish({x}, {y});
}

TEST(Session, RunsOnBothBackends) {
  for (const Backend backend : {Backend::kReference, Backend::kCpu}) {
    const auto executable = Load(AddReluReshape(), {.backend = backend});
    auto session = executable->NewSession();
    ASSERT_TRUE(session.ok());
    Fill((*session)->Input(0), {1, 2, 3, 4});
    ASSERT_TRUE((*session)->Run().ok());
    EXPECT_THAT(Floats((*session)->Output(0)), ElementsAre(2, 1, 5, 2));
    EXPECT_EQ((*session)->Output(0).shape, (Shape{4, 1}));
    // Inputs keep their contents, so a second run gives the same.
    ASSERT_TRUE((*session)->Run().ok());
    EXPECT_THAT(Floats((*session)->Output(0)), ElementsAre(2, 1, 5, 2));
  }
}

TEST(Session, SessionsDoNotShareActivations) {
  const auto executable = Load(AddReluReshape());
  auto a = std::move(executable->NewSession()).value();
  auto b = std::move(executable->NewSession()).value();
  Fill(a->Input(0), {1, 1, 1, 1});
  Fill(b->Input(0), {5, 5, 5, 5});
  ASSERT_TRUE(a->Run().ok());
  ASSERT_TRUE(b->Run().ok());
  EXPECT_THAT(Floats(a->Output(0)), ElementsAre(2, 0, 3, 0));
  EXPECT_THAT(Floats(b->Output(0)), ElementsAre(6, 4, 7, 3));
}

TEST(Session, ResizesAllInputsAndKeepsWorkingAfterAnError) {
  const auto executable = Load(AddReluReshape());
  auto session = std::move(executable->NewSession()).value();
  const std::vector<Shape> wrong = {Shape{1, 3}};
  EXPECT_FALSE(session->ResizeInputs(wrong).ok());
  Fill(session->Input(0), {1, 2, 3, 4});
  ASSERT_TRUE(session->Run().ok());
  const std::vector<Shape> two_rows = {Shape{2, 4}};
  const Status resized = session->ResizeInputs(two_rows);
  ASSERT_TRUE(resized.ok()) << resized.ToString();
  Fill(session->Input(0), {0, 0, 0, 0, 1, 2, 3, 4});
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(Floats(session->Output(0)), ElementsAre(1, 0, 2, 0, 2, 1, 5, 2));
}

TEST(Session, BindsMemoryOfTheCaller) {
  const auto executable = Load(AddReluReshape());
  auto session = std::move(executable->NewSession()).value();
  alignas(64) float input[64] = {1, 2, 3, 4};
  alignas(64) float output[64] = {};
  ASSERT_TRUE(session->BindInput(0, input).ok());
  ASSERT_TRUE(session->BindOutput(0, output).ok());
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(output[2], 5);
  EXPECT_EQ(session->BindInput(0, input + 1).code(), StatusCode::kInvalidArgument);
  ASSERT_TRUE(session->BindInput(0, nullptr).ok());
  ASSERT_TRUE(session->BindOutput(0, nullptr).ok());
  Fill(session->Input(0), {0, 0, 0, 0});
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(Floats(session->Output(0)), ElementsAre(1, 0, 2, 0));
  EXPECT_EQ(output[2], 5);
}

TEST(Session, AnOutputThatIsAnInputIsPassedThrough) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = kFloat, .shape = {2}, .name = "x"});
  const auto executable = Load(builder.Finish({x}, {x}));
  auto session = std::move(executable->NewSession()).value();
  Fill(session->Input(0), {3, 4});
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(Floats(session->Output(0)), ElementsAre(3, 4));
  alignas(64) float memory[64] = {};
  EXPECT_EQ(session->BindOutput(0, memory).code(), StatusCode::kFailedPrecondition);
}

class CountingObserver final : public StepObserver {
 public:
  bool BeforeStep(int, int) override { return ++before_ <= allowed; }
  void AfterStep(int, int, std::string_view) override { ++after; }
  int allowed = 1000;
  int after = 0;

 private:
  int before_ = 0;
};

TEST(Session, AnObserverSeesStepsAndCanStop) {
  const auto executable = Load(AddReluReshape(), {.backend = Backend::kReference});
  auto session = std::move(executable->NewSession()).value();
  CountingObserver counting;
  session->SetObserver(&counting);
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(counting.after, 3);
  CountingObserver stopping;
  stopping.allowed = 1;
  session->SetObserver(&stopping);
  EXPECT_EQ(session->Run().code(), StatusCode::kCancelled);
  EXPECT_EQ(stopping.after, 1);
  session->SetObserver(nullptr);
  EXPECT_TRUE(session->Run().ok());
}

// Subgraph 1 sets the variable to 10; the main graph adds x to it and returns the sum.
std::vector<std::byte> Counter() {
  ModelBuilder builder;
  const auto handle = [&](int output) {
    builder.AddOperator(
        {.op = wire::BuiltinOperator_VAR_HANDLE,
         .outputs = {output},
         .options_type = wire::BuiltinOptions_VarHandleOptions,
         .options = wire::CreateVarHandleOptions(builder.fbb(), 0, builder.fbb().CreateString("count")).Union()});
  };
  const int x = builder.AddTensor({.type = kFloat, .shape = {1}, .name = "x"});
  const int variable = builder.AddTensor({.type = wire::TensorType_RESOURCE, .shape = {1}});
  const int old = builder.AddTensor({.type = kFloat, .shape = {1}});
  const int sum = builder.AddTensor({.type = kFloat, .shape = {1}, .name = "sum"});
  builder.AddOperator({.op = wire::BuiltinOperator_CALL_ONCE,
                       .options_type = wire::BuiltinOptions_CallOnceOptions,
                       .options = wire::CreateCallOnceOptions(builder.fbb(), 1).Union()});
  handle(variable);
  builder.AddOperator({.op = wire::BuiltinOperator_READ_VARIABLE, .inputs = {variable}, .outputs = {old}});
  builder.AddOperator({.op = wire::BuiltinOperator_ADD,
                       .inputs = {old, x},
                       .outputs = {sum},
                       .options_type = wire::BuiltinOptions_AddOptions,
                       .options = wire::CreateAddOptions(builder.fbb()).Union()});
  builder.AddOperator({.op = wire::BuiltinOperator_ASSIGN_VARIABLE, .inputs = {variable, sum}});
  builder.EndGraph({x}, {sum});
  const int initial = builder.AddConstant({.type = kFloat, .shape = {1}}, std::vector<float>{10});
  const int target = builder.AddTensor({.type = wire::TensorType_RESOURCE, .shape = {1}});
  handle(target);
  builder.AddOperator({.op = wire::BuiltinOperator_ASSIGN_VARIABLE, .inputs = {target, initial}});
  builder.EndGraph({}, {}, "init");
  return builder.Finish();
}

TEST(Session, VariablesLiveUntilReset) {
  const auto executable = Load(Counter());
  auto session = std::move(executable->NewSession()).value();
  Fill(session->Input(0), {1});
  for (const float expected : {11.0F, 12.0F, 13.0F}) {
    const Status status = session->Run();
    ASSERT_TRUE(status.ok()) << status.ToString();
    EXPECT_EQ(Floats(session->Output(0))[0], expected);
  }
  session->Reset();
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(Floats(session->Output(0))[0], 11.0F);
}

TEST(Executable, NamesEveryOperatorThatIsMissing) {
  ModelBuilder builder;
  for (int i = 0; i < 4; ++i) builder.AddTensor({.type = kFloat, .shape = {1}});
  builder.AddOperator({.op = wire::BuiltinOperator_CUSTOM, .inputs = {0}, .outputs = {1}, .custom_code = "Mystery"});
  builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {1}, .outputs = {2}, .version = 99});
  builder.AddOperator({.op = wire::BuiltinOperator_CUSTOM, .inputs = {2}, .outputs = {3}, .custom_code = "Mystery"});
  const auto model = Model::FromBytes(builder.Finish({0}, {3}), "m");
  ASSERT_TRUE(model.ok());
  const Status status = Executable::Create(*model, {}).status();
  EXPECT_EQ(status.code(), StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("Mystery"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("RELU) version 99"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("and 1 more node"));
}

TEST(Executable, NamesTensorsBySignatureThenByThemselves) {
  ModelBuilder builder;
  builder.AddTensor({.type = kFloat, .shape = {1}, .name = "tensor_x"});
  builder.AddTensor({.type = kFloat, .shape = {1}});
  builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {0}, .outputs = {1}});
  const auto plain = Load(builder.Finish({0}, {1}));
  EXPECT_EQ(plain->inputs()[0].name, "tensor_x");
  EXPECT_EQ(plain->outputs()[0].name, "output_0");

  ModelBuilder named;
  named.AddTensor({.type = kFloat, .shape = {1}, .name = "tensor_x"});
  named.AddTensor({.type = kFloat, .shape = {1}});
  named.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {0}, .outputs = {1}});
  named.AddSignature("serve", {{"x", 0}}, {{"y", 1}});
  const auto executable = Load(named.Finish({0}, {1}));
  EXPECT_EQ(executable->inputs()[0].name, "x");
  EXPECT_EQ(executable->inputs()[0].tensor_name, "tensor_x");
  EXPECT_EQ(executable->outputs()[0].name, "y");
  EXPECT_EQ(executable->entry_points().size(), 2U);
}

TEST(Executable, ConstantsFoldAtLoad) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = kFloat, .shape = {2}, .name = "x"});
  const int a = builder.AddConstant({.type = kFloat, .shape = {2}}, std::vector<float>{-1, 2});
  const int folded = builder.AddTensor({.type = kFloat, .shape = {2}});
  const int y = builder.AddTensor({.type = kFloat, .shape = {2}});
  builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {a}, .outputs = {folded}});
  builder.AddOperator({.op = wire::BuiltinOperator_ADD,
                       .inputs = {x, folded},
                       .outputs = {y},
                       .options_type = wire::BuiltinOptions_AddOptions,
                       .options = wire::CreateAddOptions(builder.fbb()).Union()});
  const auto executable = Load(builder.Finish({x}, {y}));
  auto session = std::move(executable->NewSession()).value();
  CountingObserver counting;
  session->SetObserver(&counting);
  Fill(session->Input(0), {1, 1});
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(counting.after, 1);
  EXPECT_THAT(Floats(session->Output(0)), ElementsAre(1, 3));
}

TEST(Executable, TheArenaHasALimit) {
  ExecutableOptions options;
  options.limits.max_arena_bytes = 64;
  const auto model = Model::FromBytes(AddReluReshape(), "m");
  EXPECT_EQ(Executable::Create(*model, options).status().code(), StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace tfld::engine
