// Packed weights: an operator's weights in the order in which its micro-kernel reads them, one copy for all sessions.
#pragma once

#include <xnnpack.h>

#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>

#include "engine/base/aligned_buffer.h"

namespace tfld::engine::xnnpack {

// The packed weights of one operator. The first create packs into it, every later one with the same parameters finds
// them; those kinds of operator that pack before they look (depthwise) do so into memory that is dropped at once.
// Thread rule: provider() is used under CreationMutex while it creates; what is packed is immutable after the first.
class PackedWeights {
 public:
  PackedWeights();
  PackedWeights(const PackedWeights&) = delete;
  PackedWeights& operator=(const PackedWeights&) = delete;

  xnn_weights_cache_t provider() { return &provider_; }
  std::size_t bytes() const { return bytes_; }

 private:
  static std::size_t LookUp(void* context, const xnn_weights_cache_look_up_key* key);
  static void* ReserveSpace(void* context, std::size_t bytes);
  static std::size_t LookUpOrInsert(void* context, const xnn_weights_cache_look_up_key* key, void* packed,
                                    std::size_t bytes);
  static bool IsFinalized(void* context);
  static void* OffsetToAddress(void* context, std::size_t offset);
  static xnn_status Delete(void* context);

  xnn_weights_cache_provider provider_;
  AlignedBuffer packed_;
  AlignedBuffer reserved_;  // handed out for packing, not yet kept or dropped
  std::size_t bytes_ = 0;
};

// Everything that decides how weights are packed, as bytes. Two operators with equal keys can share packed weights.
class WeightsKey {
 public:
  template <typename T>
  requires(std::is_trivially_copyable_v<T>) WeightsKey& Add(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// The packed weights of `key`: those that a living kernel of this process holds, or new ones, still empty. A key holds
// the addresses of the constants that were packed; a plan's constants outlive its kernels, so that an entry that is
// alive stands for those constants and no others. Thus a session that is resized, and plans anew, packs nothing again.
// Thread rule: any thread.
std::shared_ptr<PackedWeights> FindPackedWeights(const WeightsKey& key);

}  // namespace tfld::engine::xnnpack
