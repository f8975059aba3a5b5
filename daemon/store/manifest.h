// The manifest of a version: what its files are, and what the bytes alone do not say. In a package it is
// manifest.json, and optional; in the store each version has one with the digest of every file.
//
//   {"format": 1, "name": "bearing_fault", "version": 2, "labels": ["healthy", "ball"],
//    "files": {"model.tflite": {"sha256": "...", "size": 12345}}}
//
// Members that are not known are for later formats, and are passed over.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace tfld::daemon {

struct FileDigest {
  std::string sha256;
  std::uint64_t size = 0;
  bool operator==(const FileDigest&) const = default;
};

struct Manifest {
  std::string name;
  std::uint64_t version = 0;                // 0 when it does not say
  std::vector<std::string> labels;          // of a classifier's classes, by index
  std::map<std::string, FileDigest> files;  // by path in the package, without the manifest itself
  bool operator==(const Manifest&) const = default;
};

inline constexpr std::uint64_t kMaxManifestBytes = std::uint64_t{1} << 20;

// INVALID_ARGUMENT with the reason.
Result<Manifest> ParseManifest(std::string_view text);
std::string EncodeManifest(const Manifest& manifest);

}  // namespace tfld::daemon
