// The calls of the admin service that go on until the client has enough: traces and events.
#pragma once

#include <functional>

#include "engine/base/status.h"

namespace tfld::v1 {
class TraceRequest;
class TraceResponse;
class WatchRequest;
class WatchResponse;
}  // namespace tfld::v1

namespace tfld::daemon {

class EventHub;
class Tracer;

// The client's side of a stream.
template <typename Message>
struct AdminStream {
  std::function<bool(const Message&)> write;  // false when the client has gone away
  std::function<bool()> cancelled;
};

// Block the thread of the call until the client cancels, the count of the request is reached, or the daemon stops.
Status StreamTraces(Tracer& tracer, const v1::TraceRequest& request, const AdminStream<v1::TraceResponse>& stream);
Status StreamEvents(EventHub& events, const v1::WatchRequest& request, const AdminStream<v1::WatchResponse>& stream);

}  // namespace tfld::daemon
