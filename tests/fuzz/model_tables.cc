#include "tests/fuzz/model_tables.h"

namespace tfld::test {
namespace {

class AlignmentCheck {
 public:
  explicit AlignmentCheck(const std::uint8_t* start) : start_(start) {}

  bool Passes(const flatbuffers::Table& table, const flatbuffers::TypeTable& types) const {
    for (std::size_t field = 0; field < types.num_elems; ++field) {
      if (!FieldPasses(table, types, field)) return false;
    }
    return true;
  }

 private:
  static const std::uint8_t* Place(const flatbuffers::Table& table, std::size_t field) {
    return table.GetAddressOf(flatbuffers::FieldIndexToOffset(static_cast<flatbuffers::voffset_t>(field)));
  }

  static const std::uint8_t* Follow(const std::uint8_t* place) {
    return place + flatbuffers::ReadScalar<flatbuffers::uoffset_t>(place);
  }

  bool FieldPasses(const flatbuffers::Table& table, const flatbuffers::TypeTable& types, std::size_t field) const {
    const flatbuffers::TypeCode code = types.type_codes[field];
    // Others are not looked at: they may hold no offset, and those that are deprecated were not verified.
    const bool is_wide_vector = code.is_repeating && IsWide(code);
    const bool is_table = code.base_type == flatbuffers::ET_SEQUENCE && code.sequence_ref >= 0;
    const std::uint8_t* place = is_wide_vector || is_table ? Place(table, field) : nullptr;
    if (place == nullptr) return true;
    const std::uint8_t* elements = Follow(place) + sizeof(flatbuffers::uoffset_t);
    if (is_wide_vector) return (elements - start_) % 8 == 0;
    const flatbuffers::TypeTable* inner = types.type_refs[code.sequence_ref]();
    if (inner->st == flatbuffers::ST_UNION) {
      const std::uint8_t* kind = Place(table, field - 1);
      inner = kind != nullptr ? MemberTypes(*inner, *kind) : nullptr;
      if (inner == nullptr) return true;
    }
    if (!code.is_repeating) return TablePasses(place, *inner);
    const auto count = flatbuffers::ReadScalar<flatbuffers::uoffset_t>(Follow(place));
    for (flatbuffers::uoffset_t i = 0; i < count; ++i) {
      if (!TablePasses(elements + i * sizeof(flatbuffers::uoffset_t), *inner)) return false;
    }
    return true;
  }

  bool TablePasses(const std::uint8_t* place, const flatbuffers::TypeTable& types) const {
    return Passes(*reinterpret_cast<const flatbuffers::Table*>(Follow(place)), types);
  }

  static bool IsWide(flatbuffers::TypeCode code) {
    return code.base_type == flatbuffers::ET_LONG || code.base_type == flatbuffers::ET_ULONG ||
           code.base_type == flatbuffers::ET_DOUBLE;
  }

  const std::uint8_t* start_;
};

}  // namespace

const flatbuffers::TypeTable* MemberTypes(const flatbuffers::TypeTable& members, std::size_t value) {
  if (value >= members.num_elems || members.type_codes[value].sequence_ref < 0) return nullptr;
  return members.type_refs[members.type_codes[value].sequence_ref]();
}

bool WideVectorsAreAligned(const std::uint8_t* start) {
  return AlignmentCheck(start).Passes(*flatbuffers::GetRoot<flatbuffers::Table>(start), *wire::ModelTypeTable());
}

}  // namespace tfld::test
