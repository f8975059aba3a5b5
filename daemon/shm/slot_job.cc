#include "daemon/shm/slot_job.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <utility>

#include "daemon/scheduler/scheduler.h"
#include "daemon/shm/channel.h"
#include "daemon/shm/slot_wake.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

using std::chrono::steady_clock;

std::int64_t Nanoseconds(SteadyTime time) { return time.time_since_epoch().count(); }

template <typename T>
T ReadOnce(T& word) {
  return std::atomic_ref(word).load(std::memory_order_relaxed);
}

Status ParsePriority(std::uint32_t priority, PriorityClass& parsed) {
  switch (priority) {
    case channel::kDefaultPriority:
    case channel::kNormal: parsed = PriorityClass::kNormal; return {};
    case channel::kCritical: parsed = PriorityClass::kCritical; return {};
    case channel::kBackground: parsed = PriorityClass::kBackground; return {};
    default: return InvalidArgument(StrCat("there is no priority ", priority));
  }
}

// Kernels rely on there being only 0 and 1.
void NormalizeBooleans(std::span<std::byte> bytes) {
  for (std::byte& element : bytes) element = std::byte{element != std::byte{0}};
}

}  // namespace

void SlotJob::Attach(Channel* channel, std::byte* slot) {
  channel_ = channel;
  slot_ = slot;
}

void SlotJob::Start() {
  if (busy() || std::atomic_ref(header().state).load(std::memory_order_acquire) != channel::kPosted) return;
  busy_.store(true, std::memory_order_relaxed);
  keep_ = channel_->shared_from_this();
  received_ = steady_clock::now();
  const channel::Request request = ReadRequest();
  id_ = request.id;
  Status status = Prepare(request);
  if (status.ok()) status = channel_->context().scheduler->Submit(*this);
  if (status.ok()) return;  // it may have ended already
  JobTimes times;
  times.finished = steady_clock::now();
  Finish(status, times);
}

// The client may write while we read: each word is read once, and what was read is what counts.
channel::Request SlotJob::ReadRequest() const {
  channel::Request& request = header().request;
  return {ReadOnce(request.id), ReadOnce(request.deadline_ns), ReadOnce(request.priority), 0,
          ReadOnce(request.posted_ns)};
}

Status SlotJob::Prepare(const channel::Request& request) {
  TFLD_ASSIGN_OR_RETURN(served_, channel_->Follow());
  instance = served_->instance;
  const bool has_deadline = request.deadline_ns != 0;
  deadline = has_deadline ? SteadyTime(std::chrono::nanoseconds(request.deadline_ns)) : SteadyTime::max();
  posted = SteadyTime(std::chrono::nanoseconds(request.posted_ns));
  client = channel_->client();
  bytes = channel_->layout().slot_stride;
  may_batch = true;
  return ParsePriority(request.priority, priority);
}

bool SlotJob::cancelled() const { return channel_->closed() || ReadOnce(header().request.cancelled) != 0; }

// Another request may have run in this session with another batch.
Status SlotJob::FitShapes(engine::Session& session) const {
  const std::vector<PlacedTensor>& inputs = channel_->layout().inputs;
  bool fits = true;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    fits = fits && session.Input(static_cast<int>(i)).shape == inputs[i].shape;
  }
  if (fits) return {};
  std::vector<engine::Shape> shapes;
  shapes.reserve(inputs.size());
  for (const PlacedTensor& input : inputs) shapes.push_back(input.shape);
  return session.ResizeInputs(shapes);
}

Status SlotJob::Load(const SessionRow& row) {
  if (channel_->layout().has_open_inputs && row.is_whole()) TFLD_RETURN_IF_ERROR(FitShapes(row.session()));
  const std::vector<PlacedTensor>& inputs = channel_->layout().inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const engine::TensorView view = row.Input(static_cast<int>(i));
    if (view.bytes.size() != inputs[i].bytes) return Internal(StrCat("input '", inputs[i].name, "' has another size"));
    std::byte* const source = slot_ + inputs[i].offset;
    if (row.is_whole() && entry().inputs[i].may_change) {
      TFLD_RETURN_IF_ERROR(row.session().BindInput(static_cast<int>(i), source));
      continue;
    }
    std::memcpy(view.bytes.data(), source, inputs[i].bytes);
    if (view.type == engine::ElementType::kBool) NormalizeBooleans(view.bytes);
  }
  return row.is_whole() ? BindOutputs(row.session()) : Status();
}

Status SlotJob::BindOutputs(engine::Session& session) const {
  const std::vector<PlacedTensor>& outputs = channel_->layout().outputs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const bool fits = session.Output(static_cast<int>(i)).bytes.size() == outputs[i].bytes;
    if (!fits || !entry().outputs[i].may_change) continue;
    TFLD_RETURN_IF_ERROR(session.BindOutput(static_cast<int>(i), slot_ + outputs[i].offset));
  }
  return {};
}

// The session is for others afterwards, and the slot's memory may go.
Status SlotJob::Run(engine::Session& session, JobTimes& times) {
  Status status = Job::Run(session, times);
  const engine::EntryPoint& tensors = entry();
  for (std::size_t i = 0; i < tensors.inputs.size(); ++i) {
    if (tensors.inputs[i].may_change) TFLD_RETURN_IF_ERROR(session.BindInput(static_cast<int>(i), nullptr));
  }
  for (std::size_t i = 0; i < tensors.outputs.size(); ++i) {
    if (tensors.outputs[i].may_change) TFLD_RETURN_IF_ERROR(session.BindOutput(static_cast<int>(i), nullptr));
  }
  return status;
}

Status SlotJob::Store(const SessionRow& row) {
  const std::vector<PlacedTensor>& outputs = channel_->layout().outputs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const engine::TensorView view = row.Output(static_cast<int>(i));
    if (view.bytes.size() != outputs[i].bytes) {
      return Unimplemented(StrCat("output '", outputs[i].name, "' came with ", view.bytes.size(), " bytes instead of ",
                                  outputs[i].bytes, ", which a channel cannot carry"));
    }
    std::byte* const to = slot_ + outputs[i].offset;
    if (view.bytes.data() != to) std::memcpy(to, view.bytes.data(), outputs[i].bytes);
  }
  return {};
}

// The last owner of this object is `keep` from here on, and as soon as busy_ is false the next request may use it, on
// another thread: only locals are touched then.
void SlotJob::Finish(const Status& outcome, const JobTimes& times) {
  const Status status = times.started != SteadyTime() ? served_->Explain(outcome) : outcome;
  Observe(status, times);
  WriteAnswer(status, times);
  std::shared_ptr<Channel> keep = std::move(keep_);
  const std::shared_ptr<const ServedVersion> served = std::move(served_);
  const std::shared_ptr<ModelInstance> pinned = std::move(instance);
  channel::SlotHeader& answered = header();
  busy_.store(false, std::memory_order_release);
  SetSlotState(answered, channel::kDone, std::move(keep));
}

void SlotJob::Observe(const Status& status, const JobTimes& times) const {
  FinishedRequest finished;
  if (served_ != nullptr) {
    finished.model = served_->model;
    finished.version = served_->version;
    finished.instance = served_->instance.get();
  }
  char id[20];  // as many digits as the number can have
  finished.id = {id, std::to_chars(std::begin(id), std::end(id), id_).ptr};
  finished.uid = channel_->client().uid;
  finished.pid = channel_->client().pid;
  finished.transport = kChannelTransport;
  finished.code = status.code();
  finished.priority = priority;
  finished.received = received_;
  finished.times = times;
  for (RequestObserver* observer : channel_->context().observers) observer->OnRequest(finished);
}

void SlotJob::WriteAnswer(const Status& status, const JobTimes& times) const {
  const std::string_view message = status.message().substr(0, channel::kMessageBytes);
  channel::Answer answer{};
  answer.id = id_;
  answer.version = served_ != nullptr ? served_->version : 0;
  answer.code = static_cast<std::uint32_t>(status.code());
  answer.message_bytes = static_cast<std::uint32_t>(message.size());
  answer.received_ns = Nanoseconds(received_);
  answer.queued_ns = Nanoseconds(times.queued);
  answer.started_ns = Nanoseconds(times.started);
  answer.input_done_ns = Nanoseconds(times.input_done);
  answer.infer_done_ns = Nanoseconds(times.infer_done);
  answer.finished_ns = Nanoseconds(times.finished);
  header().answer = answer;
  std::ranges::copy(message, header().message);
}

}  // namespace tfld::daemon
