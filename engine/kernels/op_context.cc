#include "engine/kernels/op_context.h"

#include <cmath>
#include <limits>

#include "engine/base/str_cat.h"
#include "engine/graph/printer.h"

namespace tfld::engine {
namespace {

std::string ListTypes(std::initializer_list<ElementType> types) {
  std::string out;
  for (const ElementType type : types) {
    if (!out.empty()) out += ", ";
    out += ElementTypeName(type);
  }
  return out;
}

bool Contains(std::initializer_list<ElementType> types, ElementType type) {
  for (const ElementType candidate : types) {
    if (candidate == type) return true;
  }
  return false;
}

}  // namespace

std::string OpContext::Where() const {
  return StrCat(DescribeNode(graph_, node_index_), " version ", node().version, ": ");
}

Status OpContext::Error(std::string_view message) const { return InvalidArgument(Where() + std::string(message)); }

Status OpContext::Unsupported(std::string_view message) const { return Unimplemented(Where() + std::string(message)); }

Status OpContext::RequireInputType(int index, std::initializer_list<ElementType> types) const {
  if (!HasInput(index)) return Error(StrCat("input ", index, " is missing"));
  if (Contains(types, Input(index).type)) return {};
  return Unsupported(StrCat("input ", index, " is ",
                            DescribeValue(graph_, node().inputs[static_cast<std::size_t>(index)]), "; supported are ",
                            ListTypes(types)));
}

Status OpContext::RequireOutputType(int index, std::initializer_list<ElementType> types) const {
  if (Contains(types, Output(index).type)) return {};
  return Unsupported(StrCat("output ", index, " is ",
                            DescribeValue(graph_, node().outputs[static_cast<std::size_t>(index)]), "; supported are ",
                            ListTypes(types)));
}

Status OpContext::RequireSameType(int input_index, int output_index) const {
  if (Input(input_index).type == Output(output_index).type) return {};
  return Error(StrCat("output ", output_index, " is ", ElementTypeName(Output(output_index).type), " but input ",
                      input_index, " is ", ElementTypeName(Input(input_index).type)));
}

Status OpContext::RequireInputRank(int index, int min_rank, int max_rank) const {
  if (!HasInput(index)) return Error(StrCat("input ", index, " is missing"));
  const int rank = Input(index).shape.rank();
  if (rank >= min_rank && rank <= max_rank) return {};
  return Error(StrCat("input ", index, " has shape ", Input(index).shape.ToString(), "; expected a rank from ",
                      min_rank, " to ", max_rank));
}

Status OpContext::RequireQuantized(const Value& value) const {
  if (value.quantization->scales.size() == 1) return {};
  return Error(StrCat("tensor ", value.name, " of type ", ElementTypeName(value.type), " has ",
                      value.quantization->scales.size(), " scales; expected one"));
}

Result<std::vector<std::int32_t>> OpContext::ConstantInts(int index) const {
  if (const auto ints = Constant<std::int32_t>(index)) return std::vector<std::int32_t>(ints->begin(), ints->end());
  if (const auto longs = Constant<std::int64_t>(index)) {
    std::vector<std::int32_t> narrowed;
    for (const std::int64_t element : *longs) {
      if (element < std::numeric_limits<std::int32_t>::min() || element > std::numeric_limits<std::int32_t>::max()) {
        return Error(StrCat("element ", element, " of input ", index, " is out of range"));
      }
      narrowed.push_back(static_cast<std::int32_t>(element));
    }
    return narrowed;
  }
  TFLD_RETURN_IF_ERROR(RequireInputType(index, {ElementType::kInt32, ElementType::kInt64}));
  return NeedsData(index);
}

Status OpContext::NeedsData(int index) const {
  if (!HasInput(index)) return Error(StrCat("input ", index, " is missing"));
  needed_inputs_.push_back(index);
  return Unsupported(StrCat("input ", index, " must be a constant, it is ",
                            DescribeValue(graph_, node().inputs[static_cast<std::size_t>(index)])));
}

const Graph* OpContext::Subgraph(int index) const { return caller_ == nullptr ? nullptr : caller_->Find(index); }

void InferContext::SetOutputDynamic(int index) {
  graph_.value(node().outputs[static_cast<std::size_t>(index)]).is_dynamic = true;
}

Status InferContext::SetOutputShape(int index, const Shape& shape) {
  if (const Status status = shape.Validate(); !status.ok())
    return Error(StrCat("output ", index, ": ", status.message()));
  graph_.value(node().outputs[static_cast<std::size_t>(index)]).shape = shape;
  return {};
}

}  // namespace tfld::engine
