#include "daemon/store/state_file.h"

#include <gtest/gtest.h>

#include "daemon/store/digest.h"
#include "daemon/store/file_tools.h"
#include "tests/daemon/store/memory_file_system.h"

namespace tfld::daemon {
namespace {

ModelState Example() {
  ModelState state;
  state.name = "kws";
  state.generation = 7;
  state.highest_version = 4;
  state.lineage = {1, 3};
  state.labels = {{"canary", 3}, {"stable", 1}};
  state.Put({3, StoredState::kActive, std::string(64, 'a'), 10, std::string(64, 'b'), "", 1700000000});
  state.Put({1, StoredState::kRetired, std::string(64, 'c'), 11, std::string(64, 'd'), "", 1600000000});
  state.Put({4, StoredState::kFailed, std::string(64, 'e'), 12, std::string(64, 'f'), "said \"no\"\n", 1700000001});
  state.events = {{1600000000, "deploy", 1, true, "", "uid 0 pid 1"}, {1700000001, "deploy", 4, false, "no", "tfld"}};
  return state;
}

TEST(ModelState, VersionsAreInOrderAndFoundByNumber) {
  ModelState state = Example();
  EXPECT_EQ(state.versions[0].version, 1u);
  EXPECT_EQ(state.versions[2].version, 4u);
  EXPECT_EQ(state.active(), 3u);
  EXPECT_EQ(state.previous(), 1u);
  EXPECT_EQ(state.Find(2), nullptr);
  EXPECT_TRUE(state.IsLabelled(3));
  state.Erase(3);
  EXPECT_FALSE(state.IsLabelled(3));
  EXPECT_TRUE(state.IsLabelled(1));
  EXPECT_EQ(state.active(), 1u);
  EXPECT_EQ(state.previous(), std::nullopt);
}

TEST(StateFile, WhatIsEncodedIsDecoded) {
  const auto decoded = DecodeState(EncodeState(Example()));
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(*decoded, Example());
  const auto empty = DecodeState(EncodeState(ModelState()));
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ(*empty, ModelState());
}

TEST(StateFile, OneFromBeforeThereWereLabelsIsRead) {
  ModelState state = Example();
  state.labels.clear();
  std::string text = EncodeState(state);
  const std::string labels = " \"labels\": {},\n";
  const std::size_t place = text.find(labels);
  ASSERT_NE(place, std::string::npos);
  text.erase(place, labels.size());
  text.resize(text.rfind("sha256 "));
  text += "sha256 " + Sha256Of(AsBytes(text)) + "\n";
  const auto decoded = DecodeState(text);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(*decoded, state);
}

TEST(StateFile, BytesThatAreNoTextDoNotStopIt) {
  ModelState state = Example();
  state.events.Append({1700000002, "deploy", 4, false, "\xff\xfe", "tfld"});
  EXPECT_TRUE(DecodeState(EncodeState(state)).ok());
}

TEST(StateFile, EveryCutAndEveryBitIsNoticed) {
  const std::string text = EncodeState(Example());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(DecodeState(text.substr(0, size)).status().code(), StatusCode::kDataLoss) << size;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string rotten = text;
    rotten[i] = static_cast<char>(rotten[i] ^ (1 << (i % 8)));
    EXPECT_FALSE(DecodeState(rotten).ok()) << i;
  }
}

TEST(StateFile, ReplacesWhatWasThereAndLeavesNothingBeside) {
  MemoryFileSystem files;
  ASSERT_TRUE(files.MakeDirectory("/kws").ok());
  EXPECT_EQ(ReadStateFile(files, "/kws").status().code(), StatusCode::kNotFound);
  ModelState state = Example();
  ASSERT_TRUE(WriteStateFile(files, "/kws", state).ok());
  state.generation = 8;
  ASSERT_TRUE(WriteStateFile(files, "/kws", state).ok());
  const auto read = ReadStateFile(files, "/kws");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->generation, 8u);
  EXPECT_EQ(files.AllPaths(), (std::vector<std::string>{"/kws/", "/kws/state"}));
}

}  // namespace
}  // namespace tfld::daemon
