#include "daemon/store/manifest.h"

#include <nlohmann/json.hpp>

#include "daemon/store/digest.h"
#include "daemon/store/names.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;
constexpr std::size_t kMaxLabels = 100'000;
constexpr int kMaxNesting = 16;

// The parser keeps its own stack, but what it builds is deep enough only for what a manifest can be.
bool IsTooDeep(std::string_view text) {
  int depth = 0;
  for (const char c : text) {
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > kMaxNesting) return true;
  }
  return false;
}

Result<FileDigest> FileFromJson(const std::string& path, const Json& json) {
  FileDigest file{json.at("sha256"), json.at("size")};
  if (!IsSha256(file.sha256)) return InvalidArgument(StrCat(path, ": its sha256 is not 64 lower-case hex digits"));
  return file;
}

Result<Manifest> ManifestFromJson(const Json& json) {
  if (json.at("format").get<int>() != kFormat) {
    return InvalidArgument(StrCat("format is ", json.at("format").dump(), ", expected ", kFormat));
  }
  Manifest manifest;
  manifest.name = json.value("name", "");
  manifest.version = json.value("version", std::uint64_t{0});
  manifest.labels = json.value("labels", std::vector<std::string>());
  if (manifest.labels.size() > kMaxLabels) {
    return InvalidArgument(StrCat("has ", manifest.labels.size(), " labels, expected at most ", kMaxLabels));
  }
  if (!json.contains("files")) return manifest;
  if (!json.at("files").is_object()) return InvalidArgument("files is no object");
  for (const auto& [path, entry] : json.at("files").items()) {
    TFLD_RETURN_IF_ERROR(CheckPackagePath(path));
    TFLD_ASSIGN_OR_RETURN(manifest.files[path], FileFromJson(path, entry));
  }
  return manifest;
}

}  // namespace

Result<Manifest> ParseManifest(std::string_view text) {
  if (text.size() > kMaxManifestBytes) return InvalidArgument(StrCat("manifest: larger than ", kMaxManifestBytes));
  if (IsTooDeep(text)) return InvalidArgument("manifest: nested too deeply");
  try {
    auto manifest = ManifestFromJson(Json::parse(text));
    if (!manifest.ok()) return manifest.status().WithContext("manifest");
    return manifest;
  } catch (const Json::exception& error) {
    return InvalidArgument(StrCat("manifest: ", error.what()));
  }
}

std::string EncodeManifest(const Manifest& manifest) {
  Json json = {{"format", kFormat},
               {"name", manifest.name},
               {"version", manifest.version},
               {"labels", manifest.labels},
               {"files", Json::object()}};
  for (const auto& [path, file] : manifest.files) json["files"][path] = {{"sha256", file.sha256}, {"size", file.size}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tfld::daemon
