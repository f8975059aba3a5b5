#include "daemon/telemetry/log_format.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>

namespace tfld::daemon {
namespace {

// What a terminal may obey.
bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool NeedsQuotes(std::string_view value) {
  return value.empty() || value.find_first_of(" \"=\\") != std::string_view::npos ||
         std::ranges::any_of(value, IsControl);
}

std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (IsControl(c)) {
          char code[8];
          std::snprintf(code, sizeof(code), "\\u%04x", static_cast<unsigned>(c));
          out += code;
        } else {
          out += c;
        }
    }
  }
  return out;
}

void AppendJson(std::string& out, std::string_view key, std::string_view value) {
  if (out.size() > 1) out += ',';
  out.append("\"").append(Escape(key)).append("\":\"").append(Escape(value)).append("\"");
}

// A value with a newline is sent with its length instead of an end mark.
void AppendJournal(std::string& out, std::string_view key, std::string_view value) {
  out += key;
  if (value.find('\n') == std::string_view::npos) {
    out.append("=").append(value).append("\n");
    return;
  }
  out += '\n';
  for (std::uint64_t size = value.size(), i = 0; i < 8; ++i, size >>= 8) out += static_cast<char>(size & 0xff);
  out.append(value).append("\n");
}

std::string JournalKey(std::string_view key) {
  std::string out = "TFLD_";
  for (const char c : key) out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

char SyslogPriority(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return '7';
    case LogLevel::kInfo: return '6';
    case LogLevel::kWarning: return '4';
    case LogLevel::kError: return '3';
  }
  return '6';
}

}  // namespace

std::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "info";
}

std::string FormatText(std::string_view event, std::initializer_list<LogField> fields) {
  std::string out(event);
  for (const LogField& field : fields) {
    out.append(" ").append(field.key).append("=");
    if (NeedsQuotes(field.value)) {
      out.append("\"").append(Escape(field.value)).append("\"");
    } else {
      out += field.value;
    }
  }
  return out;
}

std::string FormatJson(std::string_view time, LogLevel level, std::string_view event,
                       std::initializer_list<LogField> fields) {
  std::string out = "{";
  AppendJson(out, "time", time);
  AppendJson(out, "level", LogLevelName(level));
  AppendJson(out, "event", event);
  for (const LogField& field : fields) AppendJson(out, field.key, field.value);
  return out + "}";
}

std::string FormatJournal(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  std::string out;
  AppendJournal(out, "MESSAGE", FormatText(event, fields));
  AppendJournal(out, "PRIORITY", std::string_view(std::string(1, SyslogPriority(level))));
  AppendJournal(out, "SYSLOG_IDENTIFIER", "tfld");
  AppendJournal(out, "TFLD_EVENT", event);
  for (const LogField& field : fields) AppendJournal(out, JournalKey(field.key), field.value);
  return out;
}

}  // namespace tfld::daemon
