#include "tests/engine/metadata/labelled_model.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <metadata_generated.h>

#include <string>
#include <utility>

#include "tests/support/model_builder.h"

namespace tfld::test {
namespace {

namespace meta = ::tfld::metadata_wire;

using Bytes = std::vector<std::byte>;

}  // namespace

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

Bytes LabelledModel(const Bytes& metadata, const Bytes& zip) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.shape = {1, 4}, .name = "x"});
  const int y = builder.AddTensor({.shape = {1, 4}, .name = "y"});
  builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {x}, .outputs = {y}});
  if (!metadata.empty()) builder.AddMetadata("TFLITE_METADATA", metadata);
  Bytes bytes = builder.Finish({x}, {y});
  bytes.insert(bytes.end(), zip.begin(), zip.end());
  return bytes;
}

}  // namespace tfld::test
