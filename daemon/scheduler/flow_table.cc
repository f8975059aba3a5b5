#include "daemon/scheduler/flow_table.h"

#include <bit>

namespace tfld::daemon {
namespace {

// Idle clients whose account is kept beside those that have jobs.
constexpr std::size_t kRemembered = 64;

}  // namespace

FlowTable::FlowTable(std::size_t capacity)
    : flows_(capacity + kRemembered), buckets_(std::bit_ceil(flows_.size() * 2)) {}

std::size_t FlowTable::BucketOf(PriorityClass priority, JobClient client) const {
  std::uint64_t key = (std::uint64_t{client.uid} << 32) | static_cast<std::uint32_t>(client.pid);
  key = (key ^ static_cast<std::uint64_t>(priority)) * 0x9e3779b97f4a7c15u;
  return static_cast<std::size_t>(key >> 32) & (buckets_.size() - 1);
}

Flow* FlowTable::Find(PriorityClass priority, JobClient client) const {
  Flow* flow = buckets_[BucketOf(priority, client)];
  while (flow != nullptr && (flow->priority != priority || flow->client != client)) flow = flow->bucket_next;
  return flow;
}

Flow& FlowTable::Take(PriorityClass priority, JobClient client, double now) {
  if (Flow* known = Find(priority, client)) {
    if (known->idle()) Unlink(*known);
    return *known;
  }
  Flow* flow = nullptr;
  if (used_ < flows_.size()) {
    flow = &flows_[used_++];
  } else {
    flow = oldest_;
    Unlink(*flow);
    Forget(*flow);
  }
  *flow = {};
  flow->priority = priority;
  flow->client = client;
  flow->start = now;
  Flow*& bucket = buckets_[BucketOf(priority, client)];
  flow->bucket_next = bucket;
  bucket = flow;
  return *flow;
}

void FlowTable::Rest(Flow& flow) {
  flow.older = newest_;
  flow.newer = nullptr;
  (newest_ == nullptr ? oldest_ : newest_->newer) = &flow;
  newest_ = &flow;
}

void FlowTable::Unlink(Flow& flow) {
  (flow.older == nullptr ? oldest_ : flow.older->newer) = flow.newer;
  (flow.newer == nullptr ? newest_ : flow.newer->older) = flow.older;
  flow.older = flow.newer = nullptr;
}

void FlowTable::Forget(Flow& flow) {
  Flow** link = &buckets_[BucketOf(flow.priority, flow.client)];
  while (*link != &flow) link = &(*link)->bucket_next;
  *link = flow.bucket_next;
}

}  // namespace tfld::daemon
