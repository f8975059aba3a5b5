// Where things are in the state directory.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/str_cat.h"

namespace tfld::daemon {

struct Layout {
  std::string root;

  std::string Lock() const { return root + "/lock"; }
  std::string Incoming() const { return root + "/incoming"; }  // what comes and what goes; emptied at start
  std::string Models() const { return root + "/models"; }
  std::string Model(const std::string& name) const { return StrCat(Models(), "/", name); }
  std::string Versions(const std::string& name) const { return Model(name) + "/versions"; }
  std::string Version(const std::string& name, std::uint64_t version) const {
    return StrCat(Versions(name), "/", version);
  }
};

inline constexpr char kStoredModelFile[] = "model.tflite";
inline constexpr char kStoredManifestFile[] = "manifest";

}  // namespace tfld::daemon
