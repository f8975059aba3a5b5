// What every command gets: where the daemon is, and how to show things.
//
// Thread rule: one thread.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "client/ctl/admin_client.h"
#include "client/ctl/table.h"
#include "engine/base/result.h"

namespace tfld::ctl {

enum class OutputFormat { kTable, kJson };

class Context {
 public:
  // `runtime_dir` may be empty, to be found.
  Context(const std::string& runtime_dir, OutputFormat format);

  const std::string& runtime_dir() const { return runtime_dir_; }
  bool json() const { return format_ == OutputFormat::kJson; }
  void UseJson() { format_ = OutputFormat::kJson; }
  // Whether people watch: standard output is a terminal, and NO_COLOR is not set.
  bool colors() const { return colors_; }

  // The admin service; connects with its first call.
  Result<AdminClient*> Admin();

  // To standard output.
  void Print(const std::string& text) const;
  void Print(const Table& table) const;
  // Fails when not all that was printed so far has arrived.
  Status Flush() const;
  // The one document of the command; after UseJsonLines, one more line of its stream.
  void PrintJson(const nlohmann::ordered_json& document);
  void UseJsonLines() { lines_ = true; }
  // A failure as a document; nothing when the one document is out, which tells of it then.
  void PrintJsonError(const Status& error);

 private:
  const std::string runtime_dir_;
  OutputFormat format_;
  const bool colors_;
  bool lines_ = false;
  bool printed_ = false;  // a document
  std::unique_ptr<AdminClient> admin_;
};

}  // namespace tfld::ctl
