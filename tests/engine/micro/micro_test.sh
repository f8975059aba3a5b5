#!/usr/bin/env bash
# micro_test.sh PROGRAM SOURCE_DIR: the shipped model, and the MLPerf Tiny models where their goldens are at hand.
set -euo pipefail
program=$1 source=$2
shipped=$source/packaging/models/bearing_fault/1
cases=("$shipped/model.tflite" "$shipped/golden/step0_input0.npy" "$shipped/golden/step0_output0.npy")
shared=${TFLD_SHARED:-$source/../shared}
for name in ad01_int8 ic_resnet_int8 kws_int8 vww_96_int8 person_detect_int8 micro_speech_int8 hello_world_int8; do
  model=$shared/models/$name.tflite
  goldens=("$shared/golden/$name"/*/input0.npy) # stays a pattern when there is none
  if [[ -f $model && -f ${goldens[0]} ]]; then
    cases+=("$model" "${goldens[0]}" "${goldens[0]%/*}/output0.npy")
  else
    echo "skipped: no golden for $name in $shared"
  fi
done
exec "$program" "${cases[@]}"
