#include "engine/model/locate.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "engine/base/str_cat.h"
#include "tflite_generated.h"

namespace tfld::engine {
namespace {

// Verifies one part after the other and stops at the first that fails. Each part gets a fresh verifier, so that the
// count of tables does not add up.
class Locator {
 public:
  explicit Locator(std::span<const std::byte> bytes)
      : base_(reinterpret_cast<const std::uint8_t*>(bytes.data())),
        size_(std::min(bytes.size(), (std::size_t{1} << 31) - 1)) {}

  std::string Run() {
    if (!RootIsInside()) return StrCat("offset 0: the root lies outside of the file (", size_, " bytes)");
    const auto* model = flatbuffers::GetRoot<wire::Model>(base_);
    if (!TableHeader(model)) return Describe(model, "the root table");
    if (auto found = Each<wire::OperatorCode>(model, wire::Model::VT_OPERATOR_CODES, "operator code")) return *found;
    if (auto found = SubGraphs(model)) return *found;
    if (auto found = Each<wire::Buffer>(model, wire::Model::VT_BUFFERS, "buffer")) return *found;
    if (auto found = Each<wire::Metadata>(model, wire::Model::VT_METADATA, "metadata entry")) return *found;
    if (auto found = Each<wire::SignatureDef>(model, wire::Model::VT_SIGNATURE_DEFS, "signature")) return *found;
    return Describe(model, "a field of the model");
  }

 private:
  flatbuffers::Verifier NewVerifier() const { return {base_, size_, 32, 10'000'000}; }

  bool RootIsInside() const {
    const auto root = flatbuffers::ReadScalar<flatbuffers::uoffset_t>(base_);
    return root >= 4 && root <= size_ - sizeof(flatbuffers::soffset_t) && root % sizeof(flatbuffers::uoffset_t) == 0;
  }

  // The table's virtual table is inside of the file, so fields may be looked up.
  bool TableHeader(const void* table) const {
    auto verifier = NewVerifier();
    return verifier.VerifyTableStart(static_cast<const std::uint8_t*>(table));
  }

  std::string Describe(const void* at, std::string_view part) const {
    return StrCat("offset ", reinterpret_cast<const std::uint8_t*>(at) - base_, ": ", part,
                  " reaches outside of the file or is misaligned");
  }

  // The first table of a vector of tables that does not verify; the vector itself when it is not inside.
  template <typename T>
  std::optional<std::string> Each(const void* owner, flatbuffers::voffset_t field, std::string_view name) const {
    const auto* vector = Vector<T>(owner, field);
    if (vector == nullptr) return std::nullopt;
    if (!VectorIsInside(vector)) return Describe(vector, StrCat("the list of every ", name));
    for (flatbuffers::uoffset_t i = 0; i < vector->size(); ++i) {
      auto verifier = NewVerifier();
      const T* element = vector->Get(i);
      if (!element->Verify(verifier)) return Describe(element, StrCat(name, " ", i));
    }
    return std::nullopt;
  }

  std::optional<std::string> SubGraphs(const wire::Model* model) const {
    const auto* subgraphs = Vector<wire::SubGraph>(model, wire::Model::VT_SUBGRAPHS);
    if (subgraphs == nullptr || !VectorIsInside(subgraphs)) return std::nullopt;
    for (flatbuffers::uoffset_t i = 0; i < subgraphs->size(); ++i) {
      const wire::SubGraph* subgraph = subgraphs->Get(i);
      if (!TableHeader(subgraph)) return Describe(subgraph, StrCat("subgraph ", i));
      const std::string where = StrCat("subgraph ", i, ", ");
      if (auto found = Each<wire::Tensor>(subgraph, wire::SubGraph::VT_TENSORS, where + "tensor")) return found;
      if (auto found = Each<wire::Operator>(subgraph, wire::SubGraph::VT_OPERATORS, where + "node")) return found;
      auto verifier = NewVerifier();
      if (!subgraph->Verify(verifier)) return Describe(subgraph, StrCat("subgraph ", i));
    }
    return std::nullopt;
  }

  // Null when the field is absent or its offset leads outside of the file.
  template <typename T>
  const flatbuffers::Vector<flatbuffers::Offset<T>>* Vector(const void* owner, flatbuffers::voffset_t field) const {
    auto verifier = NewVerifier();
    if (!verifier.VerifyTableStart(static_cast<const std::uint8_t*>(owner))) return nullptr;
    const auto* table = static_cast<const flatbuffers::Table*>(owner);
    const auto* at = table->GetAddressOf(field);
    if (at == nullptr || static_cast<std::size_t>(at - base_) + sizeof(flatbuffers::uoffset_t) > size_) return nullptr;
    if (verifier.VerifyOffset(static_cast<std::size_t>(at - base_)) == 0) return nullptr;
    return table->GetPointer<const flatbuffers::Vector<flatbuffers::Offset<T>>*>(field);
  }

  // The vector's length and elements are inside of the file, and each element leads to a place inside.
  template <typename T>
  bool VectorIsInside(const flatbuffers::Vector<flatbuffers::Offset<T>>* vector) const {
    auto verifier = NewVerifier();
    if (!verifier.VerifyVector(vector)) return false;
    for (flatbuffers::uoffset_t i = 0; i < vector->size(); ++i) {
      const auto offset = static_cast<std::size_t>(vector->Data() - base_) + i * sizeof(flatbuffers::uoffset_t);
      if (verifier.VerifyOffset(offset) == 0) return false;
    }
    return true;
  }

  const std::uint8_t* base_;
  std::size_t size_;
};

}  // namespace

std::string LocateDamage(std::span<const std::byte> bytes) { return Locator(bytes).Run(); }

}  // namespace tfld::engine
