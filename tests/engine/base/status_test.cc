#include "engine/base/status.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace tfld {
namespace {

TEST(StatusTest, DefaultIsOk) {
  const Status status;
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.code(), StatusCode::kOk);
  EXPECT_EQ(status.message(), "");
  EXPECT_EQ(status.ToString(), "OK");
}

TEST(StatusTest, OkHasNoMessage) {
  const Status status(StatusCode::kOk, "ignored");
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.message(), "");
}

TEST(StatusTest, CarriesCodeAndMessage) {
  const Status status = InvalidArgument("shape [1, 2], expected [1, 3]");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.ToString(), "INVALID_ARGUMENT: shape [1, 2], expected [1, 3]");
}

TEST(StatusTest, CopiesAreIndependent) {
  Status first = NotFound("a");
  const Status second = first;
  first = Internal("b");
  EXPECT_EQ(second.ToString(), "NOT_FOUND: a");
  EXPECT_EQ(first.ToString(), "INTERNAL: b");
}

TEST(StatusTest, ContextGoesBeforeTheMessage) {
  const Status status = DataLoss("bad digest").WithContext("model kws").WithContext("deploy");
  EXPECT_EQ(status.ToString(), "DATA_LOSS: deploy: model kws: bad digest");
  EXPECT_TRUE(Status().WithContext("deploy").ok());
}

TEST(StatusTest, CodesHaveTheNumbersAndNamesOfGrpc) {
  EXPECT_EQ(static_cast<int>(StatusCode::kUnauthenticated), 16);
  EXPECT_EQ(StatusCodeName(StatusCode::kUnauthenticated), "UNAUTHENTICATED");
  EXPECT_EQ(StatusCodeName(StatusCode::kResourceExhausted), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(StatusCodeName(static_cast<StatusCode>(99)), "UNKNOWN");
}

TEST(StatusTest, ErrnoMapsToTheNearestCode) {
  EXPECT_EQ(ErrnoStatus(ENOENT, "file").code(), StatusCode::kNotFound);
  EXPECT_EQ(ErrnoStatus(EACCES, "file").code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(ErrnoStatus(ENOSPC, "file").code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrnoStatus(EIO, "file").code(), StatusCode::kDataLoss);
  EXPECT_EQ(ErrnoStatus(ENOENT, "file").ToString(), "NOT_FOUND: file: No such file or directory");
}

Status FirstError(const Status& first, const Status& second) {
  TFLD_RETURN_IF_ERROR(first);
  TFLD_RETURN_IF_ERROR(second);
  return {};
}

TEST(StatusTest, ReturnIfErrorStopsAtTheFirst) {
  EXPECT_TRUE(FirstError({}, {}).ok());
  EXPECT_EQ(FirstError({}, NotFound("second")).message(), "second");
  EXPECT_EQ(FirstError(Internal("first"), NotFound("second")).message(), "first");
}

}  // namespace
}  // namespace tfld
