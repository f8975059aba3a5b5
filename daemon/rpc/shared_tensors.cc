#include "daemon/rpc/shared_tensors.h"

#include <optional>
#include <string_view>

#include "daemon/rpc/infer_parameter.h"
#include "daemon/rpc/region_registry.h"
#include "engine/base/str_cat.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

using Parameters = google::protobuf::Map<std::string, inference::InferParameter>;

constexpr char kRegion[] = "shared_memory_region";
constexpr char kByteSize[] = "shared_memory_byte_size";
constexpr char kOffset[] = "shared_memory_offset";

// `fallback` when the parameter is not there; without one it has to be.
Result<std::uint64_t> SizeOf(const Parameters& parameters, const char* name, std::optional<std::uint64_t> fallback) {
  const auto found = parameters.find(name);
  if (found == parameters.end() && fallback) return *fallback;
  const auto number = found == parameters.end() ? std::nullopt : WholeNumber(found->second);
  if (number && *number >= 0) return static_cast<std::uint64_t>(*number);
  return InvalidArgument(StrCat("parameter '", name, "': a whole number of bytes is expected"));
}

// Leaves `slice` empty when the parameters name no region.
Status Resolve(const Parameters& parameters, const RegionRegistry& registry, std::uint32_t uid, SharedSlice& slice) {
  const auto name = parameters.find(kRegion);
  if (name == parameters.end()) return {};
  if (!name->second.has_string_param()) {
    return InvalidArgument(StrCat("parameter '", kRegion, "': the name of a region, a string, is expected"));
  }
  slice.region_name = name->second.string_param();
  TFLD_ASSIGN_OR_RETURN(auto region, registry.Find(uid, slice.region_name));
  TFLD_ASSIGN_OR_RETURN(slice.byte_size, SizeOf(parameters, kByteSize, std::nullopt));
  TFLD_ASSIGN_OR_RETURN(slice.offset, SizeOf(parameters, kOffset, 0));
  if (!region->Contains(slice.offset, slice.byte_size)) {
    return InvalidArgument(StrCat(slice.byte_size, " bytes at offset ", slice.offset, " are not within region '",
                                  slice.region_name, "' of ", region->byte_size(), " bytes"));
  }
  slice.region = std::move(region);
  return {};
}

template <typename Tensors>
Status ResolveSide(const char* side, const Tensors& tensors, const RegionRegistry& registry, std::uint32_t uid,
                   std::vector<SharedSlice>& slices) {
  for (int i = 0; i < tensors.size(); ++i) {
    if (tensors.Get(i).parameters().empty()) continue;
    SharedSlice slice;
    const Status status = Resolve(tensors.Get(i).parameters(), registry, uid, slice);
    if (!status.ok()) return status.WithContext(StrCat(side, " '", tensors.Get(i).name(), "'"));
    if (!slice) continue;
    slices.resize(static_cast<std::size_t>(tensors.size()));
    slices[static_cast<std::size_t>(i)] = std::move(slice);
  }
  return {};
}

}  // namespace

std::uint64_t SharedTensors::CopiedBytes() const {
  std::uint64_t bytes = 0;
  for (const std::string& copy : copies) bytes += copy.size();
  return bytes;
}

void SharedTensors::Clear() {
  inputs.clear();
  outputs.clear();
  copies.clear();
}

Status ResolveSharedTensors(const inference::ModelInferRequest& request, const RegionRegistry& registry,
                            std::uint32_t uid, SharedTensors& tensors) {
  TFLD_RETURN_IF_ERROR(ResolveSide("input", request.inputs(), registry, uid, tensors.inputs));
  TFLD_RETURN_IF_ERROR(ResolveSide("output", request.outputs(), registry, uid, tensors.outputs));
  for (const SharedSlice& output : tensors.outputs) {
    if (output && !output.region->writable()) {
      return PermissionDenied(StrCat("region '", output.region_name, "' is for inputs alone: its object may not be ",
                                     "written by this user, or by the daemon"));
    }
  }
  return {};
}

Status CopySharedStrings(const inference::ModelInferRequest& request, std::uint64_t max_bytes, SharedTensors& tensors) {
  std::uint64_t left = max_bytes;
  for (int i = 0; i < request.inputs_size(); ++i) {
    const SharedSlice* slice = tensors.Input(i);
    if (slice == nullptr || request.inputs(i).datatype() != "BYTES") continue;
    if (slice->byte_size > left) {
      return ResourceExhausted(StrCat("input '", request.inputs(i).name(), "': ", slice->byte_size,
                                      " bytes of strings in shared memory; at most ", max_bytes, " are copied"));
    }
    left -= slice->byte_size;
    tensors.copies.resize(static_cast<std::size_t>(request.inputs_size()));
    std::string& copy = tensors.copies[static_cast<std::size_t>(i)];
    copy.resize(slice->byte_size);
    TFLD_RETURN_IF_ERROR(slice->region->Read(slice->offset, std::as_writable_bytes(std::span(copy))));
  }
  return {};
}

}  // namespace tfld::daemon
