#!/bin/bash
# grpcurl against a real daemon: everything it knows of the protocol comes from reflection. Argument: BIN_DIR.
# Which one: $TFLD_GRPCURL, else that of the PATH. Skipped without it.
set -u
grpcurl=${TFLD_GRPCURL:-$(command -v grpcurl)}
if [[ -z $grpcurl ]]; then
  echo "skipped: there is no grpcurl (go install github.com/fullstorydev/grpcurl/cmd/grpcurl@latest, or set TFLD_GRPCURL)"
  exit 77
fi
. "$(dirname "$0")/serving_daemon.sh"

# The same for the names of fields that some versions print with underscores and others with capitals.
plain() {
  local text=${1//[[:space:]_]/}
  echo "${text,,}"
}

# expect TEXT SOCKET METHOD [REQUEST...]: what the call prints has the text.
expect() {
  local text=$1 path=$2 method=$3 output
  shift 3
  output=$(printf '%s\n' "${@:-{\}}" | "$grpcurl" -plaintext -unix -d @ "$path" "$method" 2>&1)
  [[ $(plain "$output") == *"$(plain "$text")"* ]] || fail "$method: '$text' is not in $output"
}

service=inference.GRPCInferenceService
[[ $("$grpcurl" -plaintext -unix "$socket" list) == *$service* ]] || fail "reflection does not list $service"
expect '"status": "SERVING"' "$socket" grpc.health.v1.Health/Check
expect '"ready": true' "$socket" $service/ServerReady
expect '"name": "tfld"' "$socket" $service/ServerMetadata
expect '"shape": ["1", "2048", "1", "1"]' "$socket" $service/ModelMetadata '{"name": "bearing"}'
expect '"dataType": "TYPE_INT8"' "$socket" $service/ModelConfig '{"name": "bearing"}'
expect '"modelVersion": "1", "id": "one"' "$socket" $service/ModelInfer "$(request bearing one)"
expect 'NotFound' "$socket" $service/ModelInfer "$(request nobody one)"
expect '"id": "two"' "$socket" $service/ModelStreamInfer "$(request bearing one)" "$(request bearing two)"
expect '"errorMessage": "model' "$socket" $service/ModelStreamInfer "$(request nobody one)"
expect '"inferenceCount": "3"' "$socket" $service/ModelStatistics '{"name": "bearing"}'
expect '"state": "READY"' "$socket" $service/RepositoryIndex
expect 'PermissionDenied' "$socket" $service/RepositoryModelUnload '{"model_name": "bearing"}'
expect '{}' "$admin_socket" $service/RepositoryModelUnload '{"model_name": "bearing"}'
expect '"reason": "unloaded"' "$socket" $service/RepositoryIndex
expect '{}' "$admin_socket" $service/RepositoryModelLoad '{"model_name": "bearing"}'
expect 'PermissionDenied' "$socket" $service/LogSettings '{"settings": {"log_info": {"bool_param": false}}}'
expect '"log_info": {"boolParam": false}' "$admin_socket" $service/LogSettings \
  '{"settings": {"log_info": {"bool_param": false}}}'
expect '"trace_level": {"value": ["OFF"]}' "$socket" $service/TraceSetting
expect 'NotFound' "$socket" $service/SystemSharedMemoryRegister '{"name": "r", "key": "/tfld-none", "byte_size": 1}'
expect 'Unimplemented' "$socket" $service/CudaSharedMemoryStatus
finish
