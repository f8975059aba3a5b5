#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/files.h"
#include "client/ctl/package_source.h"
#include "client/ctl/sha256.h"
#include "client/ctl/text.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

struct Options {
  std::string directory;
  std::string file;
};

Status Package(const Options& options, Context& context) {
  TFLD_ASSIGN_OR_RETURN(const std::string archive, PackDirectory(options.directory));
  const auto bytes = std::as_bytes(std::span(archive));
  TFLD_RETURN_IF_ERROR(WriteFile(options.file, bytes));
  const std::string digest = Sha256Hex(bytes);
  if (context.json()) {
    context.PrintJson({{"file", options.file}, {"size", bytes.size()}, {"sha256", digest}});
  } else {
    context.Print(StrCat(options.file, ": ", BytesText(bytes.size()), ", sha256 ", digest, "\n"));
  }
  return {};
}

}  // namespace

void AddPackage(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("package", "Write the package file of a directory; needs no daemon");
  auto options = std::make_shared<Options>();
  command->add_option("DIR", options->directory, "Has model.tflite and, as wanted, manifest.json and golden/")
      ->required();
  command->add_option("-o,--file", options->file, "The package file to write")->required()->type_name("FILE");
  command->footer("The same files always give the same package.");
  command->callback(
      [&action, options] { action = [options](Context& context) { return Package(*options, context); }; });
}

}  // namespace tfld::ctl
