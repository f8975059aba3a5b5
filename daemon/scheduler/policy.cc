#include "daemon/scheduler/policy.h"

#include <algorithm>
#include <utility>

namespace tfld::daemon {
namespace {

// As long as an operator of a large model takes.
constexpr Policy::Nanoseconds kShort{250'000};
constexpr int kMuchLonger = 4;
// By how much of the time that others have waited a turn may keep them waiting, and the most.
constexpr int kTurnShare = 2;
constexpr Policy::Nanoseconds kLongestTurn{1'000'000};

}  // namespace

Policy::Policy(const PolicyOptions& options) : options_(options), table_(options.capacity + options.running) {}

std::size_t Policy::WaitingOf(JobClient client) const {
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < kPriorityClasses; ++i) {
    const Flow* flow = table_.Find(static_cast<PriorityClass>(i), client);
    if (flow != nullptr) waiting += flow->waiting;
  }
  return waiting;
}

Refusal Policy::Push(Job& job, SteadyTime now) {
  if (size_ >= options_.capacity) return Refusal::kQueueFull;
  if (options_.per_client > 0 && WaitingOf(job.client) >= options_.per_client) return Refusal::kClientQueueFull;
  ModelInstance::Load& load = job.instance->load();
  if (options_.per_instance > 0 && load.waiting >= options_.per_instance) return Refusal::kModelQueueFull;
  Class& to = classes_[Index(job.priority)];
  if (job.priority == PriorityClass::kBackground && to.size == 0) background_served_ = now;
  Flow& flow = table_.Take(job.priority, job.client, to.now);
  job.ticket.flow = &flow;
  job.ticket.sequence = next_sequence_++;
  job.ticket.previous = last_;
  job.ticket.next = nullptr;
  (last_ == nullptr ? first_ : last_->ticket.next) = &job;
  last_ = &job;
  flow.jobs.Push(job);
  ++flow.waiting;
  flow.cost += job.ticket.cost;
  to.cost += job.ticket.cost;
  ++to.size;
  ++size_;
  ++load.waiting;
  now_ = now;
  if (flow.listed) {
    ++ready_;
  } else if (flow.parked == nullptr) {
    flow.weight = job.ticket.weight;
    List(flow);
  } else if (flow.jobs.top() == &job) {
    Unpark(flow);  // perhaps this one may run
  }
  if (job.may_batch && job.instance->batches() != nullptr) JoinMates(job);
  return Refusal::kNone;
}

Job* Policy::Pop(SteadyTime now, Turn* turn) {
  now_ = now;
  ReleaseDue();
  if (Job* job = PopFrom(classes_[Index(PriorityClass::kCritical)], turn)) return job;
  Class& background = classes_[Index(PriorityClass::kBackground)];
  const bool aged = background.size > 0 && now - background_served_ >= options_.aging;
  Job* job = nullptr;
  if (!aged) job = PopFrom(classes_[Index(PriorityClass::kNormal)], turn);
  if (job == nullptr && (job = PopFrom(background, turn)) != nullptr) background_served_ = now;
  if (job == nullptr && aged) job = PopFrom(classes_[Index(PriorityClass::kNormal)], turn);
  return job;
}

Job* Policy::PopUrgent(const Job& running, Nanoseconds left) {
  for (std::size_t i = 0; i <= Index(running.priority); ++i) {
    const Job* job = Next(classes_[i]);
    if (job != nullptr && IsUrgent(*job, running, left)) return PopFrom(classes_[i]);
  }
  return nullptr;
}

bool Policy::CouldBeUrgent(const Job& job, PriorityClass running, Nanoseconds left) {
  if (job.instance->options().levels < 2) return false;
  if (job.priority == PriorityClass::kCritical) return running != PriorityClass::kCritical;
  const Nanoseconds cost = job.ticket.cost;
  if (cost == Nanoseconds(0) || cost > kShort) return false;
  return job.priority < running || (job.priority == running && cost * kMuchLonger <= left);
}

bool Policy::IsUrgent(const Job& job, const Job& running, Nanoseconds left) {
  if (!CouldBeUrgent(job, running.priority, left)) return false;
  return job.priority < running.priority || job.ticket.flow->start < running.ticket.flow->start;
}

Job* Policy::NextOf(Flow& flow) {
  Job* job = flow.jobs.top();
  const int limit = job->instance->options().max_concurrent;
  if ((limit <= 0 || job->instance->load().running < limit) && !Holds(*job)) return job;
  Park(flow, *job->instance);
  return nullptr;
}

Job* Policy::Next(Class& from) {
  while (Flow* flow = from.flows.top()) {
    if (Job* job = NextOf(*flow)) return job;
  }
  return nullptr;
}

Job* Policy::PopFrom(Class& from, Turn* turn) {
  Job* job = Next(from);
  if (job == nullptr) return nullptr;
  from.now = std::max(from.now, job->ticket.flow->start);  // also if it lets another go first
  if (turn != nullptr) {
    Flow* const flow = turn->flow;
    const bool waits = flow != nullptr && flow->listed && &ClassOf(*flow) == &from;
    Job* const stays = waits && MayStay(*turn, *flow->jobs.top(), Nanoseconds(0), *job) ? NextOf(*flow) : nullptr;
    if (stays != nullptr) {
      job = stays;
    } else {
      *turn = {job->ticket.flow, now_};
    }
  }
  TakeOut(*job);
  ++job->instance->load().running;
  return job;
}

bool Policy::MayStay(const Turn& turn, const Job& next, Nanoseconds ahead, const Job& by_share) const {
  const Nanoseconds cost = next.ticket.cost;
  if (cost == Nanoseconds(0) || next.ticket.times.queued > turn.began) return false;
  if (classes_[Index(next.priority)].newcomers > 0) return false;
  const Nanoseconds waited = turn.began - by_share.ticket.times.queued;
  return now_ + ahead + cost - turn.began <= std::min(waited / kTurnShare, kLongestTurn);
}

void Policy::TakeOut(Job& job) {
  Flow& flow = *job.ticket.flow;
  Class& from = ClassOf(flow);
  if (flow.listed) from.flows.Remove(flow);  // its place changes with its tag
  flow.start += static_cast<double>(job.ticket.cost.count()) / flow.weight;
  flow.sequence = next_sequence_++;
  if (flow.listed) from.flows.Push(flow);
  if (std::exchange(flow.newcomer, false)) --from.newcomers;
  ++flow.running;
  Remove(job);
}

void Policy::List(Flow& flow) {
  Class& to = ClassOf(flow);
  flow.newcomer = flow.start <= to.now;
  to.newcomers += flow.newcomer ? 1 : 0;
  flow.start = std::max(flow.start, to.now);
  flow.sequence = next_sequence_++;
  flow.listed = true;
  to.flows.Push(flow);
  to.weight += flow.weight;
  ready_ += flow.waiting;
}

void Policy::Unlist(Flow& flow) {
  Class& from = ClassOf(flow);
  flow.listed = false;
  if (std::exchange(flow.newcomer, false)) --from.newcomers;
  from.flows.Remove(flow);
  from.weight = from.flows.empty() ? 0 : from.weight - flow.weight;
  ready_ -= flow.waiting;
}

void Policy::Park(Flow& flow, ModelInstance& instance) {
  Unlist(flow);
  ModelInstance::Load& load = instance.load();
  flow.parked = &instance;
  flow.older = load.last_parked;
  flow.newer = nullptr;
  (load.last_parked == nullptr ? load.first_parked : load.last_parked->newer) = &flow;
  load.last_parked = &flow;
}

void Policy::Unpark(Flow& flow) {
  ModelInstance::Load& load = flow.parked->load();
  (flow.older == nullptr ? load.first_parked : flow.older->newer) = flow.newer;
  (flow.newer == nullptr ? load.last_parked : flow.newer->older) = flow.older;
  flow.older = flow.newer = nullptr;
  flow.parked = nullptr;
  List(flow);
}

void Policy::Remove(Job& job) {
  Flow& flow = *job.ticket.flow;
  Class& from = ClassOf(flow);
  if (flow.parked != nullptr) Unpark(flow);  // perhaps its next one may run
  if (flow.waiting == 1) {
    Unlist(flow);
  } else {
    --ready_;
  }
  flow.jobs.Remove(job);
  --flow.waiting;
  flow.cost -= job.ticket.cost;
  from.cost -= job.ticket.cost;
  --from.size;
  --size_;
  --job.instance->load().waiting;
  if (job.may_batch && job.instance->batches() != nullptr) LeaveMates(job);
  JobTicket& ticket = job.ticket;
  (ticket.previous == nullptr ? first_ : ticket.previous->ticket.next) = ticket.next;
  (ticket.next == nullptr ? last_ : ticket.next->ticket.previous) = ticket.previous;
  if (flow.idle()) table_.Rest(flow);
}

void Policy::Charge(Job& job, Nanoseconds cost) {
  Flow& flow = *job.ticket.flow;
  Class& from = ClassOf(flow);
  --flow.running;
  if (flow.listed) from.flows.Remove(flow);  // its place changes with its tag
  flow.start += static_cast<double>((cost - job.ticket.cost).count()) / flow.weight;
  if (flow.listed) from.flows.Push(flow);
  if (flow.idle()) table_.Rest(flow);
  if (job.ticket.follows) return;  // what it ran along with occupies the executor
  ModelInstance::Load& load = job.instance->load();
  --load.running;
  if (load.held) return;  // they wait for something else
  while (load.first_parked != nullptr) Unpark(*load.first_parked);
}

void Policy::TakeDead(SteadyTime now, std::vector<Job*>& dead) {
  for (Job* job = first_; job != nullptr;) {
    Job* next = job->ticket.next;
    if (job->cancelled() || job->deadline <= now) {
      Remove(*job);
      dead.push_back(job);
    }
    job = next;
  }
}

void Policy::TakeAll(std::vector<Job*>& all) {
  while (first_ != nullptr) {
    all.push_back(first_);
    Remove(*first_);
  }
}

Policy::Nanoseconds Policy::CostAhead(const Job& job) const {
  Nanoseconds ahead{0};
  for (std::size_t i = 0; i < Index(job.priority); ++i) ahead += classes_[i].cost;
  const Class& own_class = classes_[Index(job.priority)];
  const Flow* flow = table_.Find(job.priority, job.client);
  if (flow == nullptr || flow->jobs.empty()) return ahead;
  Nanoseconds own{0};
  flow->jobs.ForEachBefore(job, [&](const Job& before) { own += before.ticket.cost; });
  const double others = static_cast<double>(own.count()) * (own_class.weight - flow->weight) / flow->weight;
  const auto share = Nanoseconds(static_cast<std::int64_t>(std::clamp(others, 0.0, 1e18)));
  return ahead + own + std::min(share, own_class.cost - flow->cost);
}

}  // namespace tfld::daemon
