#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/finite_number.h"
#include "client/ctl/text.h"
#include "client/ctl/to_json.h"
#include "client/ctl/trace_format.h"
#include "client/ctl/whole_number.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

enum class Format { kOtel, kChrome };

struct Options {
  std::string model;
  double seconds = 10;
  std::uint32_t rate = 1;
  std::uint64_t count = 0;
  Format format = Format::kOtel;
  std::string file;
  bool recent = false;
};

// Where the traces go: the file, or standard output.
class Output {
 public:
  static Result<Output> Open(const std::string& path) {
    if (path.empty()) return Output(stdout);
    std::FILE* file = std::fopen(path.c_str(), "we");
    if (file == nullptr) return ErrnoStatus(errno, path);
    return Output(file);
  }
  Output(Output&& other) noexcept : file_(std::exchange(other.file_, nullptr)) {}
  Output& operator=(Output&&) = delete;
  ~Output() {
    if (file_ != nullptr && file_ != stdout) std::fclose(file_);
  }

  void Write(const std::string& text) { std::fwrite(text.data(), 1, text.size(), file_); }
  Status Flush() {
    return std::fflush(file_) == 0 && std::ferror(file_) == 0 ? Status() : ErrnoStatus(errno, kCannotWrite);
  }
  Status Close() {
    TFLD_RETURN_IF_ERROR(Flush());
    std::FILE* const file = std::exchange(file_, nullptr);
    return file == stdout || std::fclose(file) == 0 ? Status() : ErrnoStatus(errno, kCannotWrite);
  }

 private:
  static constexpr char kCannotWrite[] = "cannot write the traces";
  explicit Output(std::FILE* file) : file_(file) {}
  std::FILE* file_;
};

// What comes in is written as it comes, so that an interrupted trace is not lost.
class Writer {
 public:
  Writer(Format format, std::string daemon_version, Output output)
      : format_(format), otel_(std::move(daemon_version), std::random_device()()), output_(std::move(output)) {
    if (format_ == Format::kChrome) output_.Write(ChromeFormat::Head());
  }
  void Write(const v1::RequestTrace& trace) {
    output_.Write(format_ == Format::kOtel ? otel_.Line(trace) : chrome_.Events(trace));
  }
  Status Flush() { return output_.Flush(); }
  Status Finish() {
    if (format_ == Format::kChrome) output_.Write(ChromeFormat::Tail());
    return output_.Close();
  }

 private:
  const Format format_;
  OtelFormat otel_;
  ChromeFormat chrome_;
  Output output_;
};

v1::TraceRequest RequestOf(const Options& options) {
  v1::TraceRequest request;
  request.set_model(options.model);
  request.set_rate(options.rate);
  request.set_count(options.count);
  request.set_recent(options.recent);
  return request;
}

Status TraceToJson(const Options& options, AdminClient& admin, Context& context) {
  nlohmann::ordered_json requests = nlohmann::ordered_json::array();
  std::uint64_t lost = 0;
  TFLD_RETURN_IF_ERROR(admin.Trace(RequestOf(options), std::chrono::duration<double>(options.seconds),
                                   [&](const v1::TraceResponse& message) {
                                     lost = message.lost();
                                     for (const auto& trace : message.requests()) requests.push_back(ToJson(trace));
                                     return true;
                                   }));
  context.PrintJson({{"requests", std::move(requests)}, {"lost", lost}});
  return {};
}

Status TraceToFile(const Options& options, AdminClient& admin) {
  TFLD_ASSIGN_OR_RETURN(const v1::GetServerInfoResponse server, admin.GetServerInfo());
  std::optional<Writer> writer;  // once the daemon traces: what it refuses costs no file of before
  std::uint64_t traced = 0;
  const auto open = [&]() -> Status {
    if (writer) return {};
    TFLD_ASSIGN_OR_RETURN(Output output, Output::Open(options.file));
    writer.emplace(options.format, server.version(), std::move(output));
    return {};
  };
  const auto write = [&](const v1::TraceResponse& message) -> Status {
    TFLD_RETURN_IF_ERROR(open());
    for (const auto& trace : message.requests()) writer->Write(trace);
    traced += static_cast<std::uint64_t>(message.requests_size());
    return writer->Flush();
  };
  std::uint64_t lost = 0;
  Status written;
  TFLD_RETURN_IF_ERROR(admin.Trace(RequestOf(options), std::chrono::duration<double>(options.seconds),
                                   [&](const v1::TraceResponse& message) {
                                     lost = message.lost();
                                     written = write(message);
                                     return written.ok();
                                   }));
  TFLD_RETURN_IF_ERROR(written);
  TFLD_RETURN_IF_ERROR(open());
  TFLD_RETURN_IF_ERROR(writer->Finish());
  std::fprintf(stderr, "%s\n",
               StrCat(traced, " requests traced", lost ? StrCat(", ", lost, " lost: raise --rate") : "",
                      options.file.empty() ? "" : StrCat(", written to ", options.file))
                   .c_str());
  return {};
}

Status Trace(const Options& options, Context& context) {
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  return context.json() ? TraceToJson(options, *admin, context) : TraceToFile(options, *admin);
}

}  // namespace

void AddTrace(CLI::App& app, Action& action) {
  const std::map<std::string, Format> formats = {{"otel", Format::kOtel}, {"chrome", Format::kChrome}};
  CLI::App* command = app.add_subcommand("trace", "Follow single requests through their stages");
  auto options = std::make_shared<Options>();
  command->add_option("--model", options->model, "Only requests of this model")->type_name("NAME");
  command->add_option("--seconds", options->seconds, "How long; 10 if not given")
      ->check(FiniteNumber(0.01, 86400))
      ->type_name("S");
  command->add_option("--rate", options->rate, "Every so many requests one; all if not given")
      ->check(WholeNumber(1, 1'000'000'000))
      ->type_name("N");
  command->add_option("--count", options->count, "End after so many")->check(WholeNumber())->type_name("N");
  const CLI::Option* format =
      command
          ->add_option("--format", options->format, "otel: OpenTelemetry, a JSON document a line. chrome: for Perfetto")
          ->transform(CLI::CheckedTransformer(formats).description(""))
          ->type_name("otel|chrome");
  const CLI::Option* file =
      command->add_option("-o,--file", options->file, "Where to; standard output if not given")->type_name("FILE");
  command->add_flag("--recent", options->recent,
                    "What the trace settings of the inference protocol had sampled, instead of what happens now");
  command->footer(
      "A request is a span with its model, version, id, client, transport and status; below it are its stages: queue,\n"
      "input, compute, output. Open chrome traces with https://ui.perfetto.dev or chrome://tracing.");
  const CLI::Option* output = app.get_option("--output");
  command->callback([&action, options, format, file, output] {
    auto printed = OutputFormat::kTable;
    if (*output) output->results(printed);
    if (printed == OutputFormat::kJson && (*format || *file)) {
      throw CLI::ValidationError("--output json", "is a form of its own: leave out --format and --file");
    }
    action = [options](Context& context) { return Trace(*options, context); };
  });
}

}  // namespace tfld::ctl
