// tfld, the daemon: arguments -> Settings -> RunDaemon.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "daemon/app/daemon.h"
#include "daemon/app/room_options.h"
#include "daemon/settings/load_settings.h"
#include "daemon/system/event_loop.h"
#include "tfld/engine.h"

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

int Fail(const tfld::Status& status) {
  std::fprintf(stderr, "tfld: %s\n", status.ToString().c_str());
  return kFailed;
}

}  // namespace

int main(int argc, char** argv) try {
  tfld::daemon::SettingsArguments arguments;
  bool check = false;
  CLI::App app("Serves TensorFlow Lite models to local processes over a Unix socket.", "tfld");
  app.add_option("--config", arguments.config_file, "configuration file (TOML)")->type_name("FILE");
  app.add_option("--state-dir", arguments.state_dir, "where models and their state are kept")->type_name("DIR");
  app.add_option("--runtime-dir", arguments.runtime_dir, "where the sockets are")->type_name("DIR");
  app.add_flag("--check", check, "check the configuration and exit");
  app.set_version_flag("--version", "tfld " + std::string(tfld::engine::Version()));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }

  const auto settings = tfld::daemon::LoadSettings(arguments, tfld::daemon::RunningUser::Current());
  if (!settings.ok()) return Fail(settings.status());
  if (const tfld::Status usable = tfld::daemon::CheckAffinity(*settings); !usable.ok()) return Fail(usable);
  if (check) {
    std::printf("configuration is valid: state in %s, sockets in %s\n", settings->state_dir.c_str(),
                settings->runtime_dir.c_str());
    return 0;
  }
  tfld::daemon::BlockSignals();
  const tfld::Status status = tfld::daemon::RunDaemon(*settings);
  return status.ok() ? 0 : Fail(status);
} catch (const std::exception& error) {
  std::fprintf(stderr, "tfld: %s\n", error.what());
  return kFailed;
}
