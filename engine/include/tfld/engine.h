// tfld's inference engine: loads .tflite models and runs them. The only public header of tfld::engine.
//
//   auto model = tfld::engine::Model::FromFile("kws_int8.tflite");
//   auto executable = tfld::engine::Executable::Create(*model, {});
//   auto session = (*executable)->NewSession();
//   std::memcpy((*session)->Input(0).bytes.data(), samples, sizeof(samples));
//   tfld::Status status = (*session)->Run();
//   std::span<const std::int8_t> scores = (*session)->Output(0).As<const std::int8_t>();
//
// A Model is verified bytes. An Executable is a model planned for a backend and a number of threads: kernels prepared,
// weights packed, memory laid out. A Session is the memory for one inference at a time. Models and executables are
// immutable and shared by any number of threads; a session has one owner.
//
// Tensors are dense, in C order, little-endian; images are NHWC. Errors are Status values; nothing throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/status.h"
#include "engine/delegate/backend.h"
#include "engine/tensor/element_type.h"
#include "engine/tensor/quantization.h"
#include "engine/tensor/shape.h"
#include "engine/tensor/tensor_view.h"

namespace tfld::engine {

struct Program;
class ThreadPool;

// What a model may cost. Loading refuses what is over, before anything is allocated by it. RESOURCE_EXHAUSTED.
struct Limits {
  std::size_t max_arena_bytes = std::size_t{1} << 30;
  std::size_t max_tensors = 1 << 20;
  std::size_t max_nodes = 1 << 18;
};

class Model {
 public:
  // Verifies and imports. Errors: those of opening the file; INVALID_ARGUMENT for bytes that are no correct model, with
  // the file offset, or the node, the tensor and the reason. Operators are not resolved here: see Executable::Create.
  static Result<std::shared_ptr<const Model>> FromFile(const std::string& path, const Limits& limits = {});
  // From an open descriptor, which stays the caller's. `name` is for messages.
  static Result<std::shared_ptr<const Model>> FromDescriptor(int descriptor, const std::string& name,
                                                             const Limits& limits = {});
  // Copies the bytes.
  static Result<std::shared_ptr<const Model>> FromBytes(std::span<const std::byte> bytes, const std::string& name,
                                                        const Limits& limits = {});
  // Uses the bytes where they are: they must outlive the model and everything made from it, and should be aligned to 16
  // bytes (constants that are not aligned for their type are copied).
  static Result<std::shared_ptr<const Model>> FromStaticBytes(std::span<const std::byte> bytes, const std::string& name,
                                                              const Limits& limits = {});
  ~Model();

  const std::string& name() const;
  std::size_t file_bytes() const;
  // The whole file, also what follows the model in it.
  std::span<const std::byte> bytes() const;
  // For tools that look inside; not part of the stable interface.
  const Program& program() const;

 private:
  Model();
  static Result<std::shared_ptr<const Model>> Import(std::span<const std::byte> bytes,
                                                     std::shared_ptr<const void> owner, const std::string& name,
                                                     const Limits& limits);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct TensorInfo {
  std::string name;         // the signature's name; the tensor's when there is no signature; "input_0" when it has none
  std::string tensor_name;  // the tensor's own name, may be empty
  ElementType type = ElementType::kFloat32;
  Shape shape;
  std::vector<std::int32_t> shape_signature;  // with -1 where the size is open; empty when it is fixed
  Quantization quantization;
  // Of a tensor that is bound (BindInput, BindOutput): others may write to its memory during a run. They can spoil the
  // results of that run and nothing else, as no operator uses what it reads there as an index.
  bool may_change = false;
};

// A way into the model. The first entry point is the model's main graph, its tensors in the model's order, named by the
// signature that covers it, if there is one. The others are the model's signatures, in the model's order.
struct EntryPoint {
  std::string key;  // of the signature; empty for a main graph without one
  std::vector<TensorInfo> inputs;
  std::vector<TensorInfo> outputs;
};

struct MemoryUsage {
  std::size_t weight_bytes = 0;  // constants, in the model's file: mapped and shared
  std::size_t packed_bytes = 0;  // weights packed for the kernels: one copy an executable
  std::size_t arena_bytes = 0;   // of each session: activations and scratch
};

struct ExecutableOptions {
  Backend backend = Backend::kCpu;
  int threads = 1;  // inside one inference; a session's pool must have as many
  Limits limits{};
};

class Session;

class Executable : public std::enable_shared_from_this<Executable> {
 public:
  // Errors: UNIMPLEMENTED names every operator that is missing or not supported in this form, with its nodes and the
  // reason; INVALID_ARGUMENT names the node that is wrong; RESOURCE_EXHAUSTED the limit that is passed.
  static Result<std::shared_ptr<const Executable>> Create(std::shared_ptr<const Model> model,
                                                          const ExecutableOptions& options);
  ~Executable();

  const Model& model() const;
  const ExecutableOptions& options() const;
  std::span<const EntryPoint> entry_points() const;
  const std::vector<TensorInfo>& inputs() const { return entry_points()[0].inputs; }
  const std::vector<TensorInfo>& outputs() const { return entry_points()[0].outputs; }
  MemoryUsage memory() const;

  // A new session, which keeps this executable alive. `pool` must have options().threads threads and serve one session
  // at a time; null makes a pool of its own when more than one thread is asked for. Allocates all that Run needs.
  Result<std::unique_ptr<Session>> NewSession(std::shared_ptr<ThreadPool> pool = nullptr) const;

  // For tools that look inside; not part of the stable interface.
  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  Executable();
  std::unique_ptr<Impl> impl_;
};

// Is told of each step while a session runs. Times are the observer's own.
class StepObserver {
 public:
  virtual ~StepObserver() = default;
  // Before a step, and before the run of a graph that has none, with a node of -1 and no AfterStep, since a loop may
  // run that without an end. False stops the run with CANCELLED; the session can run again.
  virtual bool BeforeStep(int graph, int node) = 0;
  virtual void AfterStep(int graph, int node, std::string_view kernel) = 0;

  // Whether WithinStep is wanted, asked before each run of a graph.
  virtual bool Interrupts() const { return false; }
  // Now and then in the middle of a long step, where its kernel can be interrupted and runs on one thread. The thread
  // may run other sessions before it returns.
  virtual void WithinStep() {}
};

// Thread rule: one owner, one call at a time. Run allocates nothing once the first run is done.
class Session {
 public:
  ~Session();

  // The memory of a tensor of an entry point, valid until ResizeInputs. Inputs keep their contents from run to run;
  // outputs are valid after a successful Run, until the next. The shape of an output that is open, and the bytes of
  // one of strings, are those of the last run.
  TensorView Input(int index, int entry_point = 0);
  TensorView Output(int index, int entry_point = 0) const;

  // Copies an input. Of strings it takes the bytes of a string tensor (engine/tensor/string_tensor.h), which is the
  // only way to set them. INVALID_ARGUMENT when there are not as many bytes as the tensor has, or their table is wrong.
  Status SetInput(int index, std::span<const std::byte> bytes, int entry_point = 0);

  // Makes a run read from, or write to, the caller's memory instead of the session's: at least the tensor's bytes and
  // 128 readable bytes behind them, aligned to 64 bytes. Null returns to the session's own. INVALID_ARGUMENT when
  // misaligned; FAILED_PRECONDITION for a tensor that shares its memory with another input, output or constant.
  Status BindInput(int index, const void* memory, int entry_point = 0);
  Status BindOutput(int index, void* memory, int entry_point = 0);

  // Gives the inputs other shapes, one for each input of the entry point, and plans anew, for this session alone;
  // contents of all inputs, outputs and variables are lost. Errors leave the session as it was.
  Status ResizeInputs(std::span<const Shape> shapes, int entry_point = 0);

  // Errors lie in the data (INVALID_ARGUMENT, OUT_OF_RANGE) and name the node; CANCELLED by the observer.
  Status Run(int entry_point = 0);

  // Forgets all state that carries over from run to run: variables, recurrent cells, resources.
  void Reset();

  // Null for none. The observer must outlive its use.
  void SetObserver(StepObserver* observer);

  // For tools that look inside; not part of the stable interface.
  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  Session();
  std::unique_ptr<Impl> impl_;
  friend class Executable;
};

// Worker threads for sessions that run one after the other on one executor.
std::shared_ptr<ThreadPool> NewThreadPool(int threads);

// "0.1.0"
std::string_view Version();

}  // namespace tfld::engine
