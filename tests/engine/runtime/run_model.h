// Loads and runs small models in tests of sessions.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/tensor/string_tensor.h"
#include "tests/support/model_builder.h"
#include "tfld/engine.h"

namespace tfld::engine {

inline Result<std::unique_ptr<Session>> TryLoad(const std::vector<std::byte>& bytes, const Limits& limits = {}) {
  auto model = Model::FromBytes(bytes, "m", limits);
  if (!model.ok()) return model.status();
  TFLD_ASSIGN_OR_RETURN(auto executable,
                        Executable::Create(*model, {.backend = Backend::kReference, .limits = limits}));
  return executable->NewSession();
}

inline std::unique_ptr<Session> LoadSession(const std::vector<std::byte>& bytes) {
  auto session = TryLoad(bytes);
  EXPECT_TRUE(session.ok()) << session.status().ToString();
  return session.ok() ? std::move(session).value() : nullptr;
}

template <typename T>
Status Set(Session& session, int input, const std::vector<T>& values) {
  return session.SetInput(input, std::as_bytes(std::span(values)));
}

inline Status SetStrings(Session& session, int input, const std::vector<std::string>& values) {
  return session.SetInput(input, EncodeStrings(values));
}

template <typename T>
std::vector<T> Get(const Session& session, int output) {
  const auto values = session.Output(output).As<T>();
  return {values.begin(), values.end()};
}

inline std::vector<std::string> GetStrings(const Session& session, int output) {
  const StringReader reader(session.Output(output).bytes.data());
  std::vector<std::string> strings;
  for (std::size_t i = 0; i < reader.size(); ++i) strings.emplace_back(reader[i]);
  return strings;
}

}  // namespace tfld::engine
