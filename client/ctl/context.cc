#include "client/ctl/context.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "client/ctl/to_json.h"
#include "client/src/runtime_dir.h"

namespace tfld::ctl {
namespace {

bool WantsColors() {
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && ::isatty(STDOUT_FILENO) == 1;
}

}  // namespace

Context::Context(const std::string& runtime_dir, OutputFormat format)
    : runtime_dir_(client::FindRuntimeDir(runtime_dir)), format_(format), colors_(WantsColors()) {}

Result<AdminClient*> Context::Admin() {
  if (!admin_) {
    TFLD_ASSIGN_OR_RETURN(const std::string path, client::SocketPath(runtime_dir_, "admin.sock"));
    admin_ = std::make_unique<AdminClient>(path);
  }
  return admin_.get();
}

void Context::Print(const std::string& text) const { std::fwrite(text.data(), 1, text.size(), stdout); }

void Context::Print(const Table& table) const { Print(table.ToString(colors_)); }

Status Context::Flush() const {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return {};
  return DataLoss("cannot write to standard output");
}

void Context::PrintJson(const nlohmann::ordered_json& document) {
  // Names and messages come from outside: bytes that are not UTF-8 are replaced rather than refused.
  Print(document.dump(lines_ ? -1 : 2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  printed_ = true;
}

void Context::PrintJsonError(const Status& error) {
  if (lines_ || !printed_) PrintJson(ToJson(error));
}

}  // namespace tfld::ctl
