#include "daemon/store/package.h"

#include <gtest/gtest.h>

#include "daemon/store/digest.h"
#include "daemon/store/file_tools.h"
#include "engine/base/str_cat.h"
#include "tests/daemon/store/memory_file_system.h"
#include "tests/daemon/store/package_builder.h"

namespace tfld::daemon {
namespace {

using Kind = PackageEntry::Kind;

class PackageTest : public testing::Test {
 protected:
  Result<Manifest> Unpack(const std::string& bytes, const PackageLimits& limits = {}) {
    files_ = std::make_unique<MemoryFileSystem>();
    EXPECT_TRUE(WriteNewFile(*files_, "/package", AsBytes(bytes)).ok());
    return UnpackPackage(*files_, "/package", "/out", limits);
  }
  std::string ErrorOf(const std::string& bytes, const PackageLimits& limits = {}) {
    const auto manifest = Unpack(bytes, limits);
    if (manifest.ok()) return "no error";
    EXPECT_EQ(manifest.status().code(), StatusCode::kInvalidArgument);
    return std::string(manifest.status().message());
  }
  std::string Contents(const std::string& path) { return *ReadFile(*files_, path, 1 << 20); }

  std::unique_ptr<MemoryFileSystem> files_;
  const std::string model_ = FakeModel("weights");
};

TEST_F(PackageTest, ARawModelIsAPackageOfItself) {
  const auto manifest = Unpack(model_);
  ASSERT_TRUE(manifest.ok()) << manifest.status().ToString();
  EXPECT_EQ(manifest->files.size(), 1u);
  EXPECT_EQ(manifest->files.at("model.tflite").sha256, Sha256Of(AsBytes(model_)));
  EXPECT_EQ(manifest->files.at("model.tflite").size, model_.size());
  EXPECT_EQ(Contents("/out/model.tflite"), model_);
}

TEST_F(PackageTest, AnArchiveIsUnpackedWhateverItsCompression) {
  for (const Compression compression : {Compression::kNone, Compression::kGzip, Compression::kZstd}) {
    const auto manifest = Unpack(BuildPackage({{"./", "", Kind::kDirectory},
                                               {"./model.tflite", model_},
                                               {"manifest.json", R"({"format": 1, "labels": ["a", "b"]})"},
                                               {"golden/", "", Kind::kDirectory},
                                               {"golden/golden.json", "{}"},
                                               {"golden/case/input0.npy", "npy"}},
                                              compression));
    ASSERT_TRUE(manifest.ok()) << manifest.status().ToString();
    EXPECT_EQ(manifest->labels, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(manifest->files.size(), 4u);
    EXPECT_EQ(Contents("/out/model.tflite"), model_);
    EXPECT_EQ(Contents("/out/golden/case/input0.npy"), "npy");
  }
}

TEST_F(PackageTest, WhatTheManifestListsIsCompared) {
  const auto with = [&](const std::string& files) {
    return BuildPackage(
        {{"model.tflite", model_}, {"manifest.json", StrCat(R"({"format": 1, "files": {)", files, "}}")}});
  };
  const std::string digest = Sha256Of(AsBytes(model_));
  const auto entry = [](const std::string& path, const std::string& sha256, std::size_t size) {
    return StrCat("\"", path, R"(": {"sha256": ")", sha256, R"(", "size": )", size, "}");
  };
  EXPECT_EQ(ErrorOf(with(entry("model.tflite", digest, model_.size()))), "no error");
  EXPECT_EQ(ErrorOf(with(entry("model.tflite", digest, 3))), "package: model.tflite has 15 bytes, the manifest says 3");
  EXPECT_NE(ErrorOf(with(entry("model.tflite", std::string(64, '0'), model_.size()))).find("has sha256"),
            std::string::npos);
  EXPECT_NE(ErrorOf(with(entry("golden/golden.json", digest, 1))).find("not there"), std::string::npos);
}

TEST_F(PackageTest, AFileThatTheManifestDoesNotListIsRefused) {
  const std::string listed = StrCat(R"({"format": 1, "files": {"model.tflite": {"sha256": ")",
                                    Sha256Of(AsBytes(model_)), R"(", "size": )", model_.size(), "}}}");
  EXPECT_EQ(ErrorOf(BuildPackage({{"model.tflite", model_}, {"manifest.json", listed}, {"golden/golden.json", "{}"}})),
            "package: golden/golden.json is not in the manifest");
}

TEST_F(PackageTest, PathsThatLeadElsewhereAreRefused) {
  for (const char* path : {"../model.tflite", "/etc/passwd", "golden/../../x", "golden/./x", "state", "golden"}) {
    EXPECT_NE(ErrorOf(BuildPackage({{"model.tflite", model_}, {path, "x"}})), "no error") << path;
  }
}

TEST_F(PackageTest, OnlyRegularFilesAreLetIn) {
  for (const Kind kind : {Kind::kSymbolicLink, Kind::kHardLink, Kind::kFifo}) {
    EXPECT_EQ(ErrorOf(BuildPackage({{"model.tflite", model_}, {"golden/golden.json", "model.tflite", kind}})),
              "package: golden/golden.json: not a regular file");
  }
}

TEST_F(PackageTest, AFileTwiceIsRefused) {
  EXPECT_EQ(ErrorOf(BuildPackage({{"model.tflite", model_}, {"./model.tflite", model_}})),
            "package: model.tflite is in it twice");
}

TEST_F(PackageTest, SizesAreBoundedByWhatComesOut) {
  const std::string zeros(1 << 20, '\0');
  const std::string bomb = BuildPackage({{"model.tflite", model_ + zeros}}, Compression::kZstd);
  EXPECT_LT(bomb.size(), 10'000u);
  EXPECT_EQ(ErrorOf(bomb, {.max_unpacked_bytes = 1 << 19}), "package: holds more than 524288 bytes");
  EXPECT_EQ(ErrorOf(BuildPackage({{"model.tflite", model_}, {"golden/golden.json", "{}"}}), {.max_files = 1}),
            "package: has more than 1 files");
}

TEST_F(PackageTest, AModelIsNeeded) {
  EXPECT_EQ(ErrorOf(BuildPackage({{"manifest.json", R"({"format": 1})"}})), "package: model.tflite is missing");
  EXPECT_EQ(ErrorOf(BuildPackage({{"model.tflite", model_}, {"golden/input0.npy", "x"}})),
            "package: there are files below golden/, and no golden/golden.json");
}

TEST_F(PackageTest, WhatIsNeitherModelNorArchiveIsNamedSo) {
  for (const std::string& bytes : {std::string("hello, this is no model"), std::string("x"), std::string(2000, 'z')}) {
    EXPECT_TRUE(ErrorOf(bytes).starts_with("neither a .tflite model")) << ErrorOf(bytes);
  }
  EXPECT_NE(ErrorOf(BuildPackage({{"model.tflite", model_}}, Compression::kXz)), "no error");
}

TEST_F(PackageTest, EveryCutOfAPackageIsRefused) {
  const std::string whole = BuildPackage({{"model.tflite", model_}, {"golden/golden.json", "{}"}}, Compression::kGzip);
  for (std::size_t size = 0; size < whole.size() - 8; ++size) {  // behind the data is gzip's own trailer
    EXPECT_NE(ErrorOf(whole.substr(0, size)), "no error") << size;
  }
}

TEST_F(PackageTest, FlippedBitsNeverCrash) {
  const std::string whole = BuildPackage({{"model.tflite", model_}, {"golden/golden.json", "{}"}});
  for (std::size_t i = 0; i < whole.size() * 8; i += 13) {
    std::string damaged = whole;
    damaged[i / 8] = static_cast<char>(damaged[i / 8] ^ (1 << (i % 8)));
    (void)Unpack(damaged);
  }
}

}  // namespace
}  // namespace tfld::daemon
