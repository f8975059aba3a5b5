#include "daemon/settings/option_table.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cstdint>

#include "daemon/settings/processor_set.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20;

// Sets the field that `member` of the part `part` of Settings is.
template <auto part, auto member>
constexpr IntegerOption Integer(std::int64_t min, std::int64_t max) {
  return {min, max, [](Settings& settings, std::int64_t value) {
            auto& field = settings.*part.*member;
            field = static_cast<std::remove_reference_t<decltype(field)>>(value);
          }};
}

template <auto part, auto member>
constexpr RealOption Real(double min, double max) {
  return {min, max, [](Settings& settings, double value) { settings.*part.*member = value; }};
}

template <auto part, auto member>
constexpr BooleanOption Boolean() {
  return {[](Settings& settings, bool value) { settings.*part.*member = value; }};
}

bool IsAbsolutePath(const std::string& text) { return text.starts_with('/'); }

template <auto member>
constexpr TextOption Directory() {
  return {"an absolute path", [](Settings& settings, const std::string& text) {
            if (!IsAbsolutePath(text)) return false;
            settings.*member = text;
            return true;
          }};
}

void SetPlugins(Settings& settings, const std::vector<std::string>& paths) { settings.plugins = paths; }

bool SetLogLevel(Settings& settings, const std::string& text) {
  static constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text != kNames[i]) continue;
    settings.log.level = static_cast<LogLevel>(i);
    return true;
  }
  return false;
}

bool SetNumerics(Settings& settings, const std::string& text) {
  if (text != "fast" && text != "exact") return false;
  settings.inference.numerics = text == "fast" ? Numerics::kFast : Numerics::kExact;
  return true;
}

bool SetMaxPriority(Settings& settings, const std::string& text) {
  static constexpr std::array<std::string_view, 3> kNames = {"critical", "normal", "background"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text != kNames[i]) continue;
    settings.limits.max_priority = static_cast<Priority>(i);
    return true;
  }
  return false;
}

bool IsProcessorSet(const std::string& text) { return ParseProcessorSet(text).has_value(); }

void SetAffinity(Settings& settings, const std::vector<std::string>& sets) { settings.inference.affinity = sets; }

bool SetLogFormat(Settings& settings, const std::string& text) {
  static constexpr std::array<std::string_view, 4> kNames = {"auto", "text", "json", "journal"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text != kNames[i]) continue;
    settings.log.format = static_cast<LogFormat>(i);
    return true;
  }
  return false;
}

bool IsPort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size();
}

bool IsLoopback(const std::string& host) {
  if (host == "[::1]" || host == "localhost") return true;
  in_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

// Metrics have no access control of their own, so they leave the machine only through something that has.
bool SetTcpListen(Settings& settings, const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const bool address = colon != std::string::npos && IsPort(std::string_view(text).substr(colon + 1)) &&
                       IsLoopback(text.substr(0, colon));
  if (!text.empty() && !address) return false;
  settings.metrics.tcp_listen = text;
  return true;
}

constexpr auto kInference = &Settings::inference;
constexpr auto kConnections = &Settings::connections;
constexpr auto kChannel = &Settings::channel;
constexpr auto kLimits = &Settings::limits;
constexpr auto kModels = &Settings::models;
constexpr auto kService = &Settings::service;

const std::array kOptions = {
    Option{"", "state_dir", Directory<&Settings::state_dir>()},
    Option{"", "runtime_dir", Directory<&Settings::runtime_dir>()},

    Option{"", "plugins", ListOption{"an absolute path", IsAbsolutePath, SetPlugins}},

    Option{"inference", "executors", Integer<kInference, &Settings::Inference::executors>(0, 256)},
    Option{"inference", "threads_per_executor", Integer<kInference, &Settings::Inference::threads_per_executor>(1, 64)},
    Option{"inference", "queue_capacity", Integer<kInference, &Settings::Inference::queue_capacity>(1, 1'000'000)},
    Option{"inference", "queue_per_client", Integer<kInference, &Settings::Inference::queue_per_client>(0, 1'000'000)},
    Option{"inference", "queue_per_model", Integer<kInference, &Settings::Inference::queue_per_model>(0, 1'000'000)},
    Option{"inference", "preemption", Boolean<kInference, &Settings::Inference::preemption>()},
    Option{"inference", "spin_us", Integer<kInference, &Settings::Inference::spin_us>(0, 1000)},
    Option{"inference", "grpc_spin_us", Integer<kInference, &Settings::Inference::grpc_spin_us>(0, 1000)},
    Option{"inference", "affinity", ListOption{"a list of processors such as \"0-3,6\"", IsProcessorSet, SetAffinity}},
    Option{"inference", "numerics", TextOption{"one of \"fast\", \"exact\"", SetNumerics}},
    Option{"inference", "max_message_bytes",
           Integer<kInference, &Settings::Inference::max_message_bytes>(kMiB / 16, 2047 * kMiB)},

    Option{"connections", "max_total", Integer<kConnections, &Settings::Connections::max_total>(1, 100'000)},

    Option{"channel", "enabled", Boolean<kChannel, &Settings::Channel::enabled>()},
    Option{"channel", "max_slots", Integer<kChannel, &Settings::Channel::max_slots>(1, 64)},
    Option{"channel", "max_bytes", Integer<kChannel, &Settings::Channel::max_bytes>(kMiB / 16, 65536 * kMiB)},
    Option{"channel", "max_bytes_per_user",
           Integer<kChannel, &Settings::Channel::max_bytes_per_user>(kMiB / 16, 65536 * kMiB)},
    Option{"channel", "idle_timeout_s", Integer<kChannel, &Settings::Channel::idle_timeout_s>(0, 1'000'000)},

    Option{"limits", "max_connections", Integer<kLimits, &LimitSettings::max_connections>(0, 100'000)},
    Option{"limits", "max_requests", Integer<kLimits, &LimitSettings::max_requests>(0, 1'000'000)},
    Option{"limits", "max_bytes", Integer<kLimits, &LimitSettings::max_bytes>(0, 65536 * kMiB)},
    Option{"limits", "weight", Real<kLimits, &LimitSettings::weight>(0.01, 100)},
    Option{"limits", "max_priority", TextOption{"one of \"critical\", \"normal\", \"background\"", SetMaxPriority}},
    Option{"limits", "compute_share", Real<kLimits, &LimitSettings::compute_share>(0.01, 1)},

    Option{"models", "max_package_bytes", Integer<kModels, &Settings::Models::max_package_bytes>(1, 65536 * kMiB)},
    Option{"models", "max_memory_bytes", Integer<kModels, &Settings::Models::max_memory_bytes>(1, 65536 * kMiB)},
    Option{"models", "warmup_runs", Integer<kModels, &Settings::Models::warmup_runs>(0, 1000)},
    Option{"models", "load_nice", Integer<kModels, &Settings::Models::load_nice>(0, 19)},
    Option{"models", "keep_versions", Integer<kModels, &Settings::Models::keep_versions>(0, 1000)},

    Option{"log", "level", TextOption{"one of \"debug\", \"info\", \"warning\", \"error\"", SetLogLevel}},
    Option{"log", "format", TextOption{"one of \"auto\", \"text\", \"json\", \"journal\"", SetLogFormat}},

    Option{"metrics", "tcp_listen",
           TextOption{"a loopback address and a port such as \"127.0.0.1:9464\", or \"\"", SetTcpListen}},

    Option{"service", "drain_timeout_ms", Integer<kService, &Settings::Service::drain_timeout_ms>(0, 600'000)},
    Option{"service", "stall_timeout_ms", Integer<kService, &Settings::Service::stall_timeout_ms>(100, 600'000)},
    Option{"service", "memory_lock", Boolean<kService, &Settings::Service::memory_lock>()},
};

}  // namespace

std::span<const Option> AllOptions() { return kOptions; }

std::string Expectation(const Option& option) {
  if (const auto* text = std::get_if<TextOption>(&option.kind)) return std::string(text->expected);
  if (const auto* list = std::get_if<ListOption>(&option.kind)) return StrCat("a list, each ", list->expected);
  if (const auto* real = std::get_if<RealOption>(&option.kind)) {
    return StrCat("a number from ", real->min, " to ", real->max);
  }
  if (std::holds_alternative<BooleanOption>(option.kind)) return "true or false";
  const auto& integer = std::get<IntegerOption>(option.kind);
  return StrCat("a whole number from ", integer.min, " to ", integer.max);
}

std::string FullName(const Option& option) {
  return option.table.empty() ? std::string(option.key) : StrCat(option.table, ".", option.key);
}

}  // namespace tfld::daemon
