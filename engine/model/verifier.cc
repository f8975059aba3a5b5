#include "engine/model/verifier.h"

#include <algorithm>
#include <cstdint>

#include "engine/base/str_cat.h"
#include "engine/model/locate.h"
#include "tflite_generated.h"

namespace tfld::engine {
namespace {

// Deep enough for every table of the format (8 levels), shallow enough for any stack.
constexpr int kMaxDepth = 32;
constexpr int kMaxTables = 10'000'000;
// What FlatBuffers takes at most, as its offsets have 32 bits; constants may lie behind that.
constexpr std::size_t kMaxFlatBufferBytes = (std::size_t{1} << 31) - 2;

}  // namespace

Status VerifyStructure(std::span<const std::byte> bytes) {
  constexpr std::size_t kHeaderBytes = 8;  // root offset and file identifier
  if (bytes.size() < kHeaderBytes) {
    return InvalidArgument(
        StrCat("offset ", bytes.size(), ": the file ends inside of its header of ", kHeaderBytes, " bytes"));
  }
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  if (!wire::ModelBufferHasIdentifier(data)) {
    return InvalidArgument("offset 4: no TensorFlow Lite model, the file identifier is not TFL3");
  }
  flatbuffers::Verifier verifier(data, std::min(bytes.size(), kMaxFlatBufferBytes), kMaxDepth, kMaxTables);
  if (wire::VerifyModelBuffer(verifier)) return {};
  return InvalidArgument(LocateDamage(bytes));
}

}  // namespace tfld::engine
