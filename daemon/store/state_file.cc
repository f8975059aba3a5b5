#include "daemon/store/state_file.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/store/digest.h"
#include "daemon/store/file_tools.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;
constexpr std::uint64_t kMaxBytes = std::uint64_t{16} << 20;
constexpr std::string_view kChecksumLabel = "sha256 ";

Json ToJson(const VersionRecord& record) {
  return {{"version", record.version},
          {"state", StoredStateName(record.state)},
          {"sha256", record.sha256},
          {"size", record.size},
          {"manifest_sha256", record.manifest_sha256},
          {"reason", record.reason},
          {"deployed_at", record.deployed_at}};
}

Json ToJson(const EventRecord& event) {
  return {{"time", event.time}, {"action", event.action}, {"version", event.version},
          {"ok", event.ok},     {"reason", event.reason}, {"actor", event.actor}};
}

// Reasons quote what came from outside: bytes that are not UTF-8 are replaced.
std::string Dump(const Json& json, int indent) { return json.dump(indent, ' ', false, Json::error_handler_t::replace); }

Result<VersionRecord> VersionFromJson(const Json& json) {
  const auto state = StoredStateFromName(json.at("state").get<std::string>());
  if (!state) return DataLoss("a version's state is not known");
  return VersionRecord{
      json.at("version"),    *state, json.at("sha256"), json.at("size"), json.at("manifest_sha256"), json.at("reason"),
      json.at("deployed_at")};
}

EventRecord EventFromJson(const Json& json) {
  return {json.at("time"), json.at("action"), json.at("version"), json.at("ok"), json.at("reason"), json.at("actor")};
}

Result<ModelState> StateFromJson(const Json& json) {
  if (json.at("format").get<int>() != kFormat) {
    return DataLoss(StrCat("has format ", json.at("format").dump(), ", expected ", kFormat));
  }
  ModelState state;
  state.name = json.at("name");
  state.generation = json.at("generation");
  state.highest_version = json.at("highest_version");
  state.lineage = json.at("lineage").get<std::vector<std::uint64_t>>();
  for (const Json& version : json.at("versions")) {
    TFLD_ASSIGN_OR_RETURN(VersionRecord record, VersionFromJson(version));
    state.Put(std::move(record));
  }
  if (json.contains("labels")) state.labels = json.at("labels").get<decltype(state.labels)>();  // older ones have none
  for (const Json& event : json.at("events")) state.events.Append(EventFromJson(event));
  return state;
}

// The text before the checksum line, once the checksum is found right.
Result<std::string_view> CheckedBody(std::string_view text) {
  const std::size_t label = text.rfind(kChecksumLabel);
  if (label == std::string_view::npos || !text.ends_with('\n')) return DataLoss("has no checksum at its end");
  const std::string_view body = text.substr(0, label);
  const std::string_view checksum = text.substr(label + kChecksumLabel.size());
  if (checksum != StrCat(Sha256Of(AsBytes(body)), "\n")) return DataLoss("its checksum is wrong");
  return body;
}

}  // namespace

std::string EncodeState(const ModelState& state) {
  Json json = {{"format", kFormat},
               {"name", state.name},
               {"generation", state.generation},
               {"active", state.active() ? Json(*state.active()) : Json()},
               {"previous", state.previous() ? Json(*state.previous()) : Json()},
               {"highest_version", state.highest_version},
               {"lineage", state.lineage},
               {"labels", state.labels},
               {"versions", Json::array()}};
  for (const VersionRecord& record : state.versions) json["versions"].push_back(ToJson(record));
  std::string text = Dump(json, 1);
  text.resize(text.rfind('\n'));  // the end of the object, which the events are still to go into
  text += ",\n \"events\": [";
  // One at a time: all of a long history as one document takes twenty times its text.
  std::string_view separator = "\n  ";
  for (std::size_t i = 0; i < state.events.size(); ++i) {
    text += std::exchange(separator, ",\n  ");
    text += Dump(ToJson(state.events[i]), -1);
  }
  text += "\n ]\n}\n";
  const std::string checksum = Sha256Of(AsBytes(text));
  return text.append(kChecksumLabel).append(checksum).append("\n");
}

Result<ModelState> DecodeState(std::string_view text) {
  TFLD_ASSIGN_OR_RETURN(const std::string_view body, CheckedBody(text));
  try {
    return StateFromJson(Json::parse(body));
  } catch (const Json::exception& error) {
    return DataLoss(error.what());
  }
}

Result<ModelState> ReadStateFile(FileSystem& files, const std::string& model_directory) {
  const std::string path = model_directory + "/state";
  TFLD_ASSIGN_OR_RETURN(const std::string text, ReadFile(files, path, kMaxBytes));
  auto state = DecodeState(text);
  if (!state.ok()) return state.status().WithContext(path);
  return state;
}

Status WriteStateFile(FileSystem& files, const std::string& model_directory, const ModelState& state) {
  const std::string path = model_directory + "/state";
  const std::string temporary = path + ".new";
  TFLD_RETURN_IF_ERROR(RemoveTree(files, temporary));
  Status written = WriteNewFile(files, temporary, AsBytes(EncodeState(state)));
  if (written.ok()) written = files.Rename(temporary, path);
  if (!written.ok()) {
    (void)RemoveTree(files, temporary);  // the error that counts is the first
    return written;
  }
  return files.SyncDirectory(model_directory);
}

}  // namespace tfld::daemon
