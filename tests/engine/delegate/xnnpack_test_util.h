// Compares the XNNPACK delegate with the portable kernels on one node.
#pragma once

#include <gtest/gtest.h>

#include <cmath>

#include "engine/delegate/xnnpack/xnnpack_delegate.h"
#include "tests/engine/delegate/test_node.h"

namespace tfld::engine {

inline constexpr double kFloatTolerance = 1e-5;
inline constexpr double kOneStep = 1.0;

inline double ToleranceFor(ElementType type) { return type == ElementType::kFloat32 ? kFloatTolerance : kOneStep; }

inline Quantization PerTensor(float scale, std::int32_t zero_point) { return {{scale}, {zero_point}, 0}; }

// A zero point anywhere in the type.
inline std::int32_t DrawZeroPoint(std::mt19937& random, ElementType type) {
  return type == ElementType::kUInt8 ? Draw(random, 0, 255) : Draw(random, -128, 127);
}

inline Quantization DrawQuantization(std::mt19937& random, ElementType type) {
  if (type == ElementType::kFloat32) return {};
  return PerTensor(std::uniform_real_distribution<float>(0.004F, 0.02F)(random), DrawZeroPoint(random, type));
}

// Runs the node on both, with one thread or two, and again after its buffers moved.
inline void ExpectDelegateMatches(TestNode& node, int threads = 1) {
  ASSERT_TRUE(node.Infer().ok()) << node.Infer().ToString();
  const auto reference = PrepareReference(node);
  ASSERT_TRUE(reference.ok()) << reference.status().ToString();
  const auto delegate = NewXnnpackDelegate();
  const auto prepared = PrepareWith(*delegate, node, threads);
  ASSERT_TRUE(prepared.ok()) << prepared.status().ToString();
  ASSERT_NE(prepared->kernel, nullptr) << "declined";
  static ThreadPool pool(2);
  const Bytes expected = TestSession(node, *reference).Run().value();
  TestSession session(node, *prepared, threads > 1 ? &pool : nullptr);
  const Bytes first = session.Run().value();
  EXPECT_LE(Difference(node.output().type, expected, first), ToleranceFor(node.output().type))
      << prepared->kernel->name();
  session.MoveBuffers();
  EXPECT_EQ(session.Run().value(), first);
}

inline void ExpectDelegateDeclines(TestNode& node, std::size_t max_bytes = std::numeric_limits<std::size_t>::max()) {
  ASSERT_TRUE(node.Infer().ok()) << node.Infer().ToString();
  const auto delegate = NewXnnpackDelegate();
  const auto prepared = PrepareWith(*delegate, node, 1, max_bytes);
  ASSERT_TRUE(prepared.ok()) << prepared.status().ToString();
  EXPECT_EQ(prepared->kernel, nullptr);
}

}  // namespace tfld::engine
