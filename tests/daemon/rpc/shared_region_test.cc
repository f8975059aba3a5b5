#include "daemon/rpc/shared_region.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <limits>
#include <thread>

#include "daemon/rpc/region_registry.h"
#include "engine/base/str_cat.h"
#include "tests/daemon/rpc/shared_object.h"

namespace tfld::daemon {
namespace {

using testing::HasSubstr;

PeerIdentity Me() {
  PeerIdentity me;
  me.pid = getpid();
  me.uid = getuid();
  me.gid = getgid();
  return me;
}

// Somebody who is not the owner of what the test makes, and not root.
PeerIdentity Stranger() {
  PeerIdentity stranger = Me();
  stranger.uid = getuid() + 4711;
  stranger.gid = getgid() + 4711;
  return stranger;
}

std::string ReadText(const SharedRegion& region, std::uint64_t offset, std::size_t bytes) {
  std::string text(bytes, '\0');
  const Status status = region.Read(offset, std::as_writable_bytes(std::span(text)));
  return status.ok() ? text : status.ToString();
}

TEST(SharedRegion, IsAPartOfAnObject) {
  test::SharedObject object(64);
  object.Put(16, "abcdefgh");
  const auto region = SharedRegion::Open(object.name(), 16, 32, Me());
  ASSERT_TRUE(region.ok()) << region.status().ToString();
  EXPECT_EQ(ReadText(**region, 2, 4), "cdef");
  ASSERT_TRUE((*region)->Write(4, std::as_bytes(std::span("1234", 4))).ok());
  EXPECT_EQ(object.Text(16, 8), "abcd1234");
}

TEST(SharedRegion, IsNoPipe) {
  const std::string name = StrCat("tfld-test-pipe-", getpid());
  const std::string path = "/dev/shm/" + name;
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const auto region = SharedRegion::Open(name, 0, 1, Me());
  unlink(path.c_str());
  EXPECT_EQ(region.status().code(), StatusCode::kInvalidArgument) << region.status().ToString();
}

TEST(SharedRegion, IsWithinTheObject) {
  test::SharedObject object(64);
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const std::pair<std::uint64_t, std::uint64_t> wrong[] = {{0, 65},   {64, 1},   {60, 5},   {0, 0},
                                                           {most, 2}, {2, most}, {most, 1}, {most / 2, most / 2 + 1}};
  for (const auto& [offset, bytes] : wrong) {
    const auto region = SharedRegion::Open(object.name(), offset, bytes, Me());
    EXPECT_EQ(region.status().code(), StatusCode::kInvalidArgument) << offset << " " << bytes;
  }
  EXPECT_TRUE(SharedRegion::Open(object.name(), 63, 1, Me()).ok());
}

TEST(SharedRegion, ContainsWithoutOverflow) {
  test::SharedObject object(64);
  const auto region = SharedRegion::Open(object.name(), 0, 64, Me());
  EXPECT_TRUE((*region)->Contains(0, 64));
  EXPECT_TRUE((*region)->Contains(64, 0));
  EXPECT_FALSE((*region)->Contains(1, 64));
  EXPECT_FALSE((*region)->Contains(std::numeric_limits<std::uint64_t>::max(), 2));
  EXPECT_FALSE((*region)->Contains(2, std::numeric_limits<std::uint64_t>::max()));
}

TEST(SharedRegion, KeysAreNamesOfObjects) {
  for (const char* key : {"", "/", "/../etc/passwd", "a/b", "/.", "..", "//x"}) {
    EXPECT_EQ(SharedRegion::Open(key, 0, 1, Me()).status().code(), StatusCode::kInvalidArgument) << key;
  }
  EXPECT_EQ(SharedRegion::Open("/tfld-test-none", 0, 1, Me()).status().code(), StatusCode::kNotFound);
}

TEST(SharedRegion, TheRightsAreThoseOfTheCaller) {
  test::SharedObject object(64);
  EXPECT_EQ(SharedRegion::Open(object.name(), 0, 64, Stranger()).status().code(), StatusCode::kPermissionDenied);
  object.SetMode(0604);
  auto region = SharedRegion::Open(object.name(), 0, 64, Stranger());
  ASSERT_TRUE(region.ok()) << region.status().ToString();
  EXPECT_FALSE((*region)->writable());
  object.SetMode(0606);
  EXPECT_TRUE((*SharedRegion::Open(object.name(), 0, 64, Stranger()))->writable());
  // The class of rights that is his counts, though others have more.
  object.SetMode(0606);
  PeerIdentity member = Stranger();
  member.groups = {getgid()};
  EXPECT_EQ(SharedRegion::Open(object.name(), 0, 64, member).status().code(), StatusCode::kPermissionDenied);
  object.SetMode(0660);
  EXPECT_TRUE((*SharedRegion::Open(object.name(), 0, 64, member))->writable());
  member.groups = {};
  member.gid = getgid();
  EXPECT_TRUE(SharedRegion::Open(object.name(), 0, 64, member).ok());
}

TEST(SharedRegion, AnObjectThatShrinksIsAnErrorAndDoesNotGrowAgain) {
  test::SharedObject object(2 * 4096);
  const auto region = SharedRegion::Open(object.name(), 0, 2 * 4096, Me());
  object.Resize(10);
  std::string text(100, 'x');
  const Status read = (*region)->Read(0, std::as_writable_bytes(std::span(text)));
  EXPECT_EQ(read.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(read.message()), HasSubstr("shorter"));
  EXPECT_EQ((*region)->Write(4096, std::as_bytes(std::span(text))).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(object.SizeNow(), 10u);
  EXPECT_EQ(ReadText(**region, 0, 10), std::string(10, '\0'));
}

// What shrinks and grows while it is read and written raises no signal.
TEST(SharedRegion, MayShrinkAtAnyTime) {
  constexpr std::size_t kBytes = 8 * 4096;
  test::SharedObject object(kBytes);
  const auto region = SharedRegion::Open(object.name(), 0, kBytes, Me());
  std::atomic<bool> stop{false};
  std::thread owner([&] {
    while (!stop) {
      object.Resize(0);
      object.Resize(kBytes);
    }
  });
  std::vector<std::byte> bytes(kBytes);
  int good = 0;
  for (int i = 0; i < 20'000; ++i) {
    good += (*region)->Read(0, bytes).ok() ? 1 : 0;
    good += (*region)->Write(0, bytes).ok() ? 1 : 0;
  }
  stop = true;
  owner.join();
  EXPECT_LE(good, 40'000);
  EXPECT_TRUE((*region)->Read(0, bytes).ok());
}

class RegionRegistryTest : public testing::Test {
 protected:
  Status Register(const std::string& name, const PeerIdentity& caller = Me()) {
    return registry_.Register(caller, name, object_.name(), 0, 64);
  }

  test::SharedObject object_{64};
  RegionRegistry registry_;
};

TEST_F(RegionRegistryTest, NamesAreTakenOnce) {
  ASSERT_TRUE(Register("r").ok());
  EXPECT_EQ(Register("r").code(), StatusCode::kAlreadyExists);
  ASSERT_TRUE(registry_.Unregister(getuid(), "r").ok());
  EXPECT_EQ(registry_.Unregister(getuid(), "r").code(), StatusCode::kNotFound);
  EXPECT_TRUE(Register("r").ok());
  EXPECT_EQ(Register("").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Register(std::string(1000, 'n')).code(), StatusCode::kInvalidArgument);
}

TEST_F(RegionRegistryTest, RegionsBelongToTheUser) {
  object_.SetMode(0666);
  ASSERT_TRUE(Register("r").ok());
  EXPECT_EQ(registry_.Find(Stranger().uid, "r").status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(registry_.List(Stranger().uid, "")->empty());
  ASSERT_TRUE(Register("r", Stranger()).ok());
  ASSERT_TRUE(registry_.Unregister(Stranger().uid, "").ok());
  EXPECT_TRUE(registry_.Find(getuid(), "r").ok());
  EXPECT_EQ(registry_.List(getuid(), "")->size(), 1u);
}

TEST_F(RegionRegistryTest, ARegionInUseOutlivesItsName) {
  object_.Put(0, "data");
  ASSERT_TRUE(Register("r").ok());
  const auto used = *registry_.Find(getuid(), "r");
  ASSERT_TRUE(registry_.Unregister(getuid(), "").ok());
  EXPECT_EQ(ReadText(*used, 0, 4), "data");
  EXPECT_EQ(registry_.List(getuid(), "r").status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(registry_.Unregister(getuid(), "").ok()) << "of none is fine";
}

TEST_F(RegionRegistryTest, AUserHasSoManyRegions) {
  for (std::size_t i = 0; i < RegionRegistry::kMaxRegionsPerUser; ++i) {
    ASSERT_TRUE(Register(StrCat("r", i)).ok());
  }
  EXPECT_EQ(Register("one more").code(), StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace tfld::daemon
