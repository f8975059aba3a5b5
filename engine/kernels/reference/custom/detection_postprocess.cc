// TFLite_Detection_PostProcess: from the box encodings and class scores of an SSD model to its detections.
//
// Inputs: encodings [1, boxes, >= 4] as (y, x, h, w), scores [1, boxes, classes (+ 1 background)], anchors [boxes, 4]
// as (y, x, h, w); float or 8 bits. Outputs in float: boxes [1, n, 4] as (y_min, x_min, y_max, x_max), classes [1, n],
// scores [1, n], count [1], n = max_detections * max_classes_per_detection. What no detection fills is 0.
#include <cmath>
#include <numeric>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/custom/box_selection.h"
#include "engine/kernels/reference/custom/custom.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/flex_options.h"

namespace tfld::engine::reference {
namespace {

constexpr int kEncodings = 0, kScores = 1, kAnchors = 2;
constexpr int kDetectedBoxes = 0, kDetectedClasses = 1, kDetectedScores = 2, kCount = 3;
constexpr int kCoordinates = 4;
constexpr std::int32_t kMaxDetections = 1 << 16;

struct Options {
  std::int32_t max_detections, max_classes_per_detection, detections_per_class, num_classes;
  bool use_regular_nms;
  BoxSelection select;
  float y_scale, x_scale, h_scale, w_scale;

  static Result<Options> Read(const OpContext& context);
};

Result<Options> Options::Read(const OpContext& context) {
  TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
  Options o{};
  TFLD_ASSIGN_OR_RETURN(o.max_detections, options.IntBetween("max_detections", 0, kMaxDetections));
  TFLD_ASSIGN_OR_RETURN(o.max_classes_per_detection, options.IntBetween("max_classes_per_detection", 1, 1024));
  TFLD_ASSIGN_OR_RETURN(o.num_classes, options.IntBetween("num_classes", 1, 1 << 20));
  o.detections_per_class = 100;
  if (options.Has("detections_per_class")) {
    TFLD_ASSIGN_OR_RETURN(o.detections_per_class, options.IntBetween("detections_per_class", 1, kMaxDetections));
  }
  if (options.Has("use_regular_nms")) {
    TFLD_ASSIGN_OR_RETURN(o.use_regular_nms, options.Bool("use_regular_nms"));
  }
  TFLD_ASSIGN_OR_RETURN(o.select.min_score, options.Float("nms_score_threshold"));
  TFLD_ASSIGN_OR_RETURN(o.select.max_overlap, options.Float("nms_iou_threshold"));
  if (!(o.select.max_overlap > 0 && o.select.max_overlap <= 1)) {
    return context.Error(StrCat("nms_iou_threshold ", o.select.max_overlap, " is not above 0 and at most 1"));
  }
  TFLD_ASSIGN_OR_RETURN(o.y_scale, options.Float("y_scale"));
  TFLD_ASSIGN_OR_RETURN(o.x_scale, options.Float("x_scale"));
  TFLD_ASSIGN_OR_RETURN(o.h_scale, options.Float("h_scale"));
  TFLD_ASSIGN_OR_RETURN(o.w_scale, options.Float("w_scale"));
  return o;
}

// Reads an input as floats.
struct FloatReader {
  int input;
  ElementType type;
  float scale;
  float zero_point;

  static Result<FloatReader> Make(const OpContext& context, int input) {
    TFLD_RETURN_IF_ERROR(
        context.RequireInputType(input, {ElementType::kFloat32, ElementType::kUInt8, ElementType::kInt8}));
    const Value& value = context.Input(input);
    if (value.type != ElementType::kFloat32) TFLD_RETURN_IF_ERROR(context.RequireQuantized(value));
    return FloatReader{input, value.type, value.scale(), static_cast<float>(value.zero_point())};
  }

  float operator()(const RunContext& run, std::int64_t index) const {
    if (type == ElementType::kFloat32) return run.Input<float>(input)[index];
    const float stored =
        type == ElementType::kUInt8 ? run.Input<std::uint8_t>(input)[index] : run.Input<std::int8_t>(input)[index];
    return (stored - zero_point) * scale;
  }
};

// The buffers of one run: the inputs in float, and the outputs.
struct Work {
  std::span<Box> boxes;
  float* scores;         // [box][class with background]
  float* class_scores;   // one a box
  std::int32_t* order;   // one a box
  std::int32_t* chosen;  // one a box
  Box* detected_boxes;
  float* detected_classes;
  float* detected_scores;
};

class DetectionPostProcess {
 public:
  Options options;
  FloatReader encodings, scores, anchors;
  std::int32_t boxes, encoding_size, columns;  // columns: classes, and the background where the model has one

  // Decodes boxes relative to their anchors; an error for one that is inside out.
  Status Decode(const RunContext& run, std::span<Box> decoded) const;
  // One class at a time, then the best of all classes. Returns the number of detections.
  struct Candidate {
    float score;
    std::int32_t index;  // into scores
  };
  int SelectInEachClass(const Work& work, Candidate* candidates, Candidate* best) const;
  // Boxes by their best class; each comes with its best classes.
  int SelectAcrossClasses(const Work& work, std::int32_t* classes) const;

 private:
  std::int32_t offset() const { return columns - options.num_classes; }
};

Status DetectionPostProcess::Decode(const RunContext& run, std::span<Box> decoded) const {
  for (std::size_t i = 0; i < decoded.size(); ++i) {
    const auto e = [&](int k) -> double { return encodings(run, static_cast<std::int64_t>(i) * encoding_size + k); };
    const auto a = [&](int k) -> double { return anchors(run, static_cast<std::int64_t>(i) * kCoordinates + k); };
    const auto y = static_cast<float>(e(0) / double{options.y_scale} * a(2) + a(0));
    const auto x = static_cast<float>(e(1) / double{options.x_scale} * a(3) + a(1));
    const auto half_h = static_cast<float>(0.5 * std::exp(e(2) / double{options.h_scale}) * a(2));
    const auto half_w = static_cast<float>(0.5 * std::exp(e(3) / double{options.w_scale}) * a(3));
    decoded[i] = {y - half_h, x - half_w, y + half_h, x + half_w};
    if (decoded[i].y_min > decoded[i].y_max || decoded[i].x_min > decoded[i].x_max) {
      return InvalidArgument(StrCat("box ", i, " is inside out"));
    }
  }
  return {};
}

// The best of `count` values, in falling order.
void SortBest(std::int32_t* indices, int count, int best, const auto& value) {
  std::iota(indices, indices + count, 0);
  std::partial_sort(indices, indices + best, indices + count,
                    [&](std::int32_t a, std::int32_t b) { return value(a) > value(b); });
}

int DetectionPostProcess::SelectInEachClass(const Work& work, Candidate* candidates, Candidate* best) const {
  int kept = 0;
  for (std::int32_t c = offset(); c < columns; ++c) {
    for (std::int32_t i = 0; i < boxes; ++i) work.class_scores[i] = work.scores[std::int64_t{i} * columns + c];
    const int chosen =
        options.select(work.boxes, work.class_scores, work.order, work.chosen, options.detections_per_class);
    const int earlier = kept;
    int count = kept;
    for (int i = 0; i < chosen; ++i) {
      candidates[count++] = {work.class_scores[work.chosen[i]], work.chosen[i] * columns + c};
    }
    kept = std::min(count, options.max_detections);
    // Both parts are in order already: of equal scores, those of an earlier class stay in front.
    std::merge(candidates, candidates + earlier, candidates + earlier, candidates + count, best,
               [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
    std::copy_n(best, kept, candidates);
  }
  for (int i = 0; i < kept; ++i) {
    work.detected_boxes[i] = work.boxes[static_cast<std::size_t>(best[i].index / columns)];
    work.detected_classes[i] = static_cast<float>(best[i].index % columns - offset());
    work.detected_scores[i] = best[i].score;
  }
  return kept;
}

int DetectionPostProcess::SelectAcrossClasses(const Work& work, std::int32_t* classes) const {
  const int kept = std::min(options.max_classes_per_detection, options.num_classes);
  const auto sort_classes = [&](std::int32_t box) {
    const float* of_box = work.scores + std::int64_t{box} * columns + offset();
    SortBest(classes, options.num_classes, kept, [of_box](std::int32_t i) { return of_box[i]; });
    return of_box;
  };
  for (std::int32_t i = 0; i < boxes; ++i) {
    const float* of_box = work.scores + std::int64_t{i} * columns + offset();
    work.class_scores[i] = *std::max_element(of_box, of_box + options.num_classes);
  }
  const int chosen = options.select(work.boxes, work.class_scores, work.order, work.chosen, options.max_detections);
  for (int i = 0; i < chosen; ++i) {
    const float* of_box = sort_classes(work.chosen[i]);
    for (int c = 0; c < kept; ++c) {
      const int at = options.max_classes_per_detection * i + c;
      work.detected_boxes[at] = work.boxes[static_cast<std::size_t>(work.chosen[i])];
      work.detected_classes[at] = static_cast<float>(classes[c]);
      work.detected_scores[at] = of_box[classes[c]];
    }
  }
  return chosen;
}

Status CheckShapes(const OpContext& context, const Options& options) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kEncodings, 3, 3));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kScores, 3, 3));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kAnchors, 2, 2));
  const Shape& encodings = context.Input(kEncodings).shape;
  const Shape& scores = context.Input(kScores).shape;
  const Shape& anchors = context.Input(kAnchors).shape;
  const std::int32_t background = scores.dim(2) - options.num_classes;
  if (encodings.dim(0) != 1 || scores.dim(0) != 1 || encodings.dim(1) != scores.dim(1) ||
      encodings.dim(1) != anchors.dim(0) || encodings.dim(2) < kCoordinates || anchors.dim(1) != kCoordinates) {
    return context.Error(StrCat("encodings ", encodings.ToString(), ", scores ", scores.ToString(), " and anchors ",
                                anchors.ToString(), " do not go together"));
  }
  if (background < 0 || background > 1 || scores.NumElements() > std::numeric_limits<std::int32_t>::max()) {
    return context.Error(StrCat("num_classes ", options.num_classes, " with scores ", scores.ToString()));
  }
  return {};
}

}  // namespace

Status InferDetectionPostProcess(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Options options, Options::Read(context));
  TFLD_RETURN_IF_ERROR(CheckShapes(context, options));
  const std::int32_t count = options.max_detections * options.max_classes_per_detection;
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(kDetectedBoxes, {1, count, kCoordinates}));
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(kDetectedClasses, {1, count}));
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(kDetectedScores, {1, count}));
  return context.SetOutputShape(kCount, {1});
}

Status PrepareDetectionPostProcess(PrepareContext& context) {
  for (int i = 0; i < context.num_outputs(); ++i) {
    TFLD_RETURN_IF_ERROR(context.RequireOutputType(i, {ElementType::kFloat32}));
  }
  DetectionPostProcess op{};
  TFLD_ASSIGN_OR_RETURN(op.options, Options::Read(context));
  TFLD_ASSIGN_OR_RETURN(op.encodings, FloatReader::Make(context, kEncodings));
  TFLD_ASSIGN_OR_RETURN(op.scores, FloatReader::Make(context, kScores));
  TFLD_ASSIGN_OR_RETURN(op.anchors, FloatReader::Make(context, kAnchors));
  op.boxes = context.Input(kEncodings).shape.dim(1);
  op.encoding_size = context.Input(kEncodings).shape.dim(2);
  op.columns = context.Input(kScores).shape.dim(2);

  using Candidate = DetectionPostProcess::Candidate;
  const auto boxes = static_cast<std::size_t>(op.boxes);
  const auto count = static_cast<std::size_t>(context.Output(kDetectedScores).shape.dim(1));
  const std::size_t candidates = boxes + static_cast<std::size_t>(op.options.max_detections);
  const std::size_t elements = boxes * static_cast<std::size_t>(op.columns);
  const int decoded = context.RequestScratch(boxes * sizeof(Box));
  const int scores = context.RequestScratch(elements * sizeof(float));
  const int class_scores = context.RequestScratch(boxes * sizeof(float));
  const int order = context.RequestScratch(boxes * sizeof(std::int32_t));
  const int chosen = context.RequestScratch(boxes * sizeof(std::int32_t));
  const int sorted = context.RequestScratch(static_cast<std::size_t>(op.columns) * sizeof(std::int32_t));
  const int pool = context.RequestScratch(candidates * sizeof(Candidate));
  const int best = context.RequestScratch(candidates * sizeof(Candidate));
  return context.Emit("reference.detection_postprocess", [=](const RunContext& run) -> Status {
    const Work work{.boxes = {run.Scratch<Box>(decoded), boxes},
                    .scores = run.Scratch<float>(scores),
                    .class_scores = run.Scratch<float>(class_scores),
                    .order = run.Scratch<std::int32_t>(order),
                    .chosen = run.Scratch<std::int32_t>(chosen),
                    .detected_boxes = run.Output<Box>(kDetectedBoxes),
                    .detected_classes = run.Output<float>(kDetectedClasses),
                    .detected_scores = run.Output<float>(kDetectedScores)};
    TFLD_RETURN_IF_ERROR(op.Decode(run, work.boxes));
    for (std::size_t i = 0; i < elements; ++i) work.scores[i] = op.scores(run, static_cast<std::int64_t>(i));
    std::fill_n(work.detected_boxes, count, Box{});
    std::fill_n(work.detected_classes, count, 0.0F);
    std::fill_n(work.detected_scores, count, 0.0F);
    const int found = op.options.use_regular_nms
                          ? op.SelectInEachClass(work, run.Scratch<Candidate>(pool), run.Scratch<Candidate>(best))
                          : op.SelectAcrossClasses(work, run.Scratch<std::int32_t>(sorted));
    *run.Output<float>(kCount) = static_cast<float>(found);
    return {};
  });
}

}  // namespace tfld::engine::reference
