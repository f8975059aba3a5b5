// A whole file in memory, read-only: mapped, so that all processes and sessions share one copy of its pages.
//
// Thread rule: immutable after Open; share freely. The file must not be truncated while it is mapped (the kernel would
// raise SIGBUS): the daemon maps only files of its own store, which are immutable.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "engine/base/result.h"

namespace tfld {

class MappedFile {
 public:
  // Errors: NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT (not a regular file, or empty).
  static Result<std::shared_ptr<const MappedFile>> Open(const std::string& path);
  // Takes no ownership of `descriptor`; `name` is for messages.
  static Result<std::shared_ptr<const MappedFile>> FromDescriptor(int descriptor, const std::string& name);

  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  MappedFile(const std::byte* data, std::size_t size) : data_(data), size_(size) {}

  const std::byte* data_;
  std::size_t size_;
};

}  // namespace tfld
