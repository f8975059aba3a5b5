// Tables that more than one command shows.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "client/ctl/table.h"
#include "tfld/v1/admin.pb.h"

namespace tfld::ctl {

// A line a model.
Table ModelTable(const v1::ListModelsResponse& models);
// A line a version of one model.
Table VersionTable(const v1::ModelStatus& model);

// A line a label of one model.
Table LabelTable(const v1::ModelStatus& model);

// The message's own map has no order.
std::map<std::string, std::uint64_t> SortedLabels(const v1::ModelStatus& model);
std::uint64_t TotalBytes(const v1::MemoryUse& memory);

}  // namespace tfld::ctl
