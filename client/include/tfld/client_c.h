/* tfld's client library for C: the same as tfld/client.h, with handles and without exceptions.
 *
 * Functions that can fail return TFLD_OK or another code and, where `error` is not NULL, fill it in. Handles that they
 * give out belong to the caller until the matching _close. Strings and tensor pointers belong to the handle.
 *
 * Thread rule: a client may be used from any thread; a binding from one thread at a time.
 */
#ifndef TFLD_CLIENT_C_H
#define TFLD_CLIENT_C_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* gRPC's canonical codes. */
typedef enum tfld_code {
  TFLD_OK = 0,
  TFLD_CANCELLED = 1,
  TFLD_UNKNOWN = 2,
  TFLD_INVALID_ARGUMENT = 3,
  TFLD_DEADLINE_EXCEEDED = 4,
  TFLD_NOT_FOUND = 5,
  TFLD_ALREADY_EXISTS = 6,
  TFLD_PERMISSION_DENIED = 7,
  TFLD_RESOURCE_EXHAUSTED = 8,
  TFLD_FAILED_PRECONDITION = 9,
  TFLD_ABORTED = 10,
  TFLD_OUT_OF_RANGE = 11,
  TFLD_UNIMPLEMENTED = 12,
  TFLD_INTERNAL = 13,
  TFLD_UNAVAILABLE = 14,
  TFLD_DATA_LOSS = 15,
  TFLD_UNAUTHENTICATED = 16
} tfld_code;

typedef enum tfld_data_type {
  TFLD_BOOL = 0,
  TFLD_UINT8 = 1,
  TFLD_UINT16 = 2,
  TFLD_UINT32 = 3,
  TFLD_UINT64 = 4,
  TFLD_INT8 = 5,
  TFLD_INT16 = 6,
  TFLD_INT32 = 7,
  TFLD_INT64 = 8,
  TFLD_FLOAT16 = 9,
  TFLD_BFLOAT16 = 10,
  TFLD_FLOAT32 = 11,
  TFLD_FLOAT64 = 12,
  TFLD_BYTES = 13
} tfld_data_type;

/* What went wrong; the message is cut when it is longer. */
typedef struct tfld_error {
  tfld_code code;
  char message[512];
} tfld_error;

typedef struct tfld_client tfld_client;
typedef struct tfld_binding tfld_binding;

typedef struct tfld_tensor_info {
  const char* name;
  tfld_data_type type;
  size_t rank;
  const int64_t* shape; /* `rank` sizes; -1 where the size is open */
} tfld_tensor_info;

/* For `timeout_us`. */
#define TFLD_NO_TIMEOUT ((int64_t)-1)

/* How requests reach the daemon: see TransportChoice in tfld/client.h. */
typedef enum tfld_transport {
  TFLD_TRANSPORT_AUTO = 0,
  TFLD_TRANSPORT_GRPC = 1,
  TFLD_TRANSPORT_CHANNEL = 2
} tfld_transport;

/* Which requests the daemon runs first. */
typedef enum tfld_priority {
  TFLD_PRIORITY_DEFAULT = 0,
  TFLD_PRIORITY_CRITICAL = 1,
  TFLD_PRIORITY_NORMAL = 2,
  TFLD_PRIORITY_BACKGROUND = 3
} tfld_priority;

/* All zero is a fine choice for both, but for the timeout, which is then none at all. */
typedef struct tfld_client_options {
  const char* runtime_dir; /* NULL to find the daemon by itself */
  int64_t wait_us;         /* for a daemon that is not there yet */
  tfld_transport transport;
} tfld_client_options;

typedef struct tfld_infer_options {
  int64_t timeout_us;
  tfld_priority priority;
} tfld_infer_options;

/* "INVALID_ARGUMENT" and so on. */
const char* tfld_code_name(tfld_code code);

/* `runtime_dir` is NULL to find the daemon by itself. Waits up to `wait_us` microseconds for one that is not there yet.
 * TFLD_UNAVAILABLE when no daemon answers. */
tfld_code tfld_client_connect(const char* runtime_dir, int64_t wait_us, tfld_client** client, tfld_error* error);
tfld_code tfld_client_connect_with(const tfld_client_options* options, tfld_client** client, tfld_error* error);
/* NULL is fine. Bindings stay usable. */
void tfld_client_close(tfld_client* client);

/* `version` is NULL or "" for whichever version is active at each inference, a label, or a number in decimal. */
tfld_code tfld_client_bind(tfld_client* client, const char* model, const char* version, tfld_binding** binding,
                           tfld_error* error);
/* Fills `bindings` with `count` bindings of one model whose requests can be under way at the same time; each is closed
 * by itself. On an error all of them are NULL. */
tfld_code tfld_client_bind_slots(tfld_client* client, const char* model, const char* version, size_t count,
                                 tfld_binding** bindings, tfld_error* error);
/* NULL is fine. */
void tfld_binding_close(tfld_binding* binding);

size_t tfld_binding_input_count(const tfld_binding* binding);
size_t tfld_binding_output_count(const tfld_binding* binding);
/* As the model declares them. TFLD_NOT_FOUND when `index` is too large. */
tfld_code tfld_binding_input_info(const tfld_binding* binding, size_t index, tfld_tensor_info* info, tfld_error* error);
tfld_code tfld_binding_output_info(const tfld_binding* binding, size_t index, tfld_tensor_info* info,
                                   tfld_error* error);

/* Gives an input another shape, for models that take more than one. All its elements become zero. */
tfld_code tfld_binding_resize_input(tfld_binding* binding, size_t index, const int64_t* shape, size_t rank,
                                    tfld_error* error);

/* The memory of an input, `size` bytes, to be written; valid until the binding is closed or one of its inputs is
 * resized. */
tfld_code tfld_binding_input(tfld_binding* binding, size_t index, void** data, size_t* size, tfld_error* error);

/* Sends the inputs and waits at most `timeout_us` microseconds for the outputs. */
tfld_code tfld_binding_infer(tfld_binding* binding, int64_t timeout_us, tfld_error* error);

/* The same in two steps: inputs must not be changed between them, and every start that succeeded is followed by a wait.
 * `options` is NULL for no timeout and the default priority. */
tfld_code tfld_binding_start(tfld_binding* binding, const tfld_infer_options* options, tfld_error* error);
tfld_code tfld_binding_wait(tfld_binding* binding, tfld_error* error);
/* Not 0 when a request is under way and tfld_binding_wait would return at once. */
int tfld_binding_done(const tfld_binding* binding);

/* The memory of an output of the last inference that succeeded, valid until the next one. */
tfld_code tfld_binding_output(const tfld_binding* binding, size_t index, const void** data, size_t* size,
                              tfld_error* error);

/* The shape that an output had in the last answer: `*rank` sizes, of which at most `capacity` are written. */
tfld_code tfld_binding_output_shape(const tfld_binding* binding, size_t index, int64_t* shape, size_t capacity,
                                    size_t* rank, tfld_error* error);

/* "channel" or "grpc". */
const char* tfld_binding_transport(const tfld_binding* binding);

/* The version of the model that gave the last answer; 0 when there is none. */
uint64_t tfld_binding_version(const tfld_binding* binding);

#ifdef __cplusplus
}
#endif

#endif /* TFLD_CLIENT_C_H */
