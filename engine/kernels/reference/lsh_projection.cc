// LSH_PROJECTION: locality-sensitive hashes of the input's slices, by random projection: bit (i, j) says whether the
// sum over all slices of weight * hash(seed (i, j) followed by the slice's bytes) is positive. Dense: one output a bit;
// sparse: one number a row of seeds, its bits from the first (highest) on, plus i * 2^bits.
#include <cstring>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/farm_fingerprint.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kSeeds = 0;
constexpr int kSlices = 1;
constexpr int kWeights = 2;

struct Projection {
  std::int64_t slices;
  std::size_t slice_bytes;

  // `key` has room for a seed and a slice.
  bool Bit(float seed, const std::byte* slice, const float* weights, std::byte* key) const {
    std::memcpy(key, &seed, sizeof(seed));
    double score = 0.0;
    for (std::int64_t i = 0; i < slices; ++i, slice += slice_bytes) {
      if (slice_bytes > 0) std::memcpy(key + sizeof(seed), slice, slice_bytes);
      const std::uint64_t hash = FarmFingerprint64({key, sizeof(seed) + slice_bytes});
      const auto signed_hash = static_cast<double>(static_cast<std::int64_t>(hash));
      score += weights == nullptr ? signed_hash : static_cast<double>(weights[i]) * signed_hash;
    }
    return score > 0.0;
  }
};

}  // namespace

Status InferLshProjection(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kSeeds, 2, 2));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kSlices, 1, kMaxRank));
  const Shape& seeds = context.Input(kSeeds).shape;
  const Shape& slices = context.Input(kSlices).shape;
  if (seeds.dim(1) > 32) return context.Error(StrCat(seeds.dim(1), " bits a hash; expected 32 at most"));
  if (slices.dim(0) < 1) return context.Error("the input has no slices");
  if (context.HasInput(kWeights) && !(context.Input(kWeights).shape == Shape{slices.dim(0)})) {
    return context.Error(
        StrCat("weights of shape ", context.Input(kWeights).shape.ToString(), " for ", slices.dim(0), " slices"));
  }
  const bool is_dense = context.attributes<LshProjectionAttributes>().is_dense;
  const std::int64_t size = is_dense ? seeds.NumElements() : seeds.dim(0);
  if (size > (std::int64_t{1} << 30)) return context.Error(StrCat(size, " hashes are too many"));
  return context.SetOutputShape(0, Shape{static_cast<std::int32_t>(size)});
}

Status PrepareLshProjection(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kSeeds, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kInt32}));
  if (context.HasInput(kWeights)) TFLD_RETURN_IF_ERROR(context.RequireInputType(kWeights, {ElementType::kFloat32}));
  const Value& slices = context.Input(kSlices);
  if (ElementBits(slices.type) < 8) {
    return context.Unsupported(StrCat("input of type ", ElementTypeName(slices.type), " cannot be hashed"));
  }
  const Projection projection{.slices = slices.shape.dim(0),
                              .slice_bytes = ByteSize(slices.type, slices.shape.Product(1, slices.shape.rank()))};
  const int scratch = context.RequestScratch(sizeof(float) + projection.slice_bytes);
  const bool is_dense = context.attributes<LshProjectionAttributes>().is_dense;
  const int hashes = context.Input(kSeeds).shape.dim(0), bits = context.Input(kSeeds).shape.dim(1);
  return context.Emit("reference.lsh_projection", [=](const RunContext& run) -> Status {
    const float* seed = run.Input<float>(kSeeds);
    auto* output = run.Output<std::int32_t>(0);
    for (int i = 0; i < hashes; ++i) {
      std::uint64_t hash = 0;
      for (int j = 0; j < bits; ++j) {
        const bool bit = projection.Bit(*seed++, run.Input<std::byte>(kSlices), run.Input<float>(kWeights),
                                        run.Scratch<std::byte>(scratch));
        if (is_dense) *output++ = bit ? 1 : 0;
        hash = hash << 1 | (bit ? 1 : 0);
      }
      if (!is_dense) *output++ = static_cast<std::int32_t>(hash + (static_cast<std::uint64_t>(i) << bits));
    }
    return {};
  });
}

}  // namespace tfld::engine::reference
