#include "daemon/scheduler/policy.h"

#include <algorithm>

namespace tfld::daemon {

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
  Class& to = ClassOf(job);
  Flow& flow = table_.Take(job.priority, job.client, to.now);
  job.ticket.flow = &flow;
  job.ticket.sequence = next_sequence_++;
  job.ticket.previous = last_;
  job.ticket.next = nullptr;
  (last_ == nullptr ? first_ : last_->ticket.next) = &job;
  last_ = &job;
  flow.jobs.Push(job);
  flow.cost += job.ticket.cost;
  if (flow.waiting++ == 0) {
    flow.weight = job.ticket.weight;
    flow.start = std::max(flow.start, to.now);
    flow.sequence = job.ticket.sequence;
    to.flows.Push(flow);
    to.weight += flow.weight;
  }
  if (job.priority == PriorityClass::kBackground && to.size == 0) background_served_ = now;
  to.cost += job.ticket.cost;
  ++to.size;
  ++size_;
  ++load.waiting;
  return Refusal::kNone;
}

Job* Policy::Pop(SteadyTime now) {
  Class& normal = classes_[Index(PriorityClass::kNormal)];
  Class& background = classes_[Index(PriorityClass::kBackground)];
  if (Job* job = PopCritical()) return job;
  const bool aged = background.size > 0 && now - background_served_ >= options_.aging;
  if (normal.size > 0 && !aged) return PopFrom(normal);
  background_served_ = now;
  return PopFrom(background);
}

Job* Policy::PopCritical() { return PopFrom(classes_[Index(PriorityClass::kCritical)]); }

const Job* Policy::NextCritical() const {
  const Flow* flow = classes_[Index(PriorityClass::kCritical)].flows.top();
  return flow == nullptr ? nullptr : flow->jobs.top();
}

Job* Policy::PopFrom(Class& from) {
  Flow* flow = from.flows.top();
  if (flow == nullptr) return nullptr;
  Job* job = flow->jobs.top();
  from.now = std::max(from.now, flow->start);
  from.flows.Remove(*flow);  // its place changes with its tag
  flow->start += static_cast<double>(job->ticket.cost.count()) / flow->weight;
  flow->sequence = next_sequence_++;
  from.flows.Push(*flow);
  ++flow->running;
  Remove(*job);
  return job;
}

void Policy::Remove(Job& job) {
  Flow& flow = *job.ticket.flow;
  Class& from = ClassOf(job);
  flow.jobs.Remove(job);
  flow.cost -= job.ticket.cost;
  from.cost -= job.ticket.cost;
  --from.size;
  --size_;
  --job.instance->load().waiting;
  JobTicket& ticket = job.ticket;
  (ticket.previous == nullptr ? first_ : ticket.previous->ticket.next) = ticket.next;
  (ticket.next == nullptr ? last_ : ticket.next->ticket.previous) = ticket.previous;
  if (--flow.waiting == 0) Leave(flow, from);
}

void Policy::Leave(Flow& flow, Class& from) {
  from.flows.Remove(flow);
  from.weight = from.flows.empty() ? 0 : from.weight - flow.weight;
  if (flow.idle()) table_.Rest(flow);
}

void Policy::Charge(Job& job, Nanoseconds cost) {
  Flow& flow = *job.ticket.flow;
  Class& from = ClassOf(job);
  --flow.running;
  const double correction = static_cast<double>((cost - job.ticket.cost).count()) / flow.weight;
  if (flow.waiting > 0) {
    from.flows.Remove(flow);
    flow.start += correction;
    from.flows.Push(flow);
  } else {
    flow.start += correction;
    if (flow.idle()) table_.Rest(flow);
  }
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
  if (flow == nullptr || flow->waiting == 0) return ahead;
  Nanoseconds own{0};
  flow->jobs.ForEachBefore(job, [&](const Job& before) { own += before.ticket.cost; });
  const double others = static_cast<double>(own.count()) * (own_class.weight - flow->weight) / flow->weight;
  const auto share = Nanoseconds(static_cast<std::int64_t>(std::clamp(others, 0.0, 1e18)));
  return ahead + own + std::min(share, own_class.cost - flow->cost);
}

}  // namespace tfld::daemon
