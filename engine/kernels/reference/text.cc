// EQUAL and NOT_EQUAL of strings, and SKIP_GRAM.
#include "engine/kernels/reference/text.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/broadcast.h"
#include "engine/kernels/reference/reference.h"
#include "engine/tensor/string_tensor.h"

namespace tfld::engine::reference {
namespace {

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find(' ', begin);
    const std::string_view word = text.substr(begin, end - begin);
    if (!word.empty()) words.push_back(word);
    if (end == std::string_view::npos) return words;
    begin = end + 1;
  }
}

// All sequences of words that begin with `chosen`, whose neighbours have at most `max_skip` words between them.
class SkipGrams {
 public:
  SkipGrams(std::string_view text, const SkipGramAttributes& options) : words_(Words(text)), options_(options) {
    std::vector<std::size_t> chosen;
    for (std::size_t first = 0; first < words_.size(); ++first) {
      chosen.assign(1, first);
      Extend(chosen);
    }
  }

  const std::vector<std::string>& all() const { return all_; }

 private:
  void Extend(std::vector<std::size_t>& chosen) {
    const auto size = static_cast<int>(chosen.size());
    if (size < options_.ngram_size) {
      const std::size_t end = chosen.back() + static_cast<std::size_t>(options_.max_skip_size) + 2;
      for (std::size_t next = chosen.back() + 1; next < std::min(end, words_.size()); ++next) {
        chosen.push_back(next);
        Extend(chosen);
        chosen.pop_back();
      }
    }
    if (size == options_.ngram_size || options_.include_all_ngrams) Add(chosen);  // the longer ones come first
  }

  void Add(const std::vector<std::size_t>& chosen) {
    std::string gram;
    for (const std::size_t word : chosen) {
      if (!gram.empty()) gram += ' ';
      gram += words_[word];
    }
    all_.push_back(std::move(gram));
  }

  std::vector<std::string_view> words_;
  const SkipGramAttributes& options_;
  std::vector<std::string> all_;
};

// The number of sequences grows with a power; what no model wants is refused before it is computed.
constexpr int kMaxGramSize = 8;
constexpr int kMaxSkip = 16;

Result<std::vector<std::string>> GramsOf(const OpContext& context) {
  const auto& options = context.attributes<SkipGramAttributes>();
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kString}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kString}));
  if (options.ngram_size < 1 || options.ngram_size > kMaxGramSize || options.max_skip_size < 0 ||
      options.max_skip_size > kMaxSkip) {
    return context.Error(StrCat("sequences of ", options.ngram_size, " words with ", options.max_skip_size,
                                " skipped; expected 1 to ", kMaxGramSize, " with at most ", kMaxSkip));
  }
  const Value& input = context.Input(0);
  if (input.shape.NumElements() != 1) return context.Error("the input is not one string");
  if (!input.is_constant) return context.NeedsData(0);
  return SkipGrams(StringReader(input.data.data())[0], options).all();
}

std::vector<std::string_view> AllOf(const std::byte* tensor) {
  const StringReader reader(tensor);
  std::vector<std::string_view> all;
  for (std::size_t i = 0; i < reader.size(); ++i) all.push_back(reader[i]);
  return all;
}

}  // namespace

Status PrepareCompareText(PrepareContext& context, bool when_equal) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(1, {ElementType::kString}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kBool}));
  const Broadcast broadcast(context.Input(0).shape, context.Input(1).shape);
  return context.Emit("reference.compare_text", [broadcast, when_equal](const RunContext& run) -> Status {
    const auto a = AllOf(run.Input<std::byte>(0));
    const auto b = AllOf(run.Input<std::byte>(1));
    broadcast.Apply(a.data(), b.data(), run.Output<bool>(0),
                    [when_equal](std::string_view x, std::string_view y) { return (x == y) == when_equal; });
    return {};
  });
}

Status InferSkipGram(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const auto grams, GramsOf(context));
  return context.SetOutputShape(0, {static_cast<std::int32_t>(grams.size())});
}

Status PrepareSkipGram(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(auto grams, GramsOf(context));
  return context.Emit("reference.skip_gram", [grams = std::move(grams)](const RunContext& run) -> Status {
    TFLD_ASSIGN_OR_RETURN(std::byte* const output, run.resizer->Resize(0, StringTensorBytes(grams)));
    WriteStrings(grams, output);
    return {};
  });
}

}  // namespace tfld::engine::reference
