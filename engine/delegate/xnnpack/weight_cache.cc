#include "engine/delegate/xnnpack/weight_cache.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "engine/base/checked_math.h"
#include "engine/kernels/kernel.h"

namespace tfld::engine::xnnpack {
namespace {

constexpr std::size_t kNotFound = SIZE_MAX;
constexpr std::size_t kOnlyOffset = 0;  // a PackedWeights holds one entry

PackedWeights& Self(void* context) { return *static_cast<PackedWeights*>(context); }

}  // namespace

PackedWeights::PackedWeights()
    : provider_{.context = this,
                .look_up = LookUp,
                .reserve_space = ReserveSpace,
                .look_up_or_insert = LookUpOrInsert,
                .is_finalized = IsFinalized,
                .offset_to_addr = OffsetToAddress,
                .delete_cache = Delete} {}

std::size_t PackedWeights::LookUp(void* context, const xnn_weights_cache_look_up_key*) {
  return Self(context).packed_ != nullptr ? kOnlyOffset : kNotFound;
}

void* PackedWeights::ReserveSpace(void* context, std::size_t bytes) {
  PackedWeights& self = Self(context);
  self.reserved_ = AllocateAligned(bytes);
  return self.reserved_.get();
}

std::size_t PackedWeights::LookUpOrInsert(void* context, const xnn_weights_cache_look_up_key*, void*,
                                          std::size_t bytes) {
  PackedWeights& self = Self(context);
  if (self.packed_ == nullptr) {
    self.packed_ = std::move(self.reserved_);
    self.bytes_ = bytes;
  }
  self.reserved_.reset();
  return kOnlyOffset;
}

bool PackedWeights::IsFinalized(void*) { return true; }

void* PackedWeights::OffsetToAddress(void* context, std::size_t) { return Self(context).packed_.get(); }

xnn_status PackedWeights::Delete(void*) { return xnn_status_success; }

std::shared_ptr<PackedWeights> FindPackedWeights(const WeightsKey& key) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<PackedWeights>> entries;
  const std::lock_guard lock(mutex);
  std::shared_ptr<PackedWeights> weights = entries[key.bytes()].lock();
  if (weights == nullptr) {
    std::erase_if(entries, [](const auto& item) { return item.second.expired(); });
    weights = std::make_shared<PackedWeights>();
    entries[key.bytes()] = weights;
  }
  return weights;
}

}  // namespace tfld::engine::xnnpack
