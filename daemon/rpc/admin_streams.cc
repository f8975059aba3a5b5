#include "daemon/rpc/admin_streams.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "daemon/rpc/admin_convert.h"
#include "daemon/telemetry/event_hub.h"
#include "daemon/telemetry/tracer.h"
#include "tfld/v1/admin.pb.h"

namespace tfld::daemon {
namespace {

// How long until a client that has gone away is noticed, and how long a trace waits for company.
constexpr std::chrono::milliseconds kTurn{100};
constexpr std::size_t kTracesAMessage = 256;

// Unix time minus the monotonic clock, so that all times of one trace fit together.
std::chrono::nanoseconds UnixOffset() {
  const auto unix_now = std::chrono::system_clock::now().time_since_epoch();
  return unix_now - std::chrono::steady_clock::now().time_since_epoch();
}

bool Send(const std::vector<RequestTrace>& traces, std::uint64_t lost, std::chrono::nanoseconds offset,
          const AdminStream<v1::TraceResponse>& stream) {
  for (std::size_t first = 0; first < traces.size(); first += kTracesAMessage) {
    v1::TraceResponse message;
    message.set_lost(lost);
    const std::size_t end = std::min(traces.size(), first + kTracesAMessage);
    for (std::size_t i = first; i < end; ++i) ToProto(traces[i], offset, *message.add_requests());
    if (!stream.write(message)) return false;
  }
  return true;
}

}  // namespace

Status StreamTraces(Tracer& tracer, const v1::TraceRequest& request, const AdminStream<v1::TraceResponse>& stream) {
  const std::chrono::nanoseconds offset = UnixOffset();
  if (request.recent()) {
    std::vector<RequestTrace> recent = tracer.Recent();
    std::erase_if(recent, [&request](const RequestTrace& trace) {
      return !request.model().empty() && trace.model.view() != request.model();
    });
    Send(recent, 0, offset, stream);
    return {};
  }
  TFLD_ASSIGN_OR_RETURN(const auto session,
                        tracer.Start({request.model(), std::max(request.rate(), 1u), request.count()}));
  if (!stream.write(v1::TraceResponse())) return {};  // from now on nothing is missed
  std::vector<RequestTrace> traces;
  while (!stream.cancelled() && session->Take(traces, kTurn)) {
    if (!Send(traces, session->lost(), offset, stream)) break;
  }
  return {};
}

Status StreamEvents(EventHub& events, const v1::WatchRequest& request, const AdminStream<v1::WatchResponse>& stream) {
  TFLD_ASSIGN_OR_RETURN(const auto watcher, events.Watch());
  if (!stream.write(v1::WatchResponse())) return {};
  std::vector<DaemonEvent> taken;
  while (!stream.cancelled() && watcher->Take(taken, kTurn)) {
    v1::WatchResponse message;
    message.set_lost(watcher->lost());
    for (const DaemonEvent& event : taken) {
      if (request.model().empty() || event.model == request.model()) ToProto(event, *message.add_events());
    }
    if (message.events_size() > 0 && !stream.write(message)) break;
  }
  return {};
}

}  // namespace tfld::daemon
