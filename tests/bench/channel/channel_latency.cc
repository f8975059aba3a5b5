// channel_latency RUNTIME_DIR MODEL FILE [ROUNDS]: what a request through a transport costs over the bare Session::Run.
//
// Runs the model in this process, then infers with a daemon that serves it as MODEL, over the channel and over gRPC,
// one request at a time, and prints percentiles in microseconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tfld/client.h"
#include "tfld/engine.h"

namespace {

using Clock = std::chrono::steady_clock;

double Microseconds(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

template <typename T>
T OrDie(tfld::Result<T> result, const char* what) {
  if (!result.ok()) {
    std::fprintf(stderr, "%s: %s\n", what, result.status().ToString().c_str());
    std::exit(1);
  }
  return std::move(*result);
}

void OrDie(const tfld::Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s: %s\n", what, status.ToString().c_str());
  std::exit(1);
}

template <typename Call>
std::vector<double> Measure(int rounds, const Call& call) {
  std::vector<double> times;
  times.reserve(static_cast<std::size_t>(rounds));
  for (int i = 0; i < rounds / 10 + 10; ++i) call();
  for (int i = 0; i < rounds; ++i) {
    const auto begin = Clock::now();
    call();
    times.push_back(Microseconds(Clock::now() - begin));
  }
  std::sort(times.begin(), times.end());
  return times;
}

void Print(const char* name, const std::vector<double>& times, const std::vector<double>& base) {
  const auto at = [](const std::vector<double>& all, double share) {
    return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
  };
  std::printf("%-12s p50 %8.2f  p90 %8.2f  p99 %8.2f  max %9.2f   over bare: p50 %+7.2f  p99 %+7.2f\n", name,
              at(times, 0.5), at(times, 0.9), at(times, 0.99), times.back(), at(times, 0.5) - at(base, 0.5),
              at(times, 0.99) - at(base, 0.99));
}

std::vector<double> Infer(const char* runtime_dir, const char* model, tfld::TransportChoice transport, int rounds) {
  const auto client = OrDie(tfld::Client::Connect({.runtime_dir = runtime_dir, .transport = transport}), "connect");
  auto binding = OrDie(client.Bind(model), "bind");
  for (std::size_t i = 0; i < binding.inputs().size(); ++i) {
    const auto bytes = OrDie(binding.InputBytes(i), "input");
    std::memset(bytes.data(), 0, bytes.size());
  }
  return Measure(rounds, [&] { OrDie(binding.Infer(), "infer"); });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: channel_latency RUNTIME_DIR MODEL FILE [ROUNDS]\n");
    return 2;
  }
  const int rounds = argc > 4 ? std::max(100, std::atoi(argv[4])) : 10000;
  const auto model = OrDie(tfld::engine::Model::FromFile(argv[3]), "model");
  const auto executable = OrDie(tfld::engine::Executable::Create(model, {}), "executable");
  const auto session = OrDie(executable->NewSession(), "session");
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < executable->inputs().size(); ++i)
    bytes += session->Input(static_cast<int>(i)).bytes.size();
  const auto bare = Measure(rounds, [&] {
    session->Reset();
    OrDie(session->Run(), "run");
  });
  std::vector<std::byte> from(bytes), to(bytes);
  const auto copy = Measure(rounds, [&] {
    std::memcpy(to.data(), from.data(), bytes);
    asm volatile("" : : "r"(to.data()) : "memory");
  });
  std::printf("%s: %zu input bytes\n", argv[2], bytes);
  Print("bare", bare, bare);
  std::printf("memcpy       p50 %8.2f\n", copy[copy.size() / 2]);
  Print("channel", Infer(argv[1], argv[2], tfld::TransportChoice::kChannel, rounds), bare);
  Print("grpc", Infer(argv[1], argv[2], tfld::TransportChoice::kGrpc, rounds), bare);
  return 0;
}
