// Operators that were added while the process runs, beside the list in operators.cc.
#pragma once

#include <memory>
#include <string>

#include "engine/kernels/operator.h"

namespace tfld::engine {

// A custom operator with what it needs to be planned. Lives as long as the process.
class RegisteredOperator {
 public:
  RegisteredOperator(std::string name, int max_version, Arity arity)
      : name_(std::move(name)), max_version_(max_version), arity_(arity) {}
  virtual ~RegisteredOperator() = default;

  virtual Status Infer(InferContext& context) const = 0;
  virtual Status Prepare(PrepareContext& context) const = 0;

  const std::string& name() const { return name_; }
  int max_version() const { return max_version_; }
  const Arity& arity() const { return arity_; }

 private:
  std::string name_;
  int max_version_;
  Arity arity_;
};

// ALREADY_EXISTS when there is a custom operator of this name. Thread-safe.
Status AddOperator(std::unique_ptr<RegisteredOperator> added);

// Null when none of this name was added. What it points to never goes away. Thread-safe.
const Operator* FindRegistered(std::string_view custom_name);

}  // namespace tfld::engine
