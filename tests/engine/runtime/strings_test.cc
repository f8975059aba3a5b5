// Strings, and hash tables over them.
#include <gmock/gmock.h>

#include "tests/engine/runtime/run_model.h"

namespace tfld::engine {
namespace {

using test::ModelBuilder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace wire = test::wire;

constexpr auto kText = wire::TensorType_STRING;
constexpr auto kLong = wire::TensorType_INT64;
constexpr auto kInt = wire::TensorType_INT32;
constexpr auto kResource = wire::TensorType_RESOURCE;

TEST(Strings, AreMoved) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = kText, .shape = {3}});
  const int indices = builder.AddTensor({.type = kInt, .shape = {4}});
  const int y = builder.AddTensor({.type = kText, .shape = {4}});
  builder.AddOperator({.op = wire::BuiltinOperator_GATHER, .inputs = {x, indices}, .outputs = {y}});
  const auto session = LoadSession(builder.Finish({x, indices}, {y}));
  ASSERT_NE(session, nullptr);
  const std::string with_zero("a\0b", 3);
  ASSERT_TRUE(SetStrings(*session, 0, {"one", "", with_zero}).ok());
  ASSERT_TRUE(Set<std::int32_t>(*session, 1, {2, 0, 1, 2}).ok());
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(GetStrings(*session, 0), ElementsAre(with_zero, "one", "", with_zero));
  ASSERT_TRUE(Set<std::int32_t>(*session, 1, {2, 3, 1, 2}).ok());
  EXPECT_FALSE(session->Run().ok());
}

TEST(Strings, ATableThatIsWrongIsRefused) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = kText, .shape = {2}});
  const int shape = builder.AddConstant({.type = kInt, .shape = {2}}, std::vector<std::int32_t>{1, 2});
  const int y = builder.AddTensor({.type = kText, .shape = {1, 2}});
  builder.AddOperator({.op = wire::BuiltinOperator_RESHAPE, .inputs = {x, shape}, .outputs = {y}});
  const auto session = LoadSession(builder.Finish({x}, {y}));
  ASSERT_NE(session, nullptr);
  // Before anything is set the strings are empty.
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(GetStrings(*session, 0), ElementsAre("", ""));
  EXPECT_FALSE(SetStrings(*session, 0, {"one"}).ok());
  EXPECT_FALSE(Set<std::int32_t>(*session, 0, {2, 16, 17, 900}).ok());
  EXPECT_FALSE(Set<std::int32_t>(*session, 0, {2, 16, 15, 16}).ok());
  EXPECT_FALSE(Set<std::int32_t>(*session, 0, {2, 16}).ok());
  EXPECT_FALSE(session->SetInput(0, {}).ok());
}

TEST(Strings, AConstantWhoseTableIsWrongIsRefusedAtLoad) {
  ModelBuilder builder;
  const int x =
      builder.AddConstant({.type = kText, .shape = {2}, .name = "labels"}, std::vector<std::int32_t>{2, 16, 17, 900});
  const int indices = builder.AddTensor({.type = kInt, .shape = {1}});
  const int y = builder.AddTensor({.type = kText, .shape = {1}});
  builder.AddOperator({.op = wire::BuiltinOperator_GATHER, .inputs = {x, indices}, .outputs = {y}});
  const auto session = TryLoad(builder.Finish({indices}, {y}));
  EXPECT_EQ(session.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(session.status().message(), HasSubstr("labels"));
}

// keys -> values through a table that CALL_ONCE fills.
TEST(HashTable, FindsWhatWasImportedAndTheDefaultElsewhere) {
  ModelBuilder builder;
  const auto add_handle = [&] {
    const int handle = builder.AddTensor({.type = kResource, .shape = {1}});
    builder.AddOperator({.op = wire::BuiltinOperator_HASHTABLE,
                         .inputs = {},
                         .outputs = {handle},
                         .options_type = wire::BuiltinOptions_HashtableOptions,
                         .options = wire::CreateHashtableOptions(builder.fbb(), 5, kText, kLong).Union()});
    return handle;
  };
  builder.AddOperator({.op = wire::BuiltinOperator_CALL_ONCE,
                       .options_type = wire::BuiltinOptions_CallOnceOptions,
                       .options = wire::CreateCallOnceOptions(builder.fbb(), 1).Union()});
  const int keys = builder.AddTensor({.type = kText, .shape = {3}});
  const int absent = builder.AddConstant({.type = kLong, .shape = {1}}, std::vector<std::int64_t>{-1});
  const int found = builder.AddTensor({.type = kLong, .shape = {3}});
  const int size = builder.AddTensor({.type = kLong, .shape = {1}});
  const int handle = add_handle();
  builder.AddOperator(
      {.op = wire::BuiltinOperator_HASHTABLE_FIND, .inputs = {handle, keys, absent}, .outputs = {found}});
  builder.AddOperator({.op = wire::BuiltinOperator_HASHTABLE_SIZE, .inputs = {handle}, .outputs = {size}});
  builder.EndGraph({keys}, {found, size});
  const int init = add_handle();
  const int known =
      builder.AddConstant({.type = kText, .shape = {2}}, EncodeStrings(std::vector<std::string>{"a", "b"}));
  const int values = builder.AddConstant({.type = kLong, .shape = {2}}, std::vector<std::int64_t>{10, 20});
  builder.AddOperator({.op = wire::BuiltinOperator_HASHTABLE_IMPORT, .inputs = {init, known, values}});
  builder.EndGraph({}, {}, "init");
  const auto session = LoadSession(builder.Finish());
  ASSERT_NE(session, nullptr);
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(SetStrings(*session, 0, {"b", "zebra", "a"}).ok());
    const Status status = session->Run();
    ASSERT_TRUE(status.ok()) << status.ToString();
    EXPECT_THAT(Get<std::int64_t>(*session, 0), ElementsAre(20, -1, 10));
    EXPECT_THAT(Get<std::int64_t>(*session, 1), ElementsAre(2));
    session->Reset();
  }
}

}  // namespace
}  // namespace tfld::engine
