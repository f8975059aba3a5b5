// make_corpus DIRECTORY [MODELS]...: writes models to begin fuzzing with, one of each operator that random tries make
// run, random quantized networks, and the small ones among the .tflite files in and below the directories MODELS.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "engine/golden/read_file.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/random_model.h"

namespace {

namespace engine = tfld::engine;
namespace fs = std::filesystem;
namespace test = tfld::test;

constexpr int kTries = 400;
constexpr int kPerOperator = 3;
constexpr int kNetworks = 64;
constexpr std::size_t kMaxModelBytes = 1 << 16;

class Corpus {
 public:
  explicit Corpus(const fs::path& directory) : directory_(directory) { fs::create_directories(directory); }

  void Add(const std::string& name, std::span<const std::byte> bytes) {
    std::ofstream file(directory_ / name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    ++count_;
  }

  void AddNodes(const engine::Operator& definition) {
    std::string name(engine::OpCodeName(definition.code));
    if (!definition.custom_name.empty()) name = definition.custom_name;
    int found = 0;
    std::vector<std::byte> bytes;
    for (int seed = 0; seed < kTries && found < kPerOperator; ++seed) {
      bytes = test::RandomNodeModel(definition, static_cast<std::uint64_t>(seed));
      const auto model = test::LoadForFuzz(bytes);
      if (model == nullptr || test::PlanForFuzz(model, engine::Backend::kReference) == nullptr) continue;
      Add(name + "_" + std::to_string(found++), bytes);
    }
    // Mutations may get further from one that is refused.
    if (found == 0) Add(name + "_refused", bytes);
    operators_ += found > 0 ? 1 : 0;
  }

  void AddFile(const fs::path& path) {
    const auto bytes = engine::ReadFile(path.string(), kMaxModelBytes);
    if (bytes.ok()) Add("file_" + std::to_string(count_), *bytes);
  }

  int count() const { return count_; }
  int operators() const { return operators_; }

 private:
  fs::path directory_;
  int count_ = 0;
  int operators_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: make_corpus DIRECTORY [MODELS]...\n";
    return 2;
  }
  Corpus corpus(argv[1]);
  for (const engine::Operator& definition : engine::Operators()) corpus.AddNodes(definition);
  for (int i = 0; i < kNetworks; ++i) corpus.Add("network_" + std::to_string(i), test::RandomQuantizedModel(i));
  for (int i = 2; i < argc; ++i) {
    for (const auto& entry : fs::recursive_directory_iterator(argv[i])) {
      if (entry.path().extension() == ".tflite") corpus.AddFile(entry.path());
    }
  }
  std::cout << corpus.count() << " models; " << corpus.operators() << " of " << engine::Operators().size()
            << " operators run\n";
  return 0;
}
