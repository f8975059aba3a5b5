// NON_MAX_SUPPRESSION_V4 and _V5: the boxes with the greatest scores that overlap no chosen one too much. Inputs: boxes
// [n, 4] of two opposite corners (y1, x1, y2, x2), scores [n], how many boxes at most, the overlap (intersection over
// union) from which on a box is dropped, the score that a box must be above; V5: sigma, by which scores of overlapping
// boxes decay instead (soft suppression, Bodla et al. 2017). Outputs: indices, [scores of V5,] how many; the rest
// zeros.
//
// As in TensorFlow Lite, a chosen box stays a candidate. It drops out by its overlap with itself, but for an empty box,
// which overlaps nothing and is chosen again.
#include <algorithm>
#include <cmath>

#include "engine/kernels/reference/constant_input.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kBoxes = 0;
constexpr int kScores = 1;
constexpr int kMostBoxes = 2;
constexpr int kOverlap = 3;
constexpr int kLeastScore = 4;
constexpr int kSigma = 5;

struct Box {
  float top, left, bottom, right;

  explicit Box(const float* corners)
      : top(std::min(corners[0], corners[2])),
        left(std::min(corners[1], corners[3])),
        bottom(std::max(corners[0], corners[2])),
        right(std::max(corners[1], corners[3])) {}
  float area() const { return (bottom - top) * (right - left); }
};

float IntersectionOverUnion(const Box& a, const Box& b) {
  const float area_a = a.area(), area_b = b.area();
  if (area_a <= 0.0F || area_b <= 0.0F) return 0.0F;
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float intersection = std::max(height, 0.0F) * std::max(width, 0.0F);
  return intersection / (area_a + area_b - intersection);
}

struct Candidate {
  std::int32_t box;
  float score;
  std::int32_t compared;  // with this many chosen boxes already

  bool operator<(const Candidate& other) const { return score < other.score; }
};

struct Limits {
  float overlap, least_score, sigma;
};

class Suppression {
 public:
  Suppression(const float* boxes, const Limits& limits) : boxes_(boxes), limits_(limits) {}

  // Compares with the chosen boxes, the last one first. False when the candidate is dropped.
  bool Compare(Candidate& candidate, const std::int32_t* chosen, std::int32_t num_chosen) const {
    const float scale = limits_.sigma > 0.0F ? static_cast<float>(-0.5 / limits_.sigma) : 0.0F;
    const Box box(boxes_ + std::int64_t{candidate.box} * 4);
    for (std::int32_t i = num_chosen - 1; i >= candidate.compared; --i) {
      const float overlap = IntersectionOverUnion(box, Box(boxes_ + std::int64_t{chosen[i]} * 4));
      if (overlap >= limits_.overlap) return false;
      if (limits_.sigma > 0.0F) candidate.score *= std::exp(scale * overlap * overlap);
      if (candidate.score <= limits_.least_score) break;
    }
    candidate.compared = num_chosen;
    return true;
  }

  // Writes at most `most` indices (and scores, unless null); `heap` has room for all candidates. Returns how many.
  std::int32_t Choose(Candidate* heap, std::int32_t candidates, std::int32_t most, std::int32_t* chosen,
                      float* scores) const {
    const std::int32_t wanted = std::min(candidates, most);
    std::int32_t num_chosen = 0;
    while (num_chosen < wanted && candidates > 0) {
      std::pop_heap(heap, heap + candidates);
      Candidate& next = heap[--candidates];
      const float score = next.score;
      if (!Compare(next, chosen, num_chosen)) continue;
      if (next.score == score) {
        chosen[num_chosen] = next.box;
        if (scores != nullptr) scores[num_chosen] = score;
        ++num_chosen;
      }
      if (next.score > limits_.least_score) std::push_heap(heap, heap + ++candidates);
    }
    return num_chosen;
  }

 private:
  const float* boxes_;
  Limits limits_;
};

bool IsSoft(const OpContext& context) { return context.num_inputs() > kSigma; }

}  // namespace

Status InferNonMaxSuppression(InferContext& context) {
  const Shape& boxes = context.Input(kBoxes).shape;
  const Shape& scores = context.Input(kScores).shape;
  if (boxes.rank() != 2 || boxes.dim(1) != 4 || scores.rank() != 1 || scores.dim(0) != boxes.dim(0)) {
    return context.Error(StrCat("boxes of shape ", boxes.ToString(), " and scores of shape ", scores.ToString(),
                                "; expected [n, 4] and [n]"));
  }
  TFLD_ASSIGN_OR_RETURN(const std::int32_t most, ConstantScalar<std::int32_t>(context, kMostBoxes));
  const int outputs = IsSoft(context) ? 3 : 2;
  if (context.num_outputs() != outputs) {
    return context.Error(StrCat("has ", context.num_outputs(), " outputs; expected ", outputs));
  }
  for (int i = 0; i + 1 < outputs; ++i) TFLD_RETURN_IF_ERROR(context.SetOutputShape(i, Shape{most}));
  return context.SetOutputShape(outputs - 1, Shape{});
}

Status PrepareNonMaxSuppression(PrepareContext& context) {
  for (int i = 0; i < context.num_inputs(); ++i) {
    if (i != kMostBoxes) TFLD_RETURN_IF_ERROR(context.RequireInputType(i, {ElementType::kFloat32}));
    if (i > kMostBoxes && context.Input(i).shape.NumElements() != 1) {
      return context.Error(
          StrCat("input ", i, " has shape ", context.Input(i).shape.ToString(), "; expected a scalar"));
    }
  }
  const bool is_soft = IsSoft(context);
  const int count_output = is_soft ? 2 : 1;
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kInt32}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(count_output, {ElementType::kInt32}));
  if (is_soft) TFLD_RETURN_IF_ERROR(context.RequireOutputType(1, {ElementType::kFloat32}));
  const std::int32_t boxes = context.Input(kBoxes).shape.dim(0), most = context.Output(0).shape.dim(0);
  const int scratch = context.RequestScratch(static_cast<std::size_t>(boxes) * sizeof(Candidate));
  return context.Emit("reference.non_max_suppression", [=](const RunContext& run) -> Status {
    const Limits limits{.overlap = *run.Input<float>(kOverlap),
                        .least_score = *run.Input<float>(kLeastScore),
                        .sigma = is_soft ? *run.Input<float>(kSigma) : 0.0F};
    if (limits.sigma < 0.0F) return InvalidArgument(StrCat("sigma ", limits.sigma, " is negative"));
    auto* heap = run.Scratch<Candidate>(scratch);
    std::int32_t candidates = 0;
    for (std::int32_t i = 0; i < boxes; ++i) {
      const float score = run.Input<float>(kScores)[i];
      if (!(score > limits.least_score)) continue;
      heap[candidates++] = {.box = i, .score = score, .compared = 0};
      std::push_heap(heap, heap + candidates);
    }
    auto* chosen = run.Output<std::int32_t>(0);
    float* scores = is_soft ? run.Output<float>(1) : nullptr;
    const std::int32_t count =
        Suppression(run.Input<float>(kBoxes), limits).Choose(heap, candidates, most, chosen, scores);
    std::fill(chosen + count, chosen + most, 0);
    if (is_soft) std::fill(scores + count, scores + most, 0.0F);
    *run.Output<std::int32_t>(count_output) = count;
    return {};
  });
}

}  // namespace tfld::engine::reference
