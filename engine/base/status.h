// Status: how every function of tfld that can fail says so. Our own code throws nothing.
//
// A Status is one pointer: null means OK, so success costs a test and no allocation. Codes are gRPC's canonical codes,
// so that the one place that maps them to gRPC is a cast. Thread rule: a Status is a value; share it like one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tfld {

// Numeric values are those of google.rpc.Code.
enum class StatusCode : std::uint8_t {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// "INVALID_ARGUMENT" for kInvalidArgument, and so on.
std::string_view StatusCodeName(StatusCode code);

class [[nodiscard]] Status {
 public:
  Status() = default;  // OK
  Status(StatusCode code, std::string message);

  Status(const Status& other);
  Status& operator=(const Status& other);
  Status(Status&&) noexcept = default;
  Status& operator=(Status&&) noexcept = default;
  ~Status() = default;

  bool ok() const { return error_ == nullptr; }
  StatusCode code() const { return error_ ? error_->code : StatusCode::kOk; }
  // Empty for OK. Otherwise one line that names what was wrong, what was expected and, where it helps, what to do.
  std::string_view message() const { return error_ ? std::string_view(error_->message) : std::string_view(); }
  // "OK", or "INVALID_ARGUMENT: message".
  std::string ToString() const;

  // The same code, with `context` and ": " before the message. OK stays OK.
  Status WithContext(std::string_view context) const;

 private:
  struct Error {
    StatusCode code;
    std::string message;
  };
  std::unique_ptr<Error> error_;
};

Status InvalidArgument(std::string message);
Status NotFound(std::string message);
Status AlreadyExists(std::string message);
Status PermissionDenied(std::string message);
Status ResourceExhausted(std::string message);
Status FailedPrecondition(std::string message);
Status OutOfRange(std::string message);
Status Unimplemented(std::string message);
Status Internal(std::string message);
Status Unavailable(std::string message);
Status DataLoss(std::string message);
Status Cancelled(std::string message);
Status DeadlineExceeded(std::string message);
// For a failed system call: `what` and the text of `error_number` (an errno), with the nearest code.
Status ErrnoStatus(int error_number, std::string_view what);

}  // namespace tfld

#define TFLD_RETURN_IF_ERROR(expression)                                                     \
  do {                                                                                       \
    if (::tfld::Status tfld_status_ = (expression); !tfld_status_.ok()) return tfld_status_; \
  } while (false)
