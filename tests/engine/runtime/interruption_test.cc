// Sessions that are interrupted within an operator.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "engine/kernels/thread_pool.h"
#include "tests/support/long_convolution.h"
#include "tfld/engine.h"

namespace tfld::engine {
namespace {

std::shared_ptr<const Executable> Load(int threads = 1) {
  const auto model = Model::FromBytes(test::LongConvolution(), "m");
  EXPECT_TRUE(model.ok()) << model.status().ToString();
  auto executable = Executable::Create(*model, {.threads = threads});
  EXPECT_TRUE(executable.ok()) << executable.status().ToString();
  return std::move(executable).value();
}

void Fill(Session& session, float value) {
  const auto elements = session.Input(0).As<float>();
  for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = value * static_cast<float>(i % 11);
}

std::vector<float> OutputOf(const Session& session) {
  const auto values = session.Output(0).As<float>();
  return {values.begin(), values.end()};
}

std::vector<float> Answer(const Executable& executable, float value) {
  const auto session = std::move(executable.NewSession()).value();
  Fill(*session, value);
  EXPECT_TRUE(session->Run().ok());
  return OutputOf(*session);
}

// Runs another session wherever the first one pauses.
class Interrupter final : public StepObserver {
 public:
  Interrupter(Session* other, bool interrupts) : other_(other), interrupts_(interrupts) {}

  bool BeforeStep(int, int) override { return true; }
  void AfterStep(int, int, std::string_view) override {}
  bool Interrupts() const override { return interrupts_; }
  void WithinStep() override {
    ++interruptions;
    if (other_ == nullptr) return;
    EXPECT_TRUE(other_->Run().ok());
    const volatile float small = 1e-38F;
    EXPECT_NE(small * 1e-3F, 0.0F) << "denormal numbers are on, whatever the operator does";
  }

  int interruptions = 0;

 private:
  Session* const other_;
  const bool interrupts_;
};

TEST(Interruption, AnotherSessionRunsInTheMiddleOfAnOperatorAndBothAreRight) {
  const auto executable = Load();
  const std::vector<float> expected = Answer(*executable, 1.0F);
  const std::vector<float> expected_of_other = Answer(*executable, -2.0F);
  const auto session = std::move(executable->NewSession()).value();
  const auto other = std::move(executable->NewSession()).value();
  Fill(*session, 1.0F);
  Fill(*other, -2.0F);
  Interrupter interrupter(other.get(), true);
  session->SetObserver(&interrupter);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(session->Run().ok());
    EXPECT_EQ(OutputOf(*session), expected);
    EXPECT_EQ(OutputOf(*other), expected_of_other);
  }
  EXPECT_GT(interrupter.interruptions, 3);
}

TEST(Interruption, OnlyWhereItIsWantedAndOnOneThread) {
  const auto executable = Load();
  Interrupter unwilling(nullptr, false);
  auto session = std::move(executable->NewSession()).value();
  session->SetObserver(&unwilling);
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(unwilling.interruptions, 0);

  Interrupter willing(nullptr, true);
  session = std::move(Load(2)->NewSession(std::make_shared<ThreadPool>(2))).value();
  session->SetObserver(&willing);
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(willing.interruptions, 0);
}

}  // namespace
}  // namespace tfld::engine
