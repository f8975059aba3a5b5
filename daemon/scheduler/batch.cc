#include "daemon/scheduler/batch.h"

#include <cstdint>
#include <cstring>

#include "daemon/scheduler/batch_sessions.h"
#include "daemon/scheduler/policy.h"
#include "daemon/scheduler/scheduler_core.h"

namespace tfld::daemon {
namespace {

void ClearRow(const SessionRow& row, std::size_t inputs) {
  for (std::size_t i = 0; i < inputs; ++i) {
    const auto bytes = row.Input(static_cast<int>(i)).bytes;
    std::memset(bytes.data(), 0, bytes.size());
  }
}

}  // namespace

void Batch::Take(Job& leader, Policy& policy, int idle, Turn& turn) {
  jobs_.clear();
  jobs_.push_back(&leader);
  policy.PopMates(leader, jobs_, idle, &turn);
}

std::chrono::nanoseconds Batch::cost() const {
  std::chrono::nanoseconds cost{0};
  if (size() > 1) cost = leader().instance->row_cost().mean() * static_cast<std::int64_t>(size());
  if (cost > std::chrono::nanoseconds(0)) return cost;
  for (const Job* job : jobs_) cost += job->ticket.cost;
  return cost;
}

bool Batch::Run(int slot, engine::StepObserver* observer, SteadyTime started, const Clock& clock) {
  ModelInstance& instance = *leader().instance;
  engine::Session& session = instance.batches()->session(slot, static_cast<int>(size()));
  statuses_.assign(size(), Status());
  for (std::size_t i = 0; i < size(); ++i) {
    statuses_[i] = CheckRunnable(*jobs_[i], started);
    if (statuses_[i].ok()) jobs_[i]->ticket.times.started = started;
    jobs_[i]->ticket.times.batch_size = static_cast<int>(size());
  }
  session.Reset();
  LoadAll(session);
  const SteadyTime input_done = std::chrono::steady_clock::now();
  session.SetObserver(observer);
  const bool ran = session.Run().ok();
  session.SetObserver(nullptr);
  if (!ran) {
    RunOneByOne(instance.session(slot), observer, clock);
    return false;
  }
  const SteadyTime infer_done = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < size(); ++i) {
    if (!statuses_[i].ok()) continue;
    jobs_[i]->ticket.times.input_done = input_done;
    jobs_[i]->ticket.times.infer_done = infer_done;
    statuses_[i] = jobs_[i]->Store(SessionRow(session, static_cast<int>(i), static_cast<int>(size())));
  }
  return true;
}

void Batch::LoadAll(engine::Session& session) {
  const std::size_t inputs = leader().instance->executable().inputs().size();
  for (std::size_t i = 0; i < size(); ++i) {
    const SessionRow row(session, static_cast<int>(i), static_cast<int>(size()));
    if (statuses_[i].ok()) statuses_[i] = jobs_[i]->Load(row);
    if (!statuses_[i].ok()) ClearRow(row, inputs);
  }
}

// The last of them waits for all others, so each is looked at again.
void Batch::RunOneByOne(engine::Session& session, engine::StepObserver* observer, const Clock& clock) {
  session.SetObserver(observer);
  for (std::size_t i = 0; i < size(); ++i) {
    if (!statuses_[i].ok()) continue;
    JobTimes& times = jobs_[i]->ticket.times;
    const SteadyTime now = clock();
    statuses_[i] = CheckRunnable(*jobs_[i], now);
    times.batch_size = 1;
    times.started = statuses_[i].ok() ? now : SteadyTime();
    if (statuses_[i].ok()) statuses_[i] = jobs_[i]->Run(session, times);
  }
  session.SetObserver(nullptr);
}

void Batch::EndAll(SteadyTime now) {
  for (std::size_t i = 0; i < size(); ++i) End(*jobs_[i], statuses_[i], now);
}

}  // namespace tfld::daemon
