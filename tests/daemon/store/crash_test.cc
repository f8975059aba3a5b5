// The process dies, or the power fails, at any moment of a deploy, an activation, a removal: what a restart finds is
// the state before or the state after, complete, and what was acknowledged stays.
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>

#include "engine/base/str_cat.h"
#include "tests/daemon/store/faulty_file_system.h"
#include "tests/daemon/store/memory_file_system.h"
#include "tests/daemon/store/store_fixture.h"

namespace tfld::daemon {
namespace {

struct Step {
  const char* name;
  std::function<Status(Store&)> run;
};

Step Stage(const char* name, const char* model, std::uint64_t version) {
  return {name, [=](Store& store) { return StageBytes(store, model, version, PackageOfVersion(version)); }};
}
Step Activate(const char* name, const char* model, std::uint64_t version) {
  return {name, [=](Store& store) { return MakeActive(store, model, version); }};
}

// Every step of this one is acknowledged by itself, so that nothing but the state before or after will do.
const std::vector<Step> kStepByStep = {
    Stage("stage 1", "kws", 1),
    Activate("activate 1", "kws", 1),
    Stage("stage 2", "kws", 2),
    Activate("activate 2", "kws", 2),
    Activate("back to 1", "kws", 1),
    {"remove 2", [](Store& store) { return RemoveVersion(store, "kws", 2); }},
    {"stage raw 5", [](Store& store) { return StageBytes(store, "raw", 5, FakeModel("five")); }},
    Activate("activate raw 5", "raw", 5),
    {"remove kws", [](Store& store) { return store.RemoveModel("kws"); }},
    Stage("stage 1 again", "kws", 1),
};

// Deploys in one step: a version that was cut off while it warmed is found failed, which counts as not being there.
const std::vector<Step> kDeploys = {
    {"deploy 1", [](Store& store) { return Deploy(store, "kws", 1); }},
    {"deploy 2", [](Store& store) { return Deploy(store, "kws", 2); }},
    {"deploy 2 of raw", [](Store& store) { return Deploy(store, "raw", 2); }},
};

// What counts about a store: of each model the active version and what led to it, and which versions there are; a
// failed one, if it counts, as its number and a million.
using Picture = std::map<std::string, std::pair<std::vector<std::uint64_t>, std::set<std::uint64_t>>>;

Picture Look(const Store& store, bool count_failed) {
  Picture picture;
  for (const std::string& name : store.Names()) {
    const ModelState state = StateOf(store, name);
    auto& [lineage, versions] = picture[name];
    lineage = state.lineage;
    for (const VersionRecord& record : state.versions) {
      const bool failed = record.state == StoredState::kFailed;
      if (!failed || count_failed) versions.insert(record.version + (failed ? 1'000'000 : 0));
    }
    if (versions.empty()) picture.erase(name);
  }
  return picture;
}

// Every version that the state names is there, with the bytes that it was given; nothing else is.
std::string FindDamage(MemoryFileSystem& files, const Store& store) {
  std::set<std::string> expected = {"/state/", "/state/incoming/", "/state/models/"};
  for (const std::string& name : store.Names()) {
    const std::string model = "/state/models/" + name;
    expected.insert({model + "/", model + "/state", model + "/versions/"});
    for (const VersionRecord& record : StateOf(store, name).versions) {
      if (record.state == StoredState::kFailed) continue;
      const auto version = store.OpenVersion(name, record.version);
      if (!version.ok()) return version.status().ToString();
      if (*Sha256Of(*version->model) != record.sha256) return "a model has other bytes";
      if (const Status files_ok = VerifyFiles(files, *version); !files_ok.ok()) return files_ok.ToString();
      const std::string directory = model + "/versions/" + std::to_string(record.version);
      expected.insert({directory + "/", directory + "/manifest"});
      for (const auto& [path, digest] : version->manifest.files) expected.insert(directory + "/" + path);
      if (version->manifest.files.contains("golden/golden.json")) expected.insert(directory + "/golden/");
    }
  }
  for (const std::string& path : files.AllPaths()) {
    if (!expected.contains(path)) return StrCat("left over: ", path);
  }
  return "";
}

class Story {
 public:
  explicit Story(const std::vector<Step>& steps) : steps_(steps), strict_(&steps == &kStepByStep) {
    MemoryFileSystem files;
    FaultyFileSystem counting(files);
    auto store = OpenStore(counting);
    setup_ = counting.count();
    pictures_ = {Look(**store, strict_)};
    for (const Step& step : steps_) {
      EXPECT_TRUE(step.run(**store).ok()) << step.name;
      pictures_.push_back(Look(**store, strict_));
    }
    operations_ = counting.names();
  }

  // How many steps end before it is stopped.
  int Run(FileSystem& files) const {
    auto store = OpenStore(files);
    if (!store.ok()) return 0;
    int done = 0;
    for (const Step& step : steps_) {
      if (!step.run(**store).ok()) break;
      ++done;
    }
    return done;
  }

  // Empty when what a restart finds in `files` after `done` steps, and a part of the next, is right.
  std::string Judge(MemoryFileSystem& files, int done) const {
    auto store = OpenStore(files);
    if (!store.ok()) return store.status().ToString();
    if (std::string damage = FindDamage(files, **store); !damage.empty()) return damage;
    const Picture found = Look(**store, strict_);
    const auto place = static_cast<std::size_t>(done);
    if (found == pictures_[place]) return "";
    if (place + 1 < pictures_.size() && found == pictures_[place + 1]) return "";
    return "neither the old state nor the new one";
  }

  int setup() const { return setup_; }  // operations before the first step
  int operations() const { return static_cast<int>(operations_.size()); }
  const std::string& operation(int index) const { return operations_[static_cast<std::size_t>(index)]; }

 private:
  const std::vector<Step>& steps_;
  const bool strict_;
  int setup_ = 0;
  std::vector<Picture> pictures_;  // before the first step, and after each
  std::vector<std::string> operations_;
};

// What survives of what was not synced: nothing, everything, or some of it by chance.
std::function<bool()> Keep(int seed) {
  if (seed == 0) return [] { return false; };
  if (seed == 1) return [] { return true; };
  return [random = std::mt19937(static_cast<unsigned>(seed))]() mutable { return random() % 2 == 0; };
}

constexpr int kSeeds = 8;

class CrashTest : public testing::TestWithParam<const std::vector<Step>*> {
 protected:
  const Story story_{*GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Stories, CrashTest, testing::Values(&kStepByStep, &kDeploys),
                         [](const auto& story) { return story.param == &kDeploys ? "Deploys" : "StepByStep"; });

TEST_P(CrashTest, KilledBeforeAnyOperation) {
  ASSERT_GT(story_.operations(), 60);
  for (int i = 0; i <= story_.operations(); ++i) {
    MemoryFileSystem files;
    FaultyFileSystem faulty(files);
    faulty.KillBefore(i);
    const int done = story_.Run(faulty);
    EXPECT_EQ(story_.Judge(files, done), "") << "killed before operation " << i << ", after " << done << " steps";
  }
}

TEST_P(CrashTest, ThePowerFailsBeforeAnyOperation) {
  for (int i = 0; i <= story_.operations(); ++i) {
    MemoryFileSystem files;
    FaultyFileSystem faulty(files);
    faulty.KillBefore(i);
    const int done = story_.Run(faulty);
    for (int seed = 0; seed < kSeeds; ++seed) {
      const auto after = files.AfterPowerCut(Keep(seed));
      EXPECT_EQ(story_.Judge(*after, done), "")
          << "cut before operation " << i << ", after " << done << " steps, seed " << seed;
    }
  }
}

TEST_P(CrashTest, KilledOnceMoreDuringRecovery) {
  for (int i = 0; i <= story_.operations(); i += 3) {
    for (int in_recovery = 0;; ++in_recovery) {
      MemoryFileSystem files;
      FaultyFileSystem faulty(files);
      faulty.KillBefore(i);
      const int done = story_.Run(faulty);
      FaultyFileSystem again(files);
      again.KillBefore(in_recovery);
      (void)OpenStore(again);
      if (again.count() <= in_recovery) break;  // it came through
      EXPECT_EQ(story_.Judge(files, done), "") << "killed before operations " << i << " and " << in_recovery;
    }
  }
}

// Each sync is there for a reason: without it, there is a moment at which a cut of power does damage.
TEST(Crash, NoSyncIsForNothing) {
  const Story story(kStepByStep);
  const auto does_damage = [&](int skipped) {
    for (int i = skipped + 1; i <= story.operations(); ++i) {
      MemoryFileSystem files;
      FaultyFileSystem faulty(files);
      faulty.SkipSync(skipped);
      faulty.KillBefore(i);
      const int done = story.Run(faulty);
      for (int seed = 0; seed < 64; ++seed) {
        if (!story.Judge(*files.AfterPowerCut(Keep(seed)), done).empty()) return true;
      }
    }
    return false;
  };
  for (int i = story.setup(); i < story.operations(); ++i) {
    if (story.operation(i).starts_with("sync")) {
      EXPECT_TRUE(does_damage(i)) << "operation " << i << ": " << story.operation(i);
    }
  }
}

}  // namespace
}  // namespace tfld::daemon
