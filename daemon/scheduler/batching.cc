// Which jobs run together, and how long one waits for others.
#include <algorithm>

#include "daemon/scheduler/batch_sessions.h"
#include "daemon/scheduler/policy.h"

namespace tfld::daemon {

void Policy::JoinMates(Job& job) {
  ModelInstance::Load& load = job.instance->load();
  job.ticket.previous_mate = load.last_mate;
  job.ticket.next_mate = nullptr;
  (load.last_mate == nullptr ? load.first_mate : load.last_mate->ticket.next_mate) = &job;
  load.last_mate = &job;
  ++load.mates;
  const auto enough = static_cast<std::size_t>(job.instance->batch_options().max_size);
  if (load.held && load.mates >= enough) Release(*job.instance);
}

void Policy::LeaveMates(Job& job) {
  ModelInstance::Load& load = job.instance->load();
  JobTicket& ticket = job.ticket;
  (ticket.previous_mate == nullptr ? load.first_mate : ticket.previous_mate->ticket.next_mate) = ticket.next_mate;
  (ticket.next_mate == nullptr ? load.last_mate : ticket.next_mate->ticket.previous_mate) = ticket.previous_mate;
  --load.mates;
  if (load.held && load.mates == 0) Release(*job.instance);
}

void Policy::PopMates(const Job& leader, std::vector<Job*>& mates, int idle, Turn* turn) {
  BatchSessions* batches = leader.instance->batches();
  if (batches == nullptr || !leader.may_batch) return;
  const ModelInstance::Load& load = leader.instance->load();
  const int limit = leader.instance->options().max_concurrent;
  if (limit > 0) idle = std::min(idle, limit - load.running);
  const auto shares = static_cast<std::size_t>(std::max(idle, 0) + 1);
  const std::size_t most = static_cast<std::size_t>(batches->sizes().back()) * shares;
  std::size_t found = 1;
  for (const Job* job = load.first_mate; job != nullptr && found < most; job = job->ticket.next_mate) {
    found += job->priority == leader.priority ? 1 : 0;
  }
  Nanoseconds ahead = leader.ticket.cost;
  for (int left = batches->SizeFor((found + shares - 1) / shares) - 1; left > 0; --left) {
    Job& job = NextMate(leader, ahead, turn);
    TakeOut(job);
    ahead += job.ticket.cost;
    job.ticket.follows = true;
    mates.push_back(&job);
  }
}

// Who is the furthest behind, as for Pop: or a client that floods would fill the rows of a batch that another leads.
// There is one.
Job& Policy::NextMate(const Job& leader, Nanoseconds ahead, Turn* turn) const {
  Job* by_share = nullptr;
  Job* next_of_turn = nullptr;
  for (Job* job = leader.instance->load().first_mate; job != nullptr; job = job->ticket.next_mate) {
    if (job->priority != leader.priority) continue;
    if (by_share == nullptr || job->ticket.flow->start < by_share->ticket.flow->start) by_share = job;
    if (turn != nullptr && next_of_turn == nullptr && job->ticket.flow == turn->flow) next_of_turn = job;
  }
  if (next_of_turn != nullptr && MayStay(*turn, *next_of_turn, ahead, *by_share)) return *next_of_turn;
  if (turn != nullptr) *turn = {by_share->ticket.flow, now_ + ahead};
  return *by_share;
}

// A critical job does not wait for others. One whose deadline is so near that waiting could cost it does not either.
bool Policy::Holds(const Job& job) {
  const BatchOptions& options = job.instance->batch_options();
  if (options.max_delay <= Nanoseconds(0) || !job.may_batch || job.priority == PriorityClass::kCritical) return false;
  ModelInstance::Load& load = job.instance->load();
  if (load.mates >= static_cast<std::size_t>(options.max_size)) return false;
  SteadyTime until = load.first_mate->ticket.times.queued + options.max_delay;
  if (job.deadline != SteadyTime::max()) until = std::min(until, job.deadline - 2 * job.ticket.cost);
  if (until <= now_) return false;
  if (!load.held) {
    load.held = true;
    load.held_until = until;
    load.next_held = first_held_;
    first_held_ = job.instance.get();
  }
  load.held_until = std::min(load.held_until, until);
  return true;
}

void Policy::Release(ModelInstance& instance) {
  ModelInstance** link = &first_held_;
  while (*link != &instance) link = &(*link)->load().next_held;
  ModelInstance::Load& load = instance.load();
  *link = load.next_held;
  load.held = false;
  while (load.first_parked != nullptr) Unpark(*load.first_parked);
}

void Policy::ReleaseDue() {
  for (ModelInstance* instance = first_held_; instance != nullptr;) {
    ModelInstance* next = instance->load().next_held;
    if (instance->load().held_until <= now_) Release(*instance);
    instance = next;
  }
}

SteadyTime Policy::EarliestHeld() const {
  SteadyTime earliest = SteadyTime::max();
  for (ModelInstance* instance = first_held_; instance != nullptr;) {
    earliest = std::min(earliest, instance->load().held_until);
    instance = instance->load().next_held;
  }
  return earliest;
}

}  // namespace tfld::daemon
