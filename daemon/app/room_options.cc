#include "daemon/app/room_options.h"

#include <chrono>
#include <string>
#include <vector>

#include "daemon/scheduler/affinity.h"
#include "daemon/settings/processor_set.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

// Connections to the admin socket.
constexpr std::size_t kAdminConnections = 256;
constexpr std::size_t kAdminConnectionsPerUser = 64;

UserLimits UserLimitsOf(const LimitSettings& settings) {
  UserLimits limits;
  limits.max_requests = static_cast<std::size_t>(settings.max_requests);
  limits.max_bytes = settings.max_bytes;
  limits.weight = settings.weight;
  limits.max_priority = static_cast<PriorityClass>(settings.max_priority);
  limits.compute_share = settings.compute_share;
  return limits;
}

// Of one user.
std::size_t MaxConnections(const Settings& settings, const LimitSettings& limits) {
  return static_cast<std::size_t>(limits.max_connections > 0 ? limits.max_connections : settings.connections.max_total);
}

std::vector<int> ProcessorsOf(const std::string& set) { return ParseProcessorSet(set).value_or(std::vector<int>()); }

}  // namespace

Status CheckAffinity(const Settings& settings) {
  for (const std::string& set : settings.inference.affinity) {
    const ScopedAffinity tried(ProcessorsOf(set));
    if (!tried.refused()) continue;
    return InvalidArgument(StrCat("inference.affinity has \"", set, "\", expected some of the processors that the ",
                                  "daemon may use: ", UsableProcessorSet()));
  }
  return {};
}

SchedulerOptions SchedulerOptionsOf(const Settings& settings) {
  SchedulerOptions options;
  options.executors = settings.inference.executors;
  options.threads_per_executor = settings.inference.threads_per_executor;
  options.queue_capacity = static_cast<std::size_t>(settings.inference.queue_capacity);
  options.queue_per_client = static_cast<std::size_t>(settings.inference.queue_per_client);
  options.queue_per_model = static_cast<std::size_t>(settings.inference.queue_per_model);
  options.preemption = settings.inference.preemption;
  options.spin = std::chrono::microseconds(settings.inference.spin_us);
  options.quota.defaults = UserLimitsOf(settings.limits);
  for (const UserSettings& user : settings.users) options.quota.users[user.uid] = UserLimitsOf(user.limits);
  for (const std::string& set : settings.inference.affinity) options.affinity.push_back(ProcessorsOf(set));
  return options;
}

ManagerOptions ManagerOptionsOf(const Settings& settings) {
  ManagerOptions options;
  options.state_dir = settings.state_dir;
  options.max_package_bytes = settings.models.max_package_bytes;
  options.max_model_memory_bytes = settings.models.max_memory_bytes;
  options.warmup_runs = settings.models.warmup_runs;
  options.backend =
      settings.inference.numerics == Numerics::kExact ? engine::Backend::kReference : engine::Backend::kCpu;
  options.load_nice = settings.models.load_nice;
  options.keep_versions = settings.models.keep_versions;
  for (const ModelSettings& model : settings.model) {
    const std::chrono::microseconds delay(model.max_delay_us);
    options.models[model.name] = {model.max_concurrent, {model.max_batch, delay}};
  }
  return options;
}

RpcServerOptions InferenceServerOptionsOf(const Settings& settings) {
  RpcServerOptions options;
  options.max_message_bytes = settings.inference.max_message_bytes;
  options.accept.max_connections = static_cast<std::size_t>(settings.connections.max_total);
  options.accept.max_connections_per_user = MaxConnections(settings, settings.limits);
  for (const UserSettings& user : settings.users) {
    options.accept.users[user.uid] = MaxConnections(settings, user.limits);
  }
  return options;
}

RpcServerOptions AdminServerOptionsOf(const Settings& settings) {
  RpcServerOptions options;
  options.max_message_bytes = settings.inference.max_message_bytes;
  options.accept.max_connections = kAdminConnections;
  options.accept.max_connections_per_user = kAdminConnectionsPerUser;
  return options;
}

ShmLimits ShmLimitsOf(const Settings& settings) {
  ShmLimits limits;
  limits.max_connections = static_cast<std::size_t>(settings.connections.max_total);
  limits.max_connections_per_user = MaxConnections(settings, settings.limits);
  for (const UserSettings& user : settings.users) limits.users[user.uid] = MaxConnections(settings, user.limits);
  limits.max_slots = static_cast<std::size_t>(settings.channel.max_slots);
  limits.max_bytes = settings.channel.max_bytes;
  limits.max_bytes_per_user = settings.channel.max_bytes_per_user;
  limits.idle_timeout = std::chrono::seconds(settings.channel.idle_timeout_s);
  return limits;
}

}  // namespace tfld::daemon
