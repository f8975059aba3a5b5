#!/usr/bin/env bash
# XNNPACK, pthreadpool and cpuinfo from pinned source tarballs, built once into a cache outside of the build tree.
#
#   build.sh prefix   prints the directory where the libraries are, or would be; status 1 when they are not there
#   build.sh fetch    gets the tarballs into <cache>/tarballs and checks them
#   build.sh build    fetches and builds unless that has been done
#
# The cache is $TFLD_CACHE, or tfld in $XDG_CACHE_HOME or ~/.cache. The directory's name is the hash of the recipe beside
# this file, of the pinned hashes and of the compilers ($CC, $CXX). A tarball that is already in <cache>/tarballs is not fetched.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${TFLD_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tfld}
tarballs=$cache/tarballs
cc=${CC:-gcc}
cxx=${CXX:-g++}
jobs=${TFLD_JOBS:-$(nproc)}

die() {
  printf 'third-party build: %s\n' "$*" >&2
  exit 1
}

# The same for cc and gcc where they are one: without the name that it was called by.
compiler_version() {
  "$1" --version | sed '1s/^[^ ]* //'
}

prefix_dir() {
  local key
  key=$(cat "$here/pins.txt" "$here/CMakeLists.txt" \
    <("$cc" -dumpmachine) <(compiler_version "$cc") <(compiler_version "$cxx") | sha256sum)
  printf '%s/xnnpack-%s\n' "$cache" "${key:0:16}"
}

# pins <package>: lines "<file> <sha256>", best first
pins() {
  awk -v package="$1" '$1 == package { print $2, $3 }' "$here/pins.txt"
}

sha256_of() {
  sha256sum "$1" | cut -d' ' -f1
}

# Prints the accepted tarball of a package that is in the cache; status 1 if there is none.
have_tarball() {
  local file hash
  while read -r file hash; do
    [[ -f $tarballs/$file ]] || continue
    if [[ $(sha256_of "$tarballs/$file") == "$hash" ]]; then
      printf '%s\n' "$tarballs/$file"
      return 0
    fi
    echo "$tarballs/$file does not have the pinned sha256 $hash; it is not used" >&2
  done < <(pins "$1")
  return 1
}

# Prints "<uri>|<keyring or nothing>" of the system's own Debian source.
debian_source() {
  local list
  for list in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
    [[ -f $list ]] || continue
    awk '
      function flush() {
        if (uri != "" && suites !~ /-security/ && !done) { print uri "|" key; done = 1 }
        uri = ""; suites = ""; key = ""
      }
      /^#/ { next }
      /^[[:space:]]*$/ { flush(); next }
      /^URIs:/ { uri = $2; next }
      /^Suites:/ { suites = $0; next }
      /^Signed-By:/ { if ($2 ~ /^\//) key = $2; next }
      /^deb(-src)?[[:space:]]/ {
        line = $0; signed = ""
        if (match(line, /\[[^]]*\]/)) {
          options = substr(line, RSTART + 1, RLENGTH - 2)
          if (match(options, /signed-by=[^ ]*/)) signed = substr(options, RSTART + 10, RLENGTH - 10)
          sub(/\[[^]]*\][[:space:]]*/, "", line)
        }
        split(line, field, /[[:space:]]+/)
        if (field[2] ~ /security/ || field[3] ~ /-security/) next
        if (!done) { print field[2] "|" signed; done = 1 }
      }
      END { flush() }' "$list" && return 0
  done
}

# fetch_from_suite <suite> <directory> <package>...: downloads what the suite has; never fails
fetch_from_suite() {
  local suite=$1 dir=$2 source uri key options package
  shift 2
  source=$(debian_source)
  uri=${source%%|*}
  key=${source##*|}
  [[ -n $uri ]] || { echo "no Debian source in /etc/apt/sources.list.d/debian.sources or /etc/apt/sources.list" >&2; return 0; }
  mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/download"
  chmod -R a+rX "$dir"
  printf 'deb-src %s%s %s main\n' "${key:+[signed-by=$key] }" "$uri" "$suite" > "$dir/sources.list"
  # A mirror that lags behind will do, since each tarball has a pinned hash: hence no check of the date.
  options=(-o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir/cache" -o "Dir::Etc::SourceList=$dir/sources.list"
    -o Dir::Etc::SourceParts=/dev/null -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3
    -o Acquire::Check-Valid-Until=false)
  if ! apt-get "${options[@]}" -q update; then
    echo "apt could not read the sources of $suite from $uri" >&2
    return 0
  fi
  for package in "$@"; do
    (cd "$dir/download" && apt-get "${options[@]}" -q source --download-only --tar-only "$package") ||
      echo "$suite at $uri did not give the source of $package" >&2
  done
}

# Moves what has a pinned hash from a download directory to the cache.
keep_pinned() {
  local dir=$1 package=$2 file hash
  while read -r file hash; do
    [[ -f $dir/$file ]] || continue
    if [[ $(sha256_of "$dir/$file") == "$hash" ]]; then
      mv "$dir/$file" "$tarballs/$file"
      return 0
    fi
    echo "$file came with another sha256 than the pinned $hash; it is not used" >&2
  done < <(pins "$package")
}

missing_packages() {
  local package
  for package in xnnpack pthreadpool cpuinfo; do
    have_tarball "$package" > /dev/null || echo "$package"
  done
}

fetch() {
  local suite package missing work
  mkdir -p "$tarballs"
  for suite in trixie forky sid; do
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]})) || return 0
    echo "Fetching the source of ${missing[*]} from $suite"
    work=$(mktemp -d)
    fetch_from_suite "$suite" "$work" "${missing[@]}"
    for package in "${missing[@]}"; do
      keep_pinned "$work/download" "$package"
    done
    rm -rf "$work"
  done
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]})) || return 0
  {
    echo "These source tarballs could not be had from the suites trixie, forky and sid of $(debian_source | cut -d'|' -f1):"
    for package in "${missing[@]}"; do
      pins "$package" | awk '{ print (NR == 1 ? "  " : "  or ") $1 "\n     sha256 " $2 }'
    done
    echo "Get one of each from a Debian mirror or from snapshot.debian.org, put it into $tarballs and run this again."
  } >&2
  return 1
}

unpack() {
  local package=$1 to=$2 tarball
  tarball=$(have_tarball "$package") || die "the tarball of $package is not there"
  mkdir -p "$to/unpacked-$package"
  tar -C "$to/unpacked-$package" -xf "$tarball"
  # Some of these tarballs have a top folder, some have none.
  if [[ -f $to/unpacked-$package/CMakeLists.txt ]]; then
    mv "$to/unpacked-$package" "$to/$package"
  else
    mv "$to/unpacked-$package"/*/ "$to/$package"
  fi
  echo "$(basename "$tarball") $(sha256_of "$tarball")" >> "$to/sources.txt"
}

build() {
  local prefix work package generator=() launcher=()
  prefix=$(prefix_dir)
  mkdir -p "$cache"
  exec 9> "$cache/lock"
  flock 9
  [[ -f $prefix/sources.txt ]] && return 0
  fetch || exit 1
  # The same path each time, so that ccache finds what it has seen.
  work=$cache/work
  rm -rf "$work"
  mkdir "$work"
  for package in xnnpack pthreadpool cpuinfo; do
    unpack "$package" "$work"
  done
  if command -v ninja > /dev/null; then generator=(-G Ninja); fi
  if command -v ccache > /dev/null; then
    launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  cmake -S "$here" -B "$work/build" "${generator[@]}" "${launcher[@]}" -Wno-dev -DTFLD_SOURCES="$work" \
    -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" \
    -DCMAKE_POLICY_VERSION_MINIMUM=3.5 -DCMAKE_INSTALL_PREFIX="$work/prefix"
  cmake --build "$work/build" --parallel "$jobs"
  cmake --install "$work/build"
  cp "$work/sources.txt" "$work/prefix/sources.txt"
  rm -rf "$prefix"
  mv "$work/prefix" "$prefix"
  rm -rf "$work"
}

case ${1:-} in
  prefix)
    prefix_dir
    [[ -f $(prefix_dir)/sources.txt ]]
    ;;
  fetch) fetch ;;
  build) build ;;
  *) die "usage: build.sh prefix|fetch|build" ;;
esac
