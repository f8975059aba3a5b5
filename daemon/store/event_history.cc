#include "daemon/store/event_history.h"

#include <algorithm>
#include <utility>

#include "engine/base/cut_text.h"

namespace tfld::daemon {

EventHistory::EventHistory(std::initializer_list<EventRecord> events) {
  for (const EventRecord& event : events) Append(event);
}

void EventHistory::Append(EventRecord event) {
  if (events_.size() >= kMaxEvents) events_.erase(events_.begin());
  event.reason.resize(CutText(event.reason, kMaxReasonBytes).size());
  events_.push_back(std::make_shared<const EventRecord>(std::move(event)));
}

bool EventHistory::operator==(const EventHistory& other) const {
  return std::ranges::equal(events_, other.events_, [](const auto& mine, const auto& its) { return *mine == *its; });
}

}  // namespace tfld::daemon
