// The threads of this process, as the kernel shows them.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace tfld::test {

inline std::string FirstWord(const std::filesystem::path& file) {
  std::string word;
  std::ifstream(file) >> word;
  return word;
}

// Their directories in /proc.
inline std::vector<std::filesystem::path> ThreadsNamed(std::string_view name) {
  std::vector<std::filesystem::path> threads;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    if (FirstWord(entry.path() / "comm") == name) threads.push_back(entry.path());
  }
  return threads;
}

// That run gRPC's callbacks.
inline std::vector<std::filesystem::path> ThreadsOfCallbacks() { return ThreadsNamed("nexting_thread"); }

// 'R' runs or could, 'S' sleeps.
inline char StateOf(const std::filesystem::path& thread) {
  std::string text;
  std::getline(std::ifstream(thread / "stat"), text);
  const std::size_t name_end = text.rfind(") ");
  return name_end == std::string::npos ? '?' : text[name_end + 2];
}

}  // namespace tfld::test
