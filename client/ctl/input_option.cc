#include "client/ctl/input_option.h"

#include "engine/base/str_cat.h"

namespace tfld::ctl {

void AddInputOption(CLI::App& command, std::vector<std::string>& inputs) {
  command.add_option("--input", inputs, "An input, by name or index, from a .npy file or raw bytes")
      ->check([](const std::string& text) {
        return text.find('=') == std::string::npos ? StrCat("'", text, "' came, expected NAME=FILE") : std::string();
      })
      ->allow_extra_args(false)
      ->type_name("NAME=FILE");
}

}  // namespace tfld::ctl
