#include "tests/client/c_api_user.h"

#include <stdio.h>
#include <string.h>
#include <tfld/client_c.h>

#define TEXT_INNER(number) #number
#define TEXT(number) TEXT_INNER(number)
#define EXPECT(condition) \
  if (!(condition)) return "line " TEXT(__LINE__) ": " #condition

static const char* Infer(tfld_binding* binding) {
  tfld_error error;
  void* input = NULL;
  const void* output = NULL;
  size_t size = 0;
  const float x[4] = {1, 2, 3, 4};
  EXPECT(tfld_binding_output(binding, 0, &output, &size, NULL) == TFLD_FAILED_PRECONDITION);
  EXPECT(tfld_binding_input(binding, 0, &input, &size, &error) == TFLD_OK);
  EXPECT(size == sizeof(x));
  memcpy(input, x, sizeof(x));
  EXPECT(tfld_binding_infer(binding, 60000000, &error) == TFLD_OK);
  EXPECT(tfld_binding_infer(binding, TFLD_NO_TIMEOUT, NULL) == TFLD_OK);
  EXPECT(tfld_binding_output(binding, 0, &output, &size, &error) == TFLD_OK);
  EXPECT(size == sizeof(x));
  for (int i = 0; i < 4; ++i) EXPECT(((const float*)output)[i] == 2 * x[i]);
  EXPECT(tfld_binding_version(binding) == 1);
  EXPECT(tfld_binding_input(binding, 1, &input, &size, &error) == TFLD_NOT_FOUND);
  EXPECT(input == NULL && size == 0 && error.code == TFLD_NOT_FOUND);
  return NULL;
}

static const char* StartAndWait(tfld_client* client) {
  tfld_binding* slots[2] = {NULL, NULL};
  const tfld_infer_options options = {60000000, TFLD_PRIORITY_CRITICAL};
  EXPECT(tfld_client_bind_slots(client, "nothing", NULL, 2, slots, NULL) == TFLD_NOT_FOUND && slots[1] == NULL);
  EXPECT(tfld_client_bind_slots(client, "scale", NULL, 2, slots, NULL) == TFLD_OK);
  EXPECT(tfld_binding_wait(slots[0], NULL) == TFLD_FAILED_PRECONDITION);
  for (int i = 0; i < 2; ++i) {
    void* input = NULL;
    size_t size = 0;
    EXPECT(tfld_binding_input(slots[i], 0, &input, &size, NULL) == TFLD_OK);
    ((float*)input)[0] = (float)(i + 1);
    EXPECT(tfld_binding_start(slots[i], i == 0 ? &options : NULL, NULL) == TFLD_OK);
    EXPECT(tfld_binding_infer(slots[i], TFLD_NO_TIMEOUT, NULL) == TFLD_FAILED_PRECONDITION);
  }
  for (int i = 0; i < 2; ++i) {
    const void* output = NULL;
    int64_t shape[8] = {0};
    size_t size = 0;
    EXPECT(tfld_binding_wait(slots[i], NULL) == TFLD_OK);
    EXPECT(tfld_binding_done(slots[i]) == 0);
    EXPECT(tfld_binding_output(slots[i], 0, &output, &size, NULL) == TFLD_OK);
    EXPECT(((const float*)output)[0] == 2 * (float)(i + 1));
    EXPECT(tfld_binding_output_shape(slots[i], 0, shape, 8, &size, NULL) == TFLD_OK);
    EXPECT(size == 2 && shape[0] == 1 && shape[1] == 4);
    EXPECT(strcmp(tfld_binding_transport(slots[i]), "grpc") == 0);
    tfld_binding_close(slots[i]);
  }
  return NULL;
}

static const char* Describe(tfld_binding* binding) {
  tfld_tensor_info info;
  EXPECT(tfld_binding_input_count(binding) == 1);
  EXPECT(tfld_binding_output_count(binding) == 1);
  EXPECT(tfld_binding_input_info(binding, 0, &info, NULL) == TFLD_OK);
  EXPECT(strcmp(info.name, "x") == 0 && info.type == TFLD_FLOAT32 && info.rank == 2 && info.shape[1] == 4);
  EXPECT(tfld_binding_output_info(binding, 1, &info, NULL) == TFLD_NOT_FOUND);
  return NULL;
}

static const char* Resize(tfld_client* client) {
  const int64_t shape[2] = {1, 3};
  tfld_binding* binding = NULL;
  void* input = NULL;
  size_t size = 0;
  EXPECT(tfld_client_bind(client, "open", "", &binding, NULL) == TFLD_OK);
  EXPECT(tfld_binding_resize_input(binding, 0, shape, 2, NULL) == TFLD_OK);
  EXPECT(tfld_binding_input(binding, 0, &input, &size, NULL) == TFLD_OK);
  EXPECT(size == 3 * sizeof(float));
  tfld_binding_close(binding);
  return NULL;
}

const char* UseCApi(const char* runtime_dir) {
  tfld_error error;
  tfld_client* client = NULL;
  tfld_binding* binding = NULL;
  EXPECT(tfld_client_connect(runtime_dir, 0, &client, &error) == TFLD_OK);
  EXPECT(error.code == TFLD_OK && error.message[0] == '\0');
  EXPECT(tfld_client_bind(client, "nothing", NULL, &binding, &error) == TFLD_NOT_FOUND);
  EXPECT(binding == NULL && strcmp(error.message, "there is no model nothing") == 0);
  EXPECT(strcmp(tfld_code_name(error.code), "NOT_FOUND") == 0);
  EXPECT(tfld_client_bind(client, "scale", NULL, &binding, &error) == TFLD_OK);
  const char* failure = Describe(binding);
  if (failure == NULL) failure = Infer(binding);
  if (failure == NULL) failure = Resize(client);
  if (failure == NULL) failure = StartAndWait(client);
  tfld_binding_close(binding);
  tfld_client_close(client);
  return failure;
}

const char* UseCApiWithoutDaemon(const char* runtime_dir) {
  tfld_error error;
  tfld_client* client = (tfld_client*)&error;
  EXPECT(tfld_client_connect(runtime_dir, 0, &client, &error) == TFLD_UNAVAILABLE);
  EXPECT(client == NULL && strstr(error.message, "Start tfld") != NULL);
  EXPECT(tfld_client_connect(runtime_dir, 1000, &client, NULL) == TFLD_UNAVAILABLE);
  tfld_client_close(NULL);
  tfld_binding_close(NULL);
  return NULL;
}
