#include "engine/delegate/backend.h"

#include <gtest/gtest.h>

#include "engine/delegate/delegate.h"

namespace tfld::engine {
namespace {

TEST(Backend, NamesGoBothWays) {
  for (const Backend backend : {Backend::kReference, Backend::kCpu}) {
    EXPECT_EQ(BackendFromName(BackendName(backend)), backend);
  }
  EXPECT_EQ(BackendFromName("abacus"), std::nullopt);
}

TEST(Backend, ReferenceAsksNoDelegate) {
  EXPECT_TRUE(DelegatesFor(Backend::kReference).empty());
  ASSERT_EQ(DelegatesFor(Backend::kCpu).size(), 1U);
  EXPECT_EQ(DelegatesFor(Backend::kCpu)[0]->name(), "xnnpack");
}

}  // namespace
}  // namespace tfld::engine
