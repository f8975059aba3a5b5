#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/base/aligned_buffer.h"
#include "engine/base/mapped_file.h"
#include "engine/graph/graph.h"
#include "engine/model/importer.h"
#include "tfld/engine.h"

namespace tfld::engine {

struct Model::Impl {
  std::string name;
  std::span<const std::byte> bytes;  // kept alive by the program
  std::unique_ptr<Program> program;
};

Model::Model() : impl_(std::make_unique<Impl>()) {}
Model::~Model() = default;

const std::string& Model::name() const { return impl_->name; }
std::size_t Model::file_bytes() const { return impl_->bytes.size(); }
std::span<const std::byte> Model::bytes() const { return impl_->bytes; }
const Program& Model::program() const { return *impl_->program; }

Result<std::shared_ptr<const Model>> Model::Import(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                                   const std::string& name, const Limits& limits) {
  auto program = ImportModel(bytes, std::move(owner), {limits.max_tensors, limits.max_nodes});
  if (!program.ok()) return program.status().WithContext(name);
  auto model = std::shared_ptr<Model>(new Model());
  model->impl_->name = name;
  model->impl_->bytes = bytes;
  model->impl_->program = std::move(program).value();
  return std::shared_ptr<const Model>(std::move(model));
}

Result<std::shared_ptr<const Model>> Model::FromFile(const std::string& path, const Limits& limits) {
  TFLD_ASSIGN_OR_RETURN(const auto file, MappedFile::Open(path));
  return Import(file->bytes(), file, path, limits);
}

Result<std::shared_ptr<const Model>> Model::FromDescriptor(int descriptor, const std::string& name,
                                                           const Limits& limits) {
  TFLD_ASSIGN_OR_RETURN(const auto file, MappedFile::FromDescriptor(descriptor, name));
  return Import(file->bytes(), file, name, limits);
}

Result<std::shared_ptr<const Model>> Model::FromBytes(std::span<const std::byte> bytes, const std::string& name,
                                                      const Limits& limits) {
  AlignedBuffer copy = AllocateAligned(bytes.size());  // constants inside are aligned relative to the start
  if (copy == nullptr) std::abort();
  std::ranges::copy(bytes, copy.get());
  const std::span<const std::byte> copied(copy.get(), bytes.size());
  return Import(copied, std::shared_ptr<const std::byte>(std::move(copy)), name, limits);
}

Result<std::shared_ptr<const Model>> Model::FromStaticBytes(std::span<const std::byte> bytes, const std::string& name,
                                                            const Limits& limits) {
  return Import(bytes, nullptr, name, limits);
}

}  // namespace tfld::engine
