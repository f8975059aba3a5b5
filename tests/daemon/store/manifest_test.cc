#include "daemon/store/manifest.h"

#include <gtest/gtest.h>

namespace tfld::daemon {
namespace {

const std::string kDigest(64, 'a');

TEST(Manifest, WhatIsEncodedIsParsed) {
  Manifest manifest;
  manifest.name = "kws";
  manifest.version = 3;
  manifest.labels = {"yes", "no", "\xc3\xbc"};
  manifest.files["model.tflite"] = {kDigest, 123};
  manifest.files["golden/golden.json"] = {kDigest, 0};
  const auto parsed = ParseManifest(EncodeManifest(manifest));
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(*parsed, manifest);
}

TEST(Manifest, AllButTheFormatMayBeMissing) {
  const auto parsed = ParseManifest(R"({"format": 1, "trained_on": "synthetic signals"})");
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(*parsed, Manifest());
}

TEST(Manifest, WhatIsWrongIsRefused) {
  const std::string file = R"({"format": 1, "files": {"%": {"sha256": "#", "size": 1}}})";
  const auto with = [&](const std::string& path, const std::string& digest) {
    std::string text = file;
    text.replace(text.find('%'), 1, path);
    text.replace(text.find('#'), 1, digest);
    return ParseManifest(text);
  };
  EXPECT_TRUE(with("model.tflite", kDigest).ok());
  EXPECT_FALSE(with("../model.tflite", kDigest).ok());
  EXPECT_FALSE(with("model.tflite", "abc").ok());
  for (const char* bad :
       {"", "{", "[]", "null", "{}", R"({"format": 2})", R"({"format": "1"})", R"({"format": 1, "labels": "yes"})",
        R"({"format": 1, "labels": [1]})", R"({"format": 1, "files": []})",
        R"({"format": 1, "files": {"model.tflite": 3}})", R"({"format": 1, "version": "two"})"}) {
    EXPECT_EQ(ParseManifest(bad).status().code(), StatusCode::kInvalidArgument) << bad;
  }
  EXPECT_FALSE(ParseManifest(std::string(100'000, '[')).ok());
  EXPECT_FALSE(ParseManifest(std::string(2'000'000, ' ')).ok());
}

}  // namespace
}  // namespace tfld::daemon
