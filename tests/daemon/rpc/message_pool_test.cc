#include "daemon/rpc/message_pool.h"

#include <gtest/gtest.h>

#include <string>

namespace tfld::daemon {
namespace {

TEST(MessagePool, MessagesAreUsedAgainAndEmpty) {
  MessagePool pool;
  auto* first = pool.AllocateMessages();
  first->response()->add_raw_output_contents("answer");
  first->Release();
  auto* second = pool.AllocateMessages();
  EXPECT_EQ(second, first);
  EXPECT_EQ(second->response()->raw_output_contents_size(), 0);
  auto* third = pool.AllocateMessages();
  EXPECT_NE(third, second);
  second->Release();
  third->Release();
}

TEST(MessagePool, WhatWaitsIsBounded) {
  MessagePool pool;
  auto* large = pool.AllocateMessages();
  auto* small = pool.AllocateMessages();
  large->request()->add_raw_input_contents(std::string(MessagePool::kMaxKeptBytes, 'x'));
  small->Release();
  large->Release();  // too much to be kept
  EXPECT_EQ(pool.AllocateMessages(), small);
  small->Release();
}

}  // namespace
}  // namespace tfld::daemon
