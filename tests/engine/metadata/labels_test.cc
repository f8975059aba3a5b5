#include "tfld/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/metadata/associated_files.h"
#include "engine/metadata/model_metadata.h"
#include "tests/engine/metadata/labelled_model.h"
#include "tests/support/test_paths.h"

namespace tfld::engine {
namespace {

using test::MetadataBytes;
using test::ZipBytes;
using ::testing::ElementsAre;

using Bytes = std::vector<std::byte>;

std::shared_ptr<const Model> ModelWith(const Bytes& metadata, const Bytes& zip) {
  const auto model = Model::FromBytes(test::LabelledModel(metadata, zip), "fruit");
  EXPECT_TRUE(model.ok()) << model.status().ToString();
  return *model;
}

TEST(LabelsTest, FromStoredAndDeflatedFiles) {
  for (const char* compression : {"zip:compression=store", "zip:compression=deflate"}) {
    const auto labels = ReadLabels(*ModelWith(MetadataBytes(), ZipBytes(compression)), 0);
    ASSERT_TRUE(labels.ok()) << labels.status().ToString();
    EXPECT_THAT(*labels, ElementsAre("apple", "2 pears", "", "plum"));
  }
}

TEST(LabelsTest, NoneIsNotFound) {
  const Bytes zip = ZipBytes("zip:compression=store");
  EXPECT_EQ(ReadLabels(*ModelWith(MetadataBytes(), zip), 1).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(ReadLabels(*ModelWith(MetadataBytes(), zip), 7).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(ReadLabels(*ModelWith(MetadataBytes(), zip), -1).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(ReadLabels(*ModelWith({}, zip), 0).status().code(), StatusCode::kNotFound);
  EXPECT_FALSE(ReadLabels(*ModelWith(MetadataBytes(), {}), 0).ok());
}

TEST(LabelsTest, BrokenBytesAreErrors) {
  const Bytes metadata = MetadataBytes();
  const Bytes zip = ZipBytes("zip:compression=deflate");
  for (std::size_t i = 0; i < metadata.size(); ++i) {
    Bytes broken = metadata;
    broken[i] ^= std::byte{0xFF};
    static_cast<void>(ReadLabels(*ModelWith(broken, zip), 0));
  }
  for (std::size_t i = 0; i < zip.size(); ++i) {
    Bytes broken = zip;
    broken[i] ^= std::byte{0xFF};
    static_cast<void>(ReadLabels(*ModelWith(metadata, broken), 0));
  }
  EXPECT_EQ(ReadMetadata(*ModelWith(Bytes(5), zip)).status().code(), StatusCode::kInvalidArgument);
}

TEST(MetadataTest, SaysWhatTheModelIs) {
  const auto metadata = ReadMetadata(*ModelWith(MetadataBytes(), {}));
  ASSERT_TRUE(metadata.ok());
  EXPECT_EQ(metadata->name, "Fruit");
  EXPECT_EQ(metadata->description, "tells fruit");
  EXPECT_EQ(metadata->version, "v2");
  EXPECT_EQ(metadata->author, "An Author");
  EXPECT_EQ(metadata->license, "MIT");
  ASSERT_EQ(metadata->outputs.size(), 2U);
  EXPECT_EQ(metadata->outputs[0].name, "probability");
  EXPECT_EQ(LabelFileOf(metadata->outputs[0])->name, "labels.txt");
  EXPECT_EQ(LabelFileOf(metadata->outputs[1]), nullptr);
  EXPECT_EQ(metadata->inputs[0].description, "RGB");
}

TEST(AssociatedFilesTest, AreBounded) {
  const auto model = ModelWith(MetadataBytes(), ZipBytes("zip:compression=deflate"));
  EXPECT_EQ(ReadAssociatedFile(*model, "de.txt", 12)->size(), 12U);
  EXPECT_EQ(ReadAssociatedFile(*model, "de.txt", 11).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(ReadAssociatedFile(*model, "fr.txt", 12).status().code(), StatusCode::kNotFound);
}

TEST(LabelsTest, OfARealModel) {
  TFLD_SKIP_WITHOUT_SHARED();
  const auto model = Model::FromFile((*test::SharedDir() / "models/mobilenet_v2_1.0_224_int8.tflite").string());
  ASSERT_TRUE(model.ok());
  const auto labels = ReadLabels(**model, 0);
  ASSERT_TRUE(labels.ok()) << labels.status().ToString();
  EXPECT_GE(labels->size(), 1000U);
}

}  // namespace
}  // namespace tfld::engine
