#include "tfld/labels.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <metadata_generated.h>

#include "engine/metadata/associated_files.h"
#include "engine/metadata/model_metadata.h"
#include "tests/support/model_builder.h"
#include "tests/support/test_paths.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
namespace wire = test::wire;
namespace meta = ::tfld::metadata_wire;

using Bytes = std::vector<std::byte>;

// Two outputs: the first has labels in two languages, the second none.
Bytes MetadataBytes() {
  flatbuffers::FlatBufferBuilder fbb;
  const auto german =
      meta::CreateAssociatedFileDirect(fbb, "de.txt", "", meta::AssociatedFileType_TENSOR_AXIS_LABELS, "de");
  const auto labels =
      meta::CreateAssociatedFileDirect(fbb, "labels.txt", "the classes", meta::AssociatedFileType_TENSOR_AXIS_LABELS);
  const std::vector files = {german, labels};
  const std::vector outputs = {meta::CreateTensorMetadataDirect(fbb, "probability", "of each class", &files),
                               meta::CreateTensorMetadataDirect(fbb, "other")};
  const std::vector inputs = {meta::CreateTensorMetadataDirect(fbb, "image", "RGB")};
  const std::vector graphs = {meta::CreateSubGraphMetadataDirect(fbb, "main", "", &inputs, &outputs)};
  fbb.Finish(meta::CreateModelMetadataDirect(fbb, "Fruit", "tells fruit", "v2", &graphs, "An Author", "MIT"), "M001");
  const auto* data = reinterpret_cast<const std::byte*>(fbb.GetBufferPointer());
  return {data, data + fbb.GetSize()};
}

// A ZIP archive with two members, stored or deflated.
Bytes ZipBytes(const char* compression) {
  Bytes buffer(65536);
  std::size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  archive_write_set_options(writer, compression);
  archive_write_set_bytes_in_last_block(writer, 1);
  EXPECT_EQ(archive_write_open_memory(writer, buffer.data(), buffer.size(), &used), ARCHIVE_OK);
  for (const auto& [name, text] : {std::pair<const char*, std::string>{"de.txt", "Apfel\nBirne\n"},
                                   std::pair<const char*, std::string>{"labels.txt", "apple\r\n2 pears\n\nplum"}}) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
    EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK);
    archive_write_data(writer, text.data(), text.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  buffer.resize(used);
  return buffer;
}

std::shared_ptr<const Model> ModelWith(const Bytes& metadata, const Bytes& zip) {
  test::ModelBuilder builder;
  const int x = builder.AddTensor({.shape = {1, 4}, .name = "x"});
  const int y = builder.AddTensor({.shape = {1, 4}, .name = "y"});
  builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {x}, .outputs = {y}});
  if (!metadata.empty()) builder.AddMetadata("TFLITE_METADATA", metadata);
  Bytes bytes = builder.Finish({x}, {y});
  bytes.insert(bytes.end(), zip.begin(), zip.end());
  const auto model = Model::FromBytes(bytes, "fruit");
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
