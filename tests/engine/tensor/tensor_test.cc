#include <gtest/gtest.h>

#include <vector>

#include "engine/tensor/element_type.h"
#include "engine/tensor/shape.h"

namespace tfld::engine {
namespace {

TEST(ElementType, NamesAreUniqueAndFoundAgain) {
  for (int i = 0; i < kElementTypeCount; ++i) {
    const auto type = static_cast<ElementType>(i);
    EXPECT_EQ(ElementTypeFromName(ElementTypeName(type)), type);
  }
  EXPECT_FALSE(ElementTypeFromName("int7").has_value());
}

TEST(ElementType, PackedTypesRoundUpToWholeBytes) {
  EXPECT_EQ(ByteSize(ElementType::kInt4, 3), 2U);
  EXPECT_EQ(ByteSize(ElementType::kInt2, 5), 2U);
  EXPECT_EQ(ByteSize(ElementType::kFloat32, 3), 12U);
  EXPECT_EQ(ByteSize(ElementType::kString, 3), 0U);
}

TEST(Shape, ScalarHasOneElement) {
  EXPECT_EQ(Shape{}.NumElements(), 1);
  EXPECT_EQ(Shape{}.ToString(), "[]");
}

TEST(Shape, ExtendsInFrontForBroadcasting) {
  const Shape shape{3, 5};
  EXPECT_EQ(shape.ExtendedDim(0, 4), 1);
  EXPECT_EQ(shape.ExtendedDim(2, 4), 3);
  EXPECT_EQ(shape.ExtendedDim(3, 4), 5);
}

TEST(Shape, RefusesWhatOverflows) {
  const std::vector<std::int32_t> too_many(9, 1);
  EXPECT_FALSE(Shape::Make(too_many).ok());
  const std::vector<std::int32_t> negative = {2, -1};
  EXPECT_FALSE(Shape::Make(negative).ok());
  const std::vector<std::int32_t> huge(8, 1 << 30);
  EXPECT_FALSE(Shape::Make(huge).ok());
  const std::vector<std::int32_t> huge_with_zero = {1 << 30, 1 << 30, 0};
  EXPECT_FALSE(Shape::Make(huge_with_zero).ok());
  const std::vector<std::int32_t> good = {1, 224, 224, 3};
  ASSERT_TRUE(Shape::Make(good).ok());
  EXPECT_EQ(Shape::Make(good)->NumElements(), 224 * 224 * 3);
}

}  // namespace
}  // namespace tfld::engine
