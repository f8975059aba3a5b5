// EventHistory: what happened to a model, newest last; the oldest go when there are too many.
//
// A value. Copies share the events, so a state with a long history is cheap to copy and to change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace tfld::daemon {

struct EventRecord {
  std::int64_t time = 0;  // Unix time, seconds
  std::string action;
  std::uint64_t version = 0;
  bool ok = true;
  std::string reason;
  std::string actor;
  bool operator==(const EventRecord&) const = default;
};

inline constexpr std::size_t kMaxEvents = 1000;
// Of a reason; more is cut. Reasons quote what came from outside.
inline constexpr std::size_t kMaxReasonBytes = 2000;

class EventHistory {
 public:
  EventHistory() = default;
  EventHistory(std::initializer_list<EventRecord> events);

  // Drops the oldest of more than kMaxEvents, and cuts the reason.
  void Append(EventRecord event);

  std::size_t size() const { return events_.size(); }
  const EventRecord& operator[](std::size_t index) const { return *events_[index]; }
  const EventRecord& back() const { return *events_.back(); }
  bool operator==(const EventHistory& other) const;

 private:
  std::vector<std::shared_ptr<const EventRecord>> events_;
};

}  // namespace tfld::daemon
