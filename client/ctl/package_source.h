// What `deploy` sends: a file as it is, or a package made from a directory.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "engine/base/mapped_file.h"
#include "engine/base/result.h"

namespace tfld::ctl {

// Bytes to send: of a mapped file, or made in memory.
class PackageSource {
 public:
  // `path` is a model, a package file, or a directory as in PackDirectory. With `golden_dir`, a model is packed
  // together with the golden test of that directory; INVALID_ARGUMENT if `path` is not a model then.
  static Result<PackageSource> Open(const std::string& path, const std::string& golden_dir);

  std::span<const std::byte> bytes() const;

 private:
  std::shared_ptr<const MappedFile> file_;
  std::string packed_;
};

// The tar archive of a directory with model.tflite and, as there are, manifest.json and golden/. Other files are left
// out.
Result<std::string> PackDirectory(const std::string& directory);

}  // namespace tfld::ctl
