// Result<T>: a value, or the Status that says why there is none.
#pragma once

#include <cstdlib>
#include <optional>
#include <utility>

#include "engine/base/status.h"

namespace tfld {

template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return InvalidArgument("...");` both read well.
  Result(T value) : value_(std::move(value)) {}
  Result(Status status) : status_(std::move(status)) {
    if (status_.ok()) std::abort();  // an OK without a value is a bug of the caller
  }

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }  // OK when there is a value

  // Only when ok().
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return std::move(*value_); }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return std::move(*value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace tfld

#define TFLD_CONCAT_INNER_(a, b) a##b
#define TFLD_CONCAT_(a, b) TFLD_CONCAT_INNER_(a, b)

// TFLD_ASSIGN_OR_RETURN(auto file, MappedFile::Open(path));
#define TFLD_ASSIGN_OR_RETURN(declaration, expression) \
  TFLD_ASSIGN_OR_RETURN_(TFLD_CONCAT_(tfld_result_, __LINE__), declaration, expression)
#define TFLD_ASSIGN_OR_RETURN_(result, declaration, expression) \
  auto result = (expression);                                   \
  if (!result.ok()) return result.status();                     \
  declaration = std::move(result).value()
