#include "daemon/store/event_history.h"

#include <gtest/gtest.h>

namespace tfld::daemon {
namespace {

EventRecord Event(std::uint64_t version) { return {1700000000, "activate", version, true, "", "uid 0 pid 1"}; }

TEST(EventHistory, IsInTheOrderOfItsEvents) {
  EventHistory history = {Event(1)};
  history.Append(Event(2));
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0], Event(1));
  EXPECT_EQ(history.back(), Event(2));
  std::uint64_t version = 0;
  for (std::size_t i = 0; i < history.size(); ++i) EXPECT_EQ(history[i].version, ++version);
}

TEST(EventHistory, TheOldestGoWhenThereAreTooMany) {
  EventHistory history;
  for (std::uint64_t i = 0; i < kMaxEvents + 10; ++i) history.Append(Event(i));
  ASSERT_EQ(history.size(), kMaxEvents);
  EXPECT_EQ(history[0].version, 10u);
  EXPECT_EQ(history.back().version, kMaxEvents + 9);
}

TEST(EventHistory, CopiesAreEqualUntilOneIsChanged) {
  const EventHistory history = {Event(1), Event(2)};
  EventHistory copy = history;
  EXPECT_EQ(&copy[1], &history[1]);
  EXPECT_EQ(copy, history);
  EXPECT_EQ(history, (EventHistory{Event(1), Event(2)}));
  copy.Append(Event(3));
  EXPECT_NE(copy, history);
  EXPECT_NE(history, (EventHistory{Event(1), Event(3)}));
  EXPECT_EQ(history.size(), 2u);
}

TEST(EventHistory, ALongReasonIsCut) {
  EventHistory events;
  EventRecord event;
  event.reason = std::string(1 << 20, 'x');
  events.Append(std::move(event));
  EXPECT_EQ(events.back().reason.size(), kMaxReasonBytes);
}

}  // namespace
}  // namespace tfld::daemon
