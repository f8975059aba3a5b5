#include "daemon/telemetry/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <mutex>

#include "daemon/telemetry/log_format.h"

namespace tfld::daemon {
namespace {

// Sends each message, which is a datagram of the native protocol already, to journald.
class JournalSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  JournalSink() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  ~JournalSink() override { ::close(socket_); }
  JournalSink(const JournalSink&) = delete;
  JournalSink& operator=(const JournalSink&) = delete;

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, "/run/systemd/journal/socket", sizeof(address.sun_path) - 1);
    // A journal that does not listen loses the line; a log must not stop a daemon.
    (void)::sendto(socket_, message.payload.data(), message.payload.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                   reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  }
  void flush_() override {}

  int socket_;
};

// systemd names the device and inode of the journal's stream in JOURNAL_STREAM.
bool StandardErrorIsJournal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat info {};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &info) != 0) return false;
  return std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino) == stream;
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

LogLevel FromSpdlog(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug: return LogLevel::kDebug;
    case spdlog::level::info: return LogLevel::kInfo;
    case spdlog::level::warn: return LogLevel::kWarning;
    default: return LogLevel::kError;
  }
}

std::string UtcNow() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + length, sizeof(text) - length, ".%03dZ", static_cast<int>(milliseconds));
  return text;
}

LogFormat active_format = LogFormat::kText;  // set once by SetUpLog

std::shared_ptr<spdlog::logger> MakeLogger(LogFormat format) {
  if (format == LogFormat::kJournal) return std::make_shared<spdlog::logger>("tfld", std::make_shared<JournalSink>());
  auto logger = std::make_shared<spdlog::logger>("tfld", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%v");
  return logger;
}

}  // namespace

void SetUpLog(LogLevel level, LogFormat format) {
  if (format == LogFormat::kAuto) format = StandardErrorIsJournal() ? LogFormat::kJournal : LogFormat::kText;
  active_format = format;
  auto logger = MakeLogger(format);
  logger->set_level(ToSpdlog(level));
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
}

void SetLogLevel(LogLevel level) { spdlog::default_logger_raw()->set_level(ToSpdlog(level)); }

LogLevel CurrentLogLevel() { return FromSpdlog(spdlog::default_logger_raw()->level()); }

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  const auto spdlog_level = ToSpdlog(level);
  if (!spdlog::should_log(spdlog_level)) return;
  std::string line;
  switch (active_format) {
    case LogFormat::kJournal: line = FormatJournal(level, event, fields); break;
    case LogFormat::kJson: line = FormatJson(UtcNow(), level, event, fields); break;
    case LogFormat::kAuto:
    case LogFormat::kText:
      line = UtcNow() + " " + std::string(LogLevelName(level)) + " " + FormatText(event, fields);
      break;
  }
  spdlog::default_logger_raw()->log(spdlog_level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace tfld::daemon
