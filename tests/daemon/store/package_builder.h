// Packages for tests: tar archives with any entries, good and bad, and things that pass for models.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tfld::daemon {

// Bytes that begin like a .tflite file and go on with `body`; a model to the store, not to the engine.
std::string FakeModel(std::string_view body);

struct PackageEntry {
  enum class Kind { kFile, kDirectory, kSymbolicLink, kHardLink, kFifo };
  std::string path;
  std::string contents;  // of a link: its target
  Kind kind = Kind::kFile;
};

enum class Compression { kNone, kGzip, kZstd, kXz };

std::string BuildPackage(const std::vector<PackageEntry>& entries, Compression compression = Compression::kNone);

std::span<const std::byte> BytesOf(std::string_view text);

}  // namespace tfld::daemon
