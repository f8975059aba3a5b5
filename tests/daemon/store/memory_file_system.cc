#include "tests/daemon/store/memory_file_system.h"

#include "engine/base/str_cat.h"

namespace tfld::daemon {

struct MemoryFileSystem::Node {
  bool is_directory = false;
  std::string data, durable_data;
  std::map<std::string, std::shared_ptr<Node>> entries, durable_entries;
};

namespace {

using Node = MemoryFileSystem::Node;

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

class MemoryWritableFile final : public WritableFile {
 public:
  explicit MemoryWritableFile(std::shared_ptr<Node> node) : node_(std::move(node)) {}
  Status Append(std::span<const std::byte> bytes) override {
    node_->data.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  Status Sync() override {
    node_->durable_data = node_->data;
    return {};
  }

 private:
  std::shared_ptr<Node> node_;
};

class MemoryReadableFile final : public ReadableFile {
 public:
  explicit MemoryReadableFile(std::shared_ptr<Node> node) : node_(std::move(node)) {}
  Result<std::uint64_t> Size() const override { return std::uint64_t{node_->data.size()}; }
  Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset >= node_->data.size()) return std::size_t{0};
    return node_->data.copy(reinterpret_cast<char*>(out.data()), out.size(), offset);
  }
  int descriptor() const override { return -1; }

 private:
  std::shared_ptr<Node> node_;
};

std::shared_ptr<Node> Surviving(const Node& node, const std::function<bool()>& keep) {
  auto copy = std::make_shared<Node>();
  copy->is_directory = node.is_directory;
  copy->data = node.data == node.durable_data || keep() ? node.data : node.durable_data;
  auto names = node.entries;
  names.insert(node.durable_entries.begin(), node.durable_entries.end());
  for (const auto& [name, unused] : names) {
    const auto now = node.entries.find(name), then = node.durable_entries.find(name);
    std::shared_ptr<Node> there = now != node.entries.end() ? now->second : nullptr;
    const std::shared_ptr<Node> was = then != node.durable_entries.end() ? then->second : nullptr;
    if (there != was && !keep()) there = was;
    if (there != nullptr) copy->entries[name] = Surviving(*there, keep);
  }
  copy->durable_data = copy->data;
  copy->durable_entries = copy->entries;
  return copy;
}

void Collect(const Node& node, const std::string& path, std::vector<std::string>& out) {
  for (const auto& [name, child] : node.entries) {
    const std::string child_path = StrCat(path, "/", name);
    out.push_back(child->is_directory ? child_path + "/" : child_path);
    Collect(*child, child_path, out);
  }
}

}  // namespace

MemoryFileSystem::MemoryFileSystem() : root_(std::make_shared<Node>()) { root_->is_directory = true; }

Node* MemoryFileSystem::Find(const std::string& path) const {
  Node* node = root_.get();
  for (std::size_t start = 1; node != nullptr && start < path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const auto found = node->entries.find(path.substr(start, end - start));
    node = found == node->entries.end() ? nullptr : found->second.get();
    start = end + 1;
  }
  return node;
}

Node* MemoryFileSystem::Parent(const std::string& path) const { return Find(path.substr(0, path.rfind('/'))); }

Result<std::unique_ptr<WritableFile>> MemoryFileSystem::Create(const std::string& path) {
  Node* parent = Parent(path);
  if (parent == nullptr) return NotFound(path);
  if (parent->entries.contains(NameOf(path))) return AlreadyExists(path);
  auto node = std::make_shared<Node>();
  parent->entries[NameOf(path)] = node;
  return std::unique_ptr<WritableFile>(std::make_unique<MemoryWritableFile>(node));
}

Result<std::unique_ptr<ReadableFile>> MemoryFileSystem::Open(const std::string& path) {
  if (Find(path) == nullptr) return NotFound(path);
  if (Find(path)->is_directory) return InvalidArgument(path);
  return std::unique_ptr<ReadableFile>(std::make_unique<MemoryReadableFile>(Parent(path)->entries.at(NameOf(path))));
}

Status MemoryFileSystem::MakeDirectory(const std::string& path) {
  Node* parent = Parent(path);
  if (parent == nullptr) return NotFound(path);
  if (parent->entries.contains(NameOf(path))) return AlreadyExists(path);
  parent->entries[NameOf(path)] = std::make_shared<Node>();
  parent->entries[NameOf(path)]->is_directory = true;
  return {};
}

Status MemoryFileSystem::Rename(const std::string& from, const std::string& to) {
  if (Find(from) == nullptr || Parent(to) == nullptr) return NotFound(StrCat(from, " -> ", to));
  const Node* target = Find(to);
  if (target != nullptr && target->is_directory) return AlreadyExists(to);
  const std::shared_ptr<Node> node = Parent(from)->entries.at(NameOf(from));
  Parent(from)->entries.erase(NameOf(from));
  Parent(to)->entries[NameOf(to)] = node;
  return {};
}

Status MemoryFileSystem::SyncDirectory(const std::string& path) {
  Node* node = Find(path == "/" ? "" : path);
  if (node == nullptr) return NotFound(path);
  node->durable_entries = node->entries;
  return {};
}

Status MemoryFileSystem::RemoveFile(const std::string& path) {
  if (Find(path) == nullptr) return NotFound(path);
  if (Find(path)->is_directory) return InvalidArgument(path);
  Parent(path)->entries.erase(NameOf(path));
  return {};
}

Status MemoryFileSystem::RemoveDirectory(const std::string& path) {
  const Node* node = Find(path);
  if (node == nullptr) return NotFound(path);
  if (!node->is_directory || !node->entries.empty()) return Internal(StrCat(path, ": not an empty directory"));
  Parent(path)->entries.erase(NameOf(path));
  return {};
}

Result<std::vector<DirectoryEntry>> MemoryFileSystem::List(const std::string& path) const {
  const Node* node = Find(path);
  if (node == nullptr) return NotFound(path);
  if (!node->is_directory) return InvalidArgument(path);
  std::vector<DirectoryEntry> entries;
  for (const auto& [name, child] : node->entries) entries.push_back({name, child->is_directory});
  return entries;
}

Result<std::unique_ptr<FileLock>> MemoryFileSystem::Lock(const std::string&) { return std::make_unique<FileLock>(); }

std::unique_ptr<MemoryFileSystem> MemoryFileSystem::AfterPowerCut(const std::function<bool()>& keep) const {
  auto copy = std::make_unique<MemoryFileSystem>();
  copy->root_ = Surviving(*root_, keep);
  return copy;
}

std::vector<std::string> MemoryFileSystem::AllPaths() const {
  std::vector<std::string> paths;
  Collect(*root_, "", paths);
  return paths;
}

void MemoryFileSystem::Corrupt(const std::string& path, std::size_t offset) { Find(path)->data.at(offset) ^= 1; }
void MemoryFileSystem::Truncate(const std::string& path, std::size_t size) { Find(path)->data.resize(size); }

}  // namespace tfld::daemon
