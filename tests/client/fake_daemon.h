// A daemon's inference socket without a daemon: a gRPC server in the process of the test.
//
// It serves the model "scale": input x FP32 [1, 4], output y = factor * x of the same shape; the model "open" with an
// input of shape [1, -1], likewise; and "words": BYTES [2] to the same strings the other way round.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace tfld::test {

class FakeDaemon {
 public:
  explicit FakeDaemon(const std::filesystem::path& runtime_dir);
  ~FakeDaemon();

  // What answers from now on.
  void Serve(int version, float factor);
  // The output is called z from now on, as after a swap to a version with another signature.
  void RenameOutput();
  // The input is called w from now on, and requests with another are refused.
  void RenameInput();
  // Every inference takes so long, or ends with its deadline.
  void Delay(std::chrono::milliseconds delay);
  int inferences() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tfld::test
