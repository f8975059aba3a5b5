// Settings: everything that is configurable about the daemon, read once at start and never changed.
//
// The defaults here are those of a system service; DefaultPathsOf gives the directories of whoever runs the daemon.
// Each option is explained in config/tfld.toml. Thread rule: immutable after loading; share freely.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tfld::daemon {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };
enum class LogFormat : std::uint8_t {
  kAuto,     // journal fields when standard error is the journal, text otherwise
  kText,     // one line for people
  kJson,     // one JSON document a line
  kJournal,  // structured fields to journald
};

enum class Numerics : std::uint8_t {
  kFast,   // the fastest kernels; quantized results may lie a step beside TensorFlow Lite's reference
  kExact,  // the bits of TensorFlow Lite's reference kernels
};

enum class Priority : std::uint8_t { kCritical, kNormal, kBackground };

// What the processes of one user may use together; 0: no limit.
struct LimitSettings {
  int max_connections = 256;                           // open ones, to each socket for inference
  int max_requests = 512;                              // in flight
  std::uint64_t max_bytes = std::uint64_t{256} << 20;  // of these
  double weight = 1;
  Priority max_priority = Priority::kCritical;
  double compute_share = 1;
  bool operator==(const LimitSettings&) const = default;
};

struct UserSettings {
  std::uint32_t uid = 0;
  LimitSettings limits;
  bool operator==(const UserSettings&) const = default;
};

struct ModelSettings {
  std::string name;
  int max_concurrent = 0;  // executors that a version may occupy at the same time; 0: all
  int max_batch = 1;       // requests that run as one inference; 1: each runs alone
  int max_delay_us = 0;    // that a request may wait for others to come, for a larger batch
  bool operator==(const ModelSettings&) const = default;
};

struct Settings {
  std::string state_dir = "/var/lib/tfld";
  std::string runtime_dir = "/run/tfld";
  std::vector<std::string> plugins;  // absolute paths

  struct Inference {
    int executors = 0;             // 0: one for each processor that the process may use
    int threads_per_executor = 1;  // inside one inference
    int queue_capacity = 1024;     // requests that wait, all models together,
    int queue_per_client = 256;    // of one client; 0: no limit of its own
    int queue_per_model = 512;     // of one version; 0: no limit of its own
    bool preemption = true;
    int spin_us = 20;
    int grpc_spin_us = 200;
    std::vector<std::string> affinity;  // of each executor: "0-3,6"; empty for none
    Numerics numerics = Numerics::kFast;
    std::uint64_t max_message_bytes = std::uint64_t{64} << 20;
    bool operator==(const Inference&) const = default;
  } inference;

  struct Connections {
    int max_total = 512;  // open connections of each socket for inference
    bool operator==(const Connections&) const = default;
  } connections;

  struct Channel {
    bool enabled = true;                                          // shm.sock exists
    int max_slots = 16;                                           // of a channel
    std::uint64_t max_bytes = std::uint64_t{64} << 20;            // of a channel's memory
    std::uint64_t max_bytes_per_user = std::uint64_t{256} << 20;  // of all channels of one user
    int idle_timeout_s = 0;                                       // 0: a channel without requests may stay
    bool operator==(const Channel&) const = default;
  } channel;

  LimitSettings limits;             // of each user
  std::vector<UserSettings> users;  // that have limits of their own

  struct Models {
    std::uint64_t max_package_bytes = std::uint64_t{1} << 30;
    std::uint64_t max_memory_bytes = std::uint64_t{1} << 30;  // packed weights and arenas of one version
    int warmup_runs = 3;
    int load_nice = 10;      // of the thread that loads versions
    int keep_versions = 10;  // of a model, beside the active and the previous one
    bool operator==(const Models&) const = default;
  } models;
  std::vector<ModelSettings> model;  // those with settings of their own

  struct Log {
    LogLevel level = LogLevel::kInfo;
    LogFormat format = LogFormat::kAuto;
    bool operator==(const Log&) const = default;
  } log;

  struct Metrics {
    std::string tcp_listen;  // "127.0.0.1:9464", "[::1]:9464"; empty for the Unix socket alone
    bool operator==(const Metrics&) const = default;
  } metrics;

  struct Service {
    int drain_timeout_ms = 10'000;  // how long requests in flight may take after SIGTERM
    int stall_timeout_ms = 5'000;   // a loop or a job without progress for this long stops the feeding of the watchdog
    bool memory_lock = false;       // all of the process stays in memory
    bool operator==(const Service&) const = default;
  } service;

  bool operator==(const Settings&) const = default;
};

}  // namespace tfld::daemon
