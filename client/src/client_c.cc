#include "tfld/client_c.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "tfld/client.h"

struct tfld_client {
  tfld::Client client;
};

struct tfld_binding {
  tfld::Binding binding;
};

namespace {

tfld_code Report(const tfld::Status& status, tfld_error* error) {
  const auto code = static_cast<tfld_code>(status.code());
  if (error == nullptr) return code;
  const std::string_view message = status.message();
  const std::size_t length = std::min(message.size(), sizeof(error->message) - 1);
  error->code = code;
  if (length > 0) std::memcpy(error->message, message.data(), length);
  error->message[length] = '\0';
  return code;
}

std::string_view OrEmpty(const char* text) { return text ? std::string_view(text) : std::string_view(); }

std::chrono::nanoseconds ToTimeout(std::int64_t microseconds) {
  constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max() / 1000;
  if (microseconds < 0 || microseconds >= kLongest) return tfld::kNoTimeout;
  return std::chrono::microseconds(microseconds);
}

tfld::InferOptions ToOptions(const tfld_infer_options* options) {
  if (options == nullptr) return {};
  return {.timeout = options->timeout_us == 0 ? tfld::kNoTimeout : ToTimeout(options->timeout_us),
          .priority = static_cast<tfld::Priority>(options->priority)};
}

tfld_code FillInfo(const std::vector<tfld::TensorInfo>& tensors, std::size_t index, tfld_tensor_info* info,
                   tfld_error* error) {
  if (index >= tensors.size()) return Report(tfld::NotFound("the model has no tensor of this index"), error);
  const tfld::TensorInfo& tensor = tensors[index];
  *info = {tensor.name.c_str(), static_cast<tfld_data_type>(tensor.type), tensor.shape.size(), tensor.shape.data()};
  return Report({}, error);
}

}  // namespace

extern "C" {

const char* tfld_code_name(tfld_code code) { return tfld::StatusCodeName(static_cast<tfld::StatusCode>(code)).data(); }

tfld_code tfld_client_connect(const char* runtime_dir, int64_t wait_us, tfld_client** client, tfld_error* error) {
  const tfld_client_options options{runtime_dir, wait_us, TFLD_TRANSPORT_AUTO};
  return tfld_client_connect_with(&options, client, error);
}

tfld_code tfld_client_connect_with(const tfld_client_options* given, tfld_client** client, tfld_error* error) {
  *client = nullptr;
  tfld::ClientOptions options;
  options.runtime_dir = OrEmpty(given->runtime_dir);
  options.wait = ToTimeout(given->wait_us);
  options.transport = static_cast<tfld::TransportChoice>(given->transport);
  auto connected = tfld::Client::Connect(options);
  if (connected.ok()) *client = new tfld_client{std::move(*connected)};
  return Report(connected.status(), error);
}

void tfld_client_close(tfld_client* client) { delete client; }

tfld_code tfld_client_bind(tfld_client* client, const char* model, const char* version, tfld_binding** binding,
                           tfld_error* error) {
  *binding = nullptr;
  auto bound = client->client.Bind(OrEmpty(model), OrEmpty(version));
  if (bound.ok()) *binding = new tfld_binding{std::move(*bound)};
  return Report(bound.status(), error);
}

tfld_code tfld_client_bind_slots(tfld_client* client, const char* model, const char* version, size_t count,
                                 tfld_binding** bindings, tfld_error* error) {
  std::fill_n(bindings, count, nullptr);
  auto bound = client->client.BindSlots(OrEmpty(model), count, OrEmpty(version));
  if (!bound.ok()) return Report(bound.status(), error);
  for (size_t i = 0; i < count; ++i) bindings[i] = new tfld_binding{std::move((*bound)[i])};
  return Report({}, error);
}

void tfld_binding_close(tfld_binding* binding) { delete binding; }

size_t tfld_binding_input_count(const tfld_binding* binding) { return binding->binding.inputs().size(); }

size_t tfld_binding_output_count(const tfld_binding* binding) { return binding->binding.outputs().size(); }

tfld_code tfld_binding_input_info(const tfld_binding* binding, size_t index, tfld_tensor_info* info,
                                  tfld_error* error) {
  return FillInfo(binding->binding.inputs(), index, info, error);
}

tfld_code tfld_binding_output_info(const tfld_binding* binding, size_t index, tfld_tensor_info* info,
                                   tfld_error* error) {
  return FillInfo(binding->binding.outputs(), index, info, error);
}

tfld_code tfld_binding_resize_input(tfld_binding* binding, size_t index, const int64_t* shape, size_t rank,
                                    tfld_error* error) {
  return Report(binding->binding.ResizeInput(index, {shape, rank}), error);
}

tfld_code tfld_binding_input(tfld_binding* binding, size_t index, void** data, size_t* size, tfld_error* error) {
  auto bytes = binding->binding.InputBytes(index);
  *data = bytes.ok() ? bytes->data() : nullptr;
  *size = bytes.ok() ? bytes->size() : 0;
  return Report(bytes.status(), error);
}

tfld_code tfld_binding_infer(tfld_binding* binding, int64_t timeout_us, tfld_error* error) {
  return Report(binding->binding.Infer({.timeout = ToTimeout(timeout_us)}), error);
}

tfld_code tfld_binding_start(tfld_binding* binding, const tfld_infer_options* options, tfld_error* error) {
  return Report(binding->binding.Start(ToOptions(options)), error);
}

tfld_code tfld_binding_wait(tfld_binding* binding, tfld_error* error) { return Report(binding->binding.Wait(), error); }

int tfld_binding_done(const tfld_binding* binding) { return binding->binding.done() ? 1 : 0; }

tfld_code tfld_binding_output_shape(const tfld_binding* binding, size_t index, int64_t* shape, size_t capacity,
                                    size_t* rank, tfld_error* error) {
  *rank = 0;
  const tfld::Status status = binding->binding.OutputBytes(index).status();
  if (!status.ok()) return Report(status, error);
  const std::vector<std::int64_t> sizes = binding->binding.OutputShape(index);
  *rank = sizes.size();
  std::copy_n(sizes.begin(), std::min(capacity, sizes.size()), shape);
  return Report({}, error);
}

const char* tfld_binding_transport(const tfld_binding* binding) { return binding->binding.transport().data(); }

tfld_code tfld_binding_output(const tfld_binding* binding, size_t index, const void** data, size_t* size,
                              tfld_error* error) {
  auto bytes = binding->binding.OutputBytes(index);
  *data = bytes.ok() ? bytes->data() : nullptr;
  *size = bytes.ok() ? bytes->size() : 0;
  return Report(bytes.status(), error);
}

uint64_t tfld_binding_version(const tfld_binding* binding) { return binding->binding.version(); }

}  // extern "C"
