// Models with labels: a FlatBuffer of metadata inside, and behind it a ZIP archive with the label files.
#pragma once

#include <cstddef>
#include <vector>

namespace tfld::test {

// Of a model with two outputs: the first has labels in two languages ("de.txt", "labels.txt"), the second none.
std::vector<std::byte> MetadataBytes();

// An archive with both label files, as libarchive's options say: "zip:compression=store".
std::vector<std::byte> ZipBytes(const char* compression);

// x[1, 4] -> RELU -> y[1, 4], with what is not empty.
std::vector<std::byte> LabelledModel(const std::vector<std::byte>& metadata, const std::vector<std::byte>& zip);

}  // namespace tfld::test
