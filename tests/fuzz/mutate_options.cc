#include "tests/fuzz/mutate_options.h"

#include <cstring>

#include "tests/fuzz/model_tables.h"

namespace tfld::test {
namespace {

template <typename T>
void Store(std::uint8_t* place, T value) {
  std::memcpy(place, &value, sizeof(T));
}

std::int64_t AnyInteger(Dice& dice) {
  if (dice.OneIn(4)) {
    return dice.Of<std::int64_t>({-1, 127, 128, 255, 256, 65536, 0x7FFFFFFF, -0x7FFFFFFFLL - 1, 0x7FFFFFFFFFFFFFFFLL});
  }
  return dice.Between(-2, 8);
}

float AnyFloat(Dice& dice) {
  return dice.Of({0.0F, 1.0F, -1.0F, 0.5F, 1e-30F, 1e30F, -1e30F, 6.0F, __builtin_nanf(""), __builtin_inff()});
}

void StoreAny(flatbuffers::ElementaryType type, std::uint8_t* place, Dice& dice) {
  switch (type) {
    case flatbuffers::ET_BOOL: return Store(place, static_cast<std::uint8_t>(dice.Below(2)));
    case flatbuffers::ET_CHAR:
    case flatbuffers::ET_UCHAR: return Store(place, static_cast<std::int8_t>(AnyInteger(dice)));
    case flatbuffers::ET_SHORT:
    case flatbuffers::ET_USHORT: return Store(place, static_cast<std::int16_t>(AnyInteger(dice)));
    case flatbuffers::ET_INT:
    case flatbuffers::ET_UINT: return Store(place, static_cast<std::int32_t>(AnyInteger(dice)));
    case flatbuffers::ET_LONG:
    case flatbuffers::ET_ULONG: return Store(place, AnyInteger(dice));
    case flatbuffers::ET_FLOAT: return Store(place, AnyFloat(dice));
    case flatbuffers::ET_DOUBLE: return Store(place, static_cast<double>(AnyFloat(dice)));
    default: return;  // unions, strings and tables keep what they are
  }
}

std::size_t SizeOf(flatbuffers::ElementaryType type) { return flatbuffers::InlineSize(type, nullptr); }

void MutateTable(const flatbuffers::Table& table, const flatbuffers::TypeTable& types, Dice& dice) {
  if (types.num_elems == 0) return;
  const std::size_t field = dice.Below(types.num_elems);
  const flatbuffers::TypeCode code = types.type_codes[field];
  const auto type = static_cast<flatbuffers::ElementaryType>(code.base_type);
  const auto entry = flatbuffers::FieldIndexToOffset(static_cast<flatbuffers::voffset_t>(field));
  auto* place = const_cast<std::uint8_t*>(table.GetAddressOf(entry));
  if (place == nullptr || type > flatbuffers::ET_DOUBLE || type == flatbuffers::ET_UTYPE) return;
  if (!code.is_repeating) return StoreAny(type, place, dice);
  place += flatbuffers::ReadScalar<flatbuffers::uoffset_t>(place);
  const auto count = flatbuffers::ReadScalar<flatbuffers::uoffset_t>(place);
  if (count == 0) return;
  StoreAny(type, place + sizeof(count) + dice.Below(count) * SizeOf(type), dice);
}

}  // namespace

void MutateOptions(const wire::Operator& node, Dice& dice) {
  const auto* table = static_cast<const flatbuffers::Table*>(node.builtin_options());
  const auto* types = MemberTypes(*wire::BuiltinOptionsTypeTable(), node.builtin_options_type());
  if (table == nullptr) {
    table = static_cast<const flatbuffers::Table*>(node.builtin_options_2());
    types = MemberTypes(*wire::BuiltinOptions2TypeTable(), node.builtin_options_2_type());
  }
  if (table != nullptr && types != nullptr) MutateTable(*table, *types, dice);
}

}  // namespace tfld::test
