// Links the client library and sees that no daemon is where it looks.
#include <tfld/client.h>

#include <cstdio>

int main() {
  const auto client = tfld::Client::Connect({.runtime_dir = "/nonexistent"});
  std::printf("tfld::client: %s\n", client.status().ToString().c_str());
  return client.status().code() == tfld::StatusCode::kUnavailable ? 0 : 1;
}
