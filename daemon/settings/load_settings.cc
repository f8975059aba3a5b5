#include "daemon/settings/load_settings.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <sstream>
#include <vector>

#include "daemon/settings/option_table.h"
#include "daemon/settings/user_id.h"
#include "engine/base/model_name.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr std::string_view kUsers = "users";
constexpr std::string_view kUser = "user";
constexpr std::string_view kModel = "model";

// Walks the parsed file once; every complaint is collected, so that one check shows all of them.
class Reader {
 public:
  Reader(std::string file_name, Settings& settings) : file_name_(std::move(file_name)), settings_(settings) {}

  void ReadTop(const toml::table& top) {
    for (const auto& [key, node] : top) {
      const toml::table* table = node.as_table();
      if (key.str() == kUsers || key.str() == kModel) continue;
      if (!IsTable(key.str())) {
        ReadOption("", key, node, settings_);
      } else if (table == nullptr) {
        Complain(node.source(), StrCat(key.str(), " is ", KindOf(node), ", expected the table [", key.str(), "]"));
      } else {
        for (const auto& [inner_key, inner] : *table) ReadOption(key.str(), inner_key, inner, settings_);
      }
    }
    // Last, as users' limits are over those of everybody, wherever these stand.
    ReadEntries(top, kUsers, &Reader::ReadUser);
    ReadEntries(top, kModel, &Reader::ReadModel);
  }

  Status status() const {
    std::string text;
    for (const auto& complaint : complaints_) text += (text.empty() ? "" : "\n") + complaint.text;
    return complaints_.empty() ? Status() : InvalidArgument(text);
  }

  void SortByPlace() {
    std::ranges::stable_sort(complaints_, [](const Complaint& a, const Complaint& b) {
      return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
    });
  }

 private:
  struct Complaint {
    toml::source_position where;
    std::string text;
  };

  static bool IsTable(std::string_view name) {
    return std::ranges::any_of(AllOptions(), [&](const Option& o) { return !o.table.empty() && o.table == name; });
  }

  static std::string KindOf(const toml::node& node) {
    if (const auto* integer = node.as_integer()) return StrCat("the number ", integer->get());
    if (const auto* real = node.as_floating_point()) return StrCat("the number ", real->get());
    if (const auto* text = node.as_string()) return StrCat("\"", text->get(), "\"");
    if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
    std::ostringstream kind;
    kind << "of the type " << node.type();
    return kind.str();
  }

  static std::string KnownKeys(std::string_view table) {
    std::string keys;
    for (const Option& option : AllOptions()) {
      if (option.table == table) keys += StrCat(keys.empty() ? "" : ", ", option.key);
      // At the top of the file, its tables may follow as well.
      if (table.empty() && !option.table.empty() && keys.find(StrCat("[", option.table, "]")) == std::string::npos) {
        keys += StrCat(", [", option.table, "]");
      }
    }
    if (table.empty()) keys += StrCat(", [[", kUsers, "]], [[", kModel, "]]");
    return keys;
  }

  void ReadEntries(const toml::table& top, std::string_view name, void (Reader::*read)(const toml::table& entry)) {
    const toml::node* node = top.get(name);
    if (node == nullptr) return;
    const toml::array* entries = node->as_array();
    if (entries == nullptr || !entries->is_array_of_tables()) {
      Complain(node->source(), StrCat(name, " is ", KindOf(*node), ", expected tables [[", name, "]]"));
      return;
    }
    for (const toml::node& entry : *entries) (this->*read)(*entry.as_table());
  }

  struct ModelNumber {
    std::string_view key;
    std::int64_t min, max;
    int ModelSettings::*field;
  };

  static const ModelNumber* FindModelNumber(std::string_view key) {
    static constexpr std::array<ModelNumber, 3> kNumbers = {{
        {"max_concurrent", 0, 256, &ModelSettings::max_concurrent},
        {"max_batch", 1, 64, &ModelSettings::max_batch},
        {"max_delay_us", 0, 1'000'000, &ModelSettings::max_delay_us},
    }};
    const auto found = std::ranges::find(kNumbers, key, &ModelNumber::key);
    return found == kNumbers.end() ? nullptr : &*found;
  }

  void ReadModel(const toml::table& table) {
    ModelSettings model;
    for (const auto& [key, node] : table) {
      if (key.str() == "name") {
        model.name = node.value_or(std::string());
      } else if (const ModelNumber* number = FindModelNumber(key.str())) {
        const std::int64_t value = node.is_integer() ? node.as_integer()->get() : -1;
        const bool fits = node.is_integer() && value >= number->min && value <= number->max;
        if (fits) model.*number->field = static_cast<int>(value);
        if (!fits) {
          Complain(node.source(), StrCat("model.", number->key, " is ", KindOf(node), ", expected a whole number from ",
                                         number->min, " to ", number->max));
        }
      } else {
        Complain(key.source(), StrCat("unknown option model.", key.str(),
                                      ", expected one of name, max_concurrent, max_batch, max_delay_us"));
      }
    }
    const bool known =
        std::ranges::any_of(settings_.model, [&](const auto& other) { return other.name == model.name; });
    if (model.name.empty() || known) {
      Complain(table.source(), StrCat("model.name is ", known ? "that of another entry" : "missing or no text",
                                      ", expected the name of a model"));
    } else if (!IsModelName(model.name)) {
      const toml::node* name = table.get("name");
      Complain(name->source(),
               StrCat("model.name is ", KindOf(*name), ", which no model can have, expected ", kModelNameExpected));
    }
    settings_.model.push_back(std::move(model));
  }

  // The options of [limits], set in a copy, and whose they are.
  void ReadUser(const toml::table& table) {
    Settings scratch;
    scratch.limits = settings_.limits;
    for (const auto& [key, node] : table) {
      if (key.str() != kUser) ReadOption("limits", key, node, scratch);
    }
    const toml::node* user = table.get(kUser);
    const std::optional<std::uint32_t> uid = user == nullptr ? std::nullopt : UserOf(*user);
    if (!uid) {
      const std::string found = user == nullptr ? "missing" : KindOf(*user);
      Complain(user == nullptr ? table.source() : user->source(),
               StrCat(kUsers, ".", kUser, " is ", found, ", expected the number or the name of a user of this system"));
    } else if (std::ranges::any_of(settings_.users, [&](const UserSettings& other) { return other.uid == *uid; })) {
      Complain(user->source(), StrCat(kUsers, ".", kUser, " is ", KindOf(*user), ", a user that is there already"));
    } else {
      settings_.users.push_back({*uid, scratch.limits});
    }
  }

  static std::optional<std::uint32_t> UserOf(const toml::node& node) {
    if (const auto* number = node.as_integer()) {
      const std::int64_t uid = number->get();
      return uid >= 0 && uid <= 0xffff'fffe ? std::optional(static_cast<std::uint32_t>(uid)) : std::nullopt;
    }
    return node.is_string() ? UserIdOf(node.as_string()->get()) : std::nullopt;
  }

  void ReadOption(std::string_view table, const toml::key& key, const toml::node& node, Settings& settings) {
    for (const Option& option : AllOptions()) {
      if (option.table != table || option.key != key.str()) continue;
      const auto* list = std::get_if<ListOption>(&option.kind);
      if (list != nullptr && node.is_array()) {
        ReadList(FullName(option), *list, *node.as_array(), settings);
      } else if (!Apply(option, node, settings)) {
        Complain(node.source(), StrCat(FullName(option), " is ", KindOf(node), ", expected ", Expectation(option)));
      }
      return;
    }
    const std::string dot = table.empty() ? "" : ".";
    Complain(key.source(), StrCat("unknown option ", table, dot, key.str(), ", expected one of ", KnownKeys(table)));
  }

  static bool Apply(const Option& option, const toml::node& node, Settings& settings) {
    if (const auto* text = std::get_if<TextOption>(&option.kind)) {
      return node.is_string() && text->set(settings, node.as_string()->get());
    }
    if (std::holds_alternative<ListOption>(option.kind)) return false;  // an array is read by ReadList
    if (const auto* real = std::get_if<RealOption>(&option.kind)) return ApplyReal(*real, node, settings);
    if (const auto* boolean = std::get_if<BooleanOption>(&option.kind)) {
      if (node.is_boolean()) boolean->set(settings, node.as_boolean()->get());
      return node.is_boolean();
    }
    const auto& integer = std::get<IntegerOption>(option.kind);
    if (!node.is_integer()) return false;
    const std::int64_t value = node.as_integer()->get();
    if (value < integer.min || value > integer.max) return false;
    integer.set(settings, value);
    return true;
  }

  static bool ApplyReal(const RealOption& option, const toml::node& node, Settings& settings) {
    const std::optional<double> value = node.value<double>();
    if (!node.is_number() || !value || !(*value >= option.min && *value <= option.max)) return false;
    option.set(settings, *value);
    return true;
  }

  // What is wrong is named by its place in the list.
  void ReadList(const std::string& name, const ListOption& option, const toml::array& items, Settings& settings) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const toml::node& item = items[i];
      if (item.is_string() && option.fits(item.as_string()->get())) {
        texts.push_back(item.as_string()->get());
      } else {
        Complain(item.source(), StrCat(name, "[", i, "] is ", KindOf(item), ", expected ", option.expected));
      }
    }
    option.set(settings, texts);
  }

  void Complain(const toml::source_region& where, const std::string& what) {
    complaints_.push_back(
        {where.begin, StrCat(file_name_, ":", where.begin.line, ":", where.begin.column, ": ", what)});
  }

  std::string file_name_;
  Settings& settings_;
  std::vector<Complaint> complaints_;
};

Result<std::string> ReadWholeFile(const std::string& path) {
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rbe"));
  if (file == nullptr) return ErrnoStatus(errno, path);
  std::string text;
  std::array<char, 4096> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    text.append(buffer.data(), count);
  }
  if (std::ferror(file.get())) return ErrnoStatus(errno, path);
  return text;
}

}  // namespace

Result<Settings> ParseSettings(std::string_view toml, const std::string& file_name, const Settings& defaults) {
  try {
    Settings settings = defaults;
    Reader reader(file_name, settings);
    reader.ReadTop(toml::parse(toml));
    reader.SortByPlace();
    TFLD_RETURN_IF_ERROR(reader.status());
    return settings;
  } catch (const toml::parse_error& error) {
    const auto where = error.source().begin;
    return InvalidArgument(StrCat(file_name, ":", where.line, ":", where.column, ": ", error.description()));
  }
}

Result<Settings> LoadSettings(const SettingsArguments& arguments, const RunningUser& user) {
  Settings settings;
  std::string file = arguments.config_file;
  const bool all_given = !file.empty() && !arguments.state_dir.empty() && !arguments.runtime_dir.empty();
  if (!all_given) {
    TFLD_ASSIGN_OR_RETURN(const DefaultPaths paths, DefaultPathsOf(user));
    if (file.empty()) file = paths.config_file;
    settings.state_dir = paths.state_dir;
    settings.runtime_dir = paths.runtime_dir;
  }
  auto text = ReadWholeFile(file);
  if (text.ok()) {
    TFLD_ASSIGN_OR_RETURN(settings, ParseSettings(*text, file, settings));
  } else if (!arguments.config_file.empty() || text.status().code() != StatusCode::kNotFound) {
    return text.status();
  }
  if (!arguments.state_dir.empty()) settings.state_dir = arguments.state_dir;
  if (!arguments.runtime_dir.empty()) settings.runtime_dir = arguments.runtime_dir;
  return settings;
}

}  // namespace tfld::daemon
