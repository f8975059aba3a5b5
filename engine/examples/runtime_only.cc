// A program without the engine, to subtract from those with it: what the C and C++ runtime libraries take by
// themselves.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  words.push_back(std::to_string(argc));
  const auto shared = std::make_shared<std::string>(words.back());
  std::printf("%s\n", shared->c_str());
  return 0;
}
