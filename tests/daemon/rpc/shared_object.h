// SharedObject: a POSIX shared memory object with a name of its own, mapped for the test. Gone with the object.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <span>
#include <string>

#include "engine/base/str_cat.h"

namespace tfld::test {

class SharedObject {
 public:
  explicit SharedObject(std::size_t bytes) : name_(NewName()), bytes_(bytes) {
    descriptor_ = shm_open(name_.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600);
    EXPECT_GE(descriptor_, 0) << name_;
    EXPECT_EQ(ftruncate(descriptor_, static_cast<off_t>(bytes)), 0);
    memory_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
    EXPECT_NE(memory_, MAP_FAILED);
  }
  ~SharedObject() {
    munmap(memory_, bytes_);
    close(descriptor_);
    shm_unlink(name_.c_str());
  }
  SharedObject(const SharedObject&) = delete;
  SharedObject& operator=(const SharedObject&) = delete;

  const std::string& name() const { return name_; }
  // Not to be touched past what Resize has left.
  std::span<char> memory() { return {static_cast<char*>(memory_), bytes_}; }
  std::string Text(std::size_t offset, std::size_t bytes) { return std::string(memory().data() + offset, bytes); }
  void Put(std::size_t offset, const std::string& text) { text.copy(memory().data() + offset, text.size()); }

  void Resize(std::size_t bytes) { EXPECT_EQ(ftruncate(descriptor_, static_cast<off_t>(bytes)), 0); }
  void SetMode(mode_t mode) { EXPECT_EQ(fchmod(descriptor_, mode), 0); }
  std::size_t SizeNow() const {
    struct stat info {};
    EXPECT_EQ(fstat(descriptor_, &info), 0);
    return static_cast<std::size_t>(info.st_size);
  }

 private:
  static std::string NewName() {
    static std::atomic<int> count{0};
    return StrCat("/tfld-test-", getpid(), "-", count++);
  }

  const std::string name_;
  const std::size_t bytes_;
  int descriptor_ = -1;
  void* memory_ = nullptr;
};

}  // namespace tfld::test
