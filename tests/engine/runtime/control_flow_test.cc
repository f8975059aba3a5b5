// IF and WHILE: graphs that nodes run.
#include <gmock/gmock.h>

#include "tests/engine/runtime/run_model.h"

namespace tfld::engine {
namespace {

using test::ModelBuilder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace wire = test::wire;

constexpr auto kFloat = wire::TensorType_FLOAT32;
constexpr auto kInt = wire::TensorType_INT32;
constexpr auto kBool = wire::TensorType_BOOL;

// A graph of one operator on the graph's inputs.
void AddGraphOf(ModelBuilder& builder, wire::BuiltinOperator op, const std::vector<test::TensorSpec>& inputs,
                const test::TensorSpec& output) {
  std::vector<std::int32_t> ids;
  for (const auto& input : inputs) ids.push_back(builder.AddTensor(input));
  const int y = builder.AddTensor(output);
  builder.AddOperator({.op = op, .inputs = ids, .outputs = {y}});
  builder.EndGraph(ids, {y});
}

// y = condition ? a + b : a * b.
TEST(If, RunsOneBranch) {
  ModelBuilder builder;
  const test::TensorSpec pair{.type = kFloat, .shape = {2}};
  const int condition = builder.AddTensor({.type = kBool, .shape = {}});
  const int a = builder.AddTensor(pair);
  const int b = builder.AddTensor(pair);
  const int y = builder.AddTensor(pair);
  builder.AddOperator({.op = wire::BuiltinOperator_IF,
                       .inputs = {condition, a, b},
                       .outputs = {y},
                       .options_type = wire::BuiltinOptions_IfOptions,
                       .options = wire::CreateIfOptions(builder.fbb(), 1, 2).Union()});
  builder.EndGraph({condition, a, b}, {y});
  AddGraphOf(builder, wire::BuiltinOperator_ADD, {pair, pair}, pair);
  AddGraphOf(builder, wire::BuiltinOperator_MUL, {pair, pair}, pair);
  const auto session = LoadSession(builder.Finish());
  ASSERT_NE(session, nullptr);
  ASSERT_TRUE(Set<float>(*session, 1, {3, 4}).ok());
  ASSERT_TRUE(Set<float>(*session, 2, {5, 6}).ok());
  session->Input(0).As<bool>()[0] = true;
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(Get<float>(*session, 0), ElementsAre(8, 10));
  session->Input(0).As<bool>()[0] = false;
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(Get<float>(*session, 0), ElementsAre(15, 24));
}

TEST(If, BranchesOfDifferentShapesGiveADynamicResult) {
  ModelBuilder builder;
  const int condition = builder.AddTensor({.type = kBool, .shape = {1}});
  const int a = builder.AddTensor({.type = kFloat, .shape = {2}});
  const int y = builder.AddTensor({.type = kFloat, .shape = {2}});
  builder.AddOperator({.op = wire::BuiltinOperator_IF,
                       .inputs = {condition, a},
                       .outputs = {y},
                       .options_type = wire::BuiltinOptions_IfOptions,
                       .options = wire::CreateIfOptions(builder.fbb(), 1, 2).Union()});
  builder.EndGraph({condition, a}, {y});
  AddGraphOf(builder, wire::BuiltinOperator_NEG, {{.type = kFloat, .shape = {2}}}, {.type = kFloat, .shape = {2}});
  const int x = builder.AddTensor({.type = kFloat, .shape = {2}});
  const int twice = builder.AddTensor({.type = kFloat, .shape = {4}});
  builder.AddOperator({.op = wire::BuiltinOperator_CONCATENATION,
                       .inputs = {x, x},
                       .outputs = {twice},
                       .options_type = wire::BuiltinOptions_ConcatenationOptions,
                       .options = wire::CreateConcatenationOptions(builder.fbb(), 0).Union()});
  builder.EndGraph({x}, {twice});
  const auto session = LoadSession(builder.Finish());
  ASSERT_NE(session, nullptr);
  ASSERT_TRUE(Set<float>(*session, 1, {1, 2}).ok());
  session->Input(0).As<bool>()[0] = false;
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(Get<float>(*session, 0), ElementsAre(1, 2, 1, 2));
  session->Input(0).As<bool>()[0] = true;
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(session->Output(0).shape, Shape({2}));
  EXPECT_THAT(Get<float>(*session, 0), ElementsAre(-1, -2));
}

// while (i < limit) { i += step; x = grows ? concat(x, x) : x + x; }
std::vector<std::byte> Loop(bool grows) {
  ModelBuilder builder;
  const test::TensorSpec number{.type = kInt, .shape = {}};
  const test::TensorSpec list{.type = kInt, .shape = {1}};
  const int i = builder.AddTensor(number);
  const int x = builder.AddTensor(list);
  const int last_i = builder.AddTensor(number);
  const int last_x = builder.AddTensor(list);
  builder.AddOperator({.op = wire::BuiltinOperator_WHILE,
                       .inputs = {i, x},
                       .outputs = {last_i, last_x},
                       .options_type = wire::BuiltinOptions_WhileOptions,
                       .options = wire::CreateWhileOptions(builder.fbb(), 1, 2).Union()});
  builder.EndGraph({i, x}, {last_i, last_x});

  const int cond_i = builder.AddTensor(number);
  const int cond_x = builder.AddTensor(list);
  const int limit = builder.AddConstant(number, std::vector<std::int32_t>{3});
  const int goes_on = builder.AddTensor({.type = kBool, .shape = {}});
  builder.AddOperator({.op = wire::BuiltinOperator_LESS, .inputs = {cond_i, limit}, .outputs = {goes_on}});
  builder.EndGraph({cond_i, cond_x}, {goes_on}, "condition");

  const int body_i = builder.AddTensor(number);
  const int body_x = builder.AddTensor(list);
  const int one = builder.AddConstant(number, std::vector<std::int32_t>{1});
  const int next_i = builder.AddTensor(number);
  const int next_x = builder.AddTensor(list);
  builder.AddOperator({.op = wire::BuiltinOperator_ADD, .inputs = {body_i, one}, .outputs = {next_i}});
  if (grows) {
    builder.AddOperator({.op = wire::BuiltinOperator_CONCATENATION,
                         .inputs = {body_x, body_x},
                         .outputs = {next_x},
                         .options_type = wire::BuiltinOptions_ConcatenationOptions,
                         .options = wire::CreateConcatenationOptions(builder.fbb(), 0).Union()});
  } else {
    builder.AddOperator({.op = wire::BuiltinOperator_ADD, .inputs = {body_x, body_x}, .outputs = {next_x}});
  }
  builder.EndGraph({body_i, body_x}, {next_i, next_x}, "body");
  return builder.Finish();
}

TEST(While, CarriesItsStateFromRoundToRound) {
  const auto session = LoadSession(Loop(/*grows=*/false));
  ASSERT_NE(session, nullptr);
  ASSERT_TRUE(Set<std::int32_t>(*session, 0, {0}).ok());
  ASSERT_TRUE(Set<std::int32_t>(*session, 1, {7}).ok());
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(session->Run().ok());
    EXPECT_THAT(Get<std::int32_t>(*session, 0), ElementsAre(3));
    EXPECT_THAT(Get<std::int32_t>(*session, 1), ElementsAre(56));
  }
  ASSERT_TRUE(Set<std::int32_t>(*session, 0, {3}).ok());  // no round at all
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(Get<std::int32_t>(*session, 1), ElementsAre(7));
}

TEST(While, StateMayGrow) {
  const auto session = LoadSession(Loop(/*grows=*/true));
  ASSERT_NE(session, nullptr);
  ASSERT_TRUE(Set<std::int32_t>(*session, 0, {1}).ok());
  ASSERT_TRUE(Set<std::int32_t>(*session, 1, {5}).ok());
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(session->Output(1).shape, Shape({4}));
  EXPECT_THAT(Get<std::int32_t>(*session, 1), ElementsAre(5, 5, 5, 5));
}

class StopAfterTwenty final : public StepObserver {
 public:
  bool BeforeStep(int, int) override { return ++steps_ < 20; }
  void AfterStep(int, int, std::string_view) override {}

 private:
  int steps_ = 0;
};

TEST(While, EndsWhenTheObserverStopsIt) {
  const auto session = LoadSession(Loop(/*grows=*/false));
  ASSERT_NE(session, nullptr);
  ASSERT_TRUE(Set<std::int32_t>(*session, 0, {-1'000'000'000}).ok());
  StopAfterTwenty observer;
  session->SetObserver(&observer);
  EXPECT_EQ(session->Run().code(), StatusCode::kCancelled);
}

// Neither the condition nor the body has a step before which the observer could be asked.
TEST(While, EndsAlsoWithoutSteps) {
  ModelBuilder builder;
  const test::TensorSpec flag{.type = kBool, .shape = {}};
  const int goes_on = builder.AddTensor(flag);
  const int last = builder.AddTensor(flag);
  builder.AddOperator({.op = wire::BuiltinOperator_WHILE,
                       .inputs = {goes_on},
                       .outputs = {last},
                       .options_type = wire::BuiltinOptions_WhileOptions,
                       .options = wire::CreateWhileOptions(builder.fbb(), 1, 2).Union()});
  builder.EndGraph({goes_on}, {last});
  for (const char* name : {"condition", "body"}) {
    const int same = builder.AddTensor(flag);
    builder.EndGraph({same}, {same}, name);
  }
  const auto session = LoadSession(builder.Finish());
  ASSERT_NE(session, nullptr);
  session->Input(0).bytes[0] = std::byte{1};
  StopAfterTwenty observer;
  session->SetObserver(&observer);
  EXPECT_EQ(session->Run().code(), StatusCode::kCancelled);
}

TEST(While, AGraphThatDoesNotFitIsRefusedAtLoad) {
  ModelBuilder builder;
  const test::TensorSpec number{.type = kInt, .shape = {}};
  const int i = builder.AddTensor(number);
  const int last = builder.AddTensor(number);
  builder.AddOperator({.op = wire::BuiltinOperator_WHILE,
                       .inputs = {i},
                       .outputs = {last},
                       .options_type = wire::BuiltinOptions_WhileOptions,
                       .options = wire::CreateWhileOptions(builder.fbb(), 1, 1).Union()});
  builder.EndGraph({i}, {last});
  AddGraphOf(builder, wire::BuiltinOperator_ADD, {number, number}, number);
  const auto session = TryLoad(builder.Finish());
  EXPECT_FALSE(session.ok());
  EXPECT_THAT(session.status().message(), HasSubstr("subgraph 1 has 2 inputs; it is called with 1"));
}

// Adds [1, 2] to rows 0 and 1 of a column of zeros. The operator reads graph 1 instead of running it; that graph must
// be at hand also when the operator runs at load, and when it is planned during the run.
std::vector<std::byte> Scatter(bool rows_are_constant) {
  ModelBuilder builder;
  const test::TensorSpec column{.type = kInt, .shape = {2, 1}};
  const int operand = builder.AddConstant(column, std::vector<std::int32_t>{0, 0});
  const int updates = builder.AddConstant(column, std::vector<std::int32_t>{1, 2});
  const int shape = builder.AddTensor({.type = kInt, .shape = {2}});
  int rows = rows_are_constant ? builder.AddConstant(column, std::vector<std::int32_t>{0, 1}) : -1;
  const int y = builder.AddTensor(column);
  if (!rows_are_constant) {  // their shape comes out of the run
    const int flat = builder.AddConstant({.type = kInt, .shape = {2}}, std::vector<std::int32_t>{0, 1});
    rows = builder.AddTensor(column);
    builder.AddOperator({.op = wire::BuiltinOperator_RESHAPE, .inputs = {flat, shape}, .outputs = {rows}});
  }
  auto& fbb = builder.fbb();
  const auto list = [&fbb](const std::vector<std::int64_t>& values) { return fbb.CreateVector(values); };
  const auto window = list({1}), inserted = list({0}), scattered = list({0});
  builder.AddOperator(
      {.op = wire::BuiltinOperator_STABLEHLO_SCATTER,
       .inputs = {operand, rows, updates},
       .outputs = {y},
       .options2_type = wire::BuiltinOptions2_StablehloScatterOptions,
       .options2 = wire::CreateStablehloScatterOptions(fbb, false, window, inserted, scattered, 1, false, 1).Union()});
  builder.EndGraph({shape}, {y});
  AddGraphOf(builder, wire::BuiltinOperator_ADD, {{.type = kInt}, {.type = kInt}}, {.type = kInt});
  return builder.Finish();
}

TEST(Scatter, ReadsItsGraphAtLoadAndWhenPlannedLate) {
  for (const bool rows_are_constant : {true, false}) {
    const auto session = LoadSession(Scatter(rows_are_constant));
    ASSERT_NE(session, nullptr);
    ASSERT_TRUE(Set<std::int32_t>(*session, 0, {2, 1}).ok());
    const Status status = session->Run();
    ASSERT_TRUE(status.ok()) << status.ToString();
    EXPECT_THAT(Get<std::int32_t>(*session, 0), ElementsAre(1, 2));
  }
}

}  // namespace
}  // namespace tfld::engine
