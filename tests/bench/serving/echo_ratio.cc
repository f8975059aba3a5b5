// tfld's ModelInfer beside a bare gRPC echo of the same sizes over the same kind of socket, in turns.
#include <algorithm>

#include "engine/base/str_cat.h"
#include "tests/bench/serving/client_options.h"
#include "tests/bench/serving/echo.h"
#include "tests/bench/serving/echo_process.h"
#include "tests/bench/serving/latencies.h"
#include "tests/bench/serving/models.h"
#include "tests/bench/serving/scenarios.h"
#include "tests/bench/serving/setup.h"

namespace tfld::bench {
namespace {

constexpr int kBlock = 50;

template <typename Call>
Status TimeBlock(const Call& call, std::vector<double>& medians) {
  std::vector<double> block;
  for (int i = 0; i < kBlock; ++i) {
    const std::int64_t begin = MonotonicNs();
    TFLD_RETURN_IF_ERROR(call());
    block.push_back(static_cast<double>(MonotonicNs() - begin) / 1e3);
  }
  medians.push_back(Median(std::move(block)));
  return {};
}

Status Compare(BenchDaemon& daemon, EchoClient& echo, std::int32_t size, double seconds, Report& report) {
  const std::string name = StrCat("echo", size);
  TFLD_RETURN_IF_ERROR(daemon.Deploy(name, EchoModel(size)));
  WorkerOptions worker;
  worker.runtime_dir = daemon.runtime_dir();
  worker.transport = "grpc";
  TFLD_ASSIGN_OR_RETURN(const Client client, Client::Connect(ClientOptionsOf(worker)));
  TFLD_ASSIGN_OR_RETURN(Binding binding, client.Bind(name));
  std::vector<double> ours, bare;
  const std::int64_t end = MonotonicNs() + static_cast<std::int64_t>(seconds * 1e9);
  const auto size_bytes = static_cast<std::size_t>(size);
  while (MonotonicNs() < end || ours.size() < 5) {
    TFLD_RETURN_IF_ERROR(TimeBlock([&] { return echo.Echo(size_bytes); }, bare));
    TFLD_RETURN_IF_ERROR(TimeBlock([&] { return binding.Infer(); }, ours));
  }
  report.Add({StrCat("grpc_unary_p50_ratio_", size, "_bytes"), QuietTime(ours) / QuietTime(bare), "ratio",
              StrCat("bare echo ", Rounded(QuietTime(bare)), " us, tfld ", Rounded(QuietTime(ours)), " us"), 1.10});
  return {};
}

}  // namespace

Status MeasureEcho(const BenchOptions& options, Report& report) {
  report.Section("gRPC, one client: the median beside a bare gRPC C++ echo of the same sizes");
  BenchDaemon daemon;
  EchoProcess server;
  TFLD_RETURN_IF_ERROR(daemon.Start());
  TFLD_RETURN_IF_ERROR(server.Start());
  EchoClient echo(server.socket_path());
  TFLD_RETURN_IF_ERROR(echo.Echo(64));
  for (const std::int32_t size : {64, 4096, 150'528, 602'112}) {
    TFLD_RETURN_IF_ERROR(Compare(daemon, echo, size, std::max(options.seconds, 1.0), report));
  }
  return {};
}

}  // namespace tfld::bench
