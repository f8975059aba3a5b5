#!/usr/bin/env bash
# Installs the libraries into an empty directory, then builds and runs programs of tfld::engine, tfld::engine_micro and tfld::client
# that find them there, with the sources of tfld nowhere on the way.
#
# usage: find_package_test.sh CMAKE BUILD_DIR CXX [COMPILER FLAGS...]
set -euo pipefail
cmake=$1 build=$2 cxx=$3
shift 3

work=$(mktemp -d /tmp/tfld.XXXXXX)
trap 'rm -rf "$work"' EXIT
"$cmake" --install "$build" --prefix "$work/prefix" --component libtfld-dev > "$work/install.log"
cp -r "$(dirname "${BASH_SOURCE[0]}")/consumer" "$work/consumer"
"$cmake" -S "$work/consumer" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_CXX_FLAGS="$*" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF -DCMAKE_BUILD_TYPE=Release
"$cmake" --build "$work/build"
"$work/build/use_engine"
"$work/build/use_engine_micro"
"$work/build/use_client"
if grep -rn "$build" "$work/prefix/lib/cmake" "$work/prefix/lib/"*/cmake 2> /dev/null; then
  echo "FAILED: the installed package points into the build tree" >&2
  exit 1
fi
