#!/usr/bin/env bash
# check_layers.sh ROOT [TABLE]: reads the include lines of engine/, daemon/, client/ and tests/ under ROOT and fails on
# one that the table does not allow. Prints a line for each, FILE:LINE: what is wrong.
set -euo pipefail

root=$1
table=$(realpath "${2:-$(dirname "${BASH_SOURCE[0]}")/layers.txt}")
cd "$root"

directories=()
for directory in engine daemon client proto tests; do
  if [[ -d $directory ]]; then directories+=("$directory"); fi
done

find "${directories[@]}" -path tests/lint/fixtures -prune -o -type f \( -name '*.h' -o -name '*.cc' -o -name '*.c' -o -name '*.inc' \) -print |
  sort | awk -v table="$table" '
  function complain(where, text) { print where ": " text; bad++ }

  # The room of a path: the longest room that is the path or a directory above it.
  function room_of(path,   best, room) {
    if (path in room_cache) return room_cache[path]
    best = ""
    for (room in rooms)
      if ((path == room || index(path, room "/") == 1) && length(room) > length(best)) best = room
    return room_cache[path] = best
  }

  # Whether room a may include room b, by the table and what follows from it.
  function reaches(a, b,   list, n, i) {
    if ((a, b) in known) return known[a, b]
    known[a, b] = 0
    n = split(below[a], list, " ")
    for (i = 1; i <= n; i++)
      if (list[i] == b || reaches(list[i], b)) return known[a, b] = 1
    return 0
  }

  function may_include(from, to) {
    if (from == to || to == "engine/base" || from in tops) return 1
    if (to in tops) return 0
    return reaches(from, to)
  }

  # The path of a quoted include: from the root, from a root of public headers, generated, or beside the file.
  function resolve(file, name,   beside) {
    if (name in files) return name
    if (("engine/include/" name) in files) return "engine/include/" name
    if (("client/include/" name) in files) return "client/include/" name
    if (name ~ /\.pb\.h$/) return "proto/" name
    if (name == "tflite_generated.h") return "engine/model/" name
    if (name == "operator_selection.h") return "engine/kernels/" name
    beside = file
    sub(/[^\/]*$/, "", beside)
    if ((beside name) in files) return beside name
    return ""
  }

  function check_quoted(file, line, name,   path, from, to) {
    path = resolve(file, name)
    if (path == "") { complain(file ":" line, "no file for #include \"" name "\""); return }
    from = room_of(file)
    to = room_of(path)
    if (!may_include(from, to)) complain(file ":" line, "#include \"" name "\": " from " may not include " to)
  }

  function check_system(file, line, name,   prefix, list, n, i) {
    for (prefix in doors) {
      if (index(name, prefix) != 1) continue
      n = split(doors[prefix], list, " ")
      for (i = 1; i <= n; i++)
        if (file == list[i] || index(file, list[i] "/") == 1) return
      complain(file ":" line, "#include <" name ">: its door is " doors[prefix])
    }
  }

  function read_table(   line, colon, names, n, i, rest) {
    while ((getline line < table) > 0) {
      if (line ~ /^#/ || line ~ /^[ \t]*$/) continue
      colon = index(line, " :")
      rest = colon ? substr(line, colon + 2) : ""
      sub(/^[ \t]+/, "", rest)
      n = split(colon ? substr(line, 1, colon - 1) : line, names, " ")
      if (names[1] == "room") { rooms[names[2]] = 1; below[names[2]] = rest }
      else if (names[1] == "top") { rooms[names[2]] = 1; tops[names[2]] = 1 }
      else if (names[1] == "door") for (i = 2; i <= n; i++) doors[names[i]] = rest
      else complain(table, "not understood: " line)
    }
  }

  function check_table(   room, list, n, i) {
    for (room in rooms) {
      n = split(below[room], list, " ")
      for (i = 1; i <= n; i++)
        if (!(list[i] in rooms)) complain(table, room " points at " list[i] ", which is not a room")
    }
    for (room in rooms)
      if (reaches(room, room)) complain(table, room " lies above itself")
  }

  BEGIN { read_table(); check_table() }
  { files[$0] = 1; order[++count] = $0 }
  END {
    for (i = 1; i <= count; i++) {
      file = order[i]
      if (room_of(file) == "") { complain(file, "in no room of " table); continue }
      number = 0
      while ((getline line < file) > 0) {
        number++
        if (line !~ /^[ \t]*#[ \t]*include[ \t]*["<]/) continue
        includes++
        quoted = line ~ /include[ \t]*"/
        name = line
        sub(/^[^"<]*["<]/, "", name)
        sub(/[">].*$/, "", name)
        if (quoted) check_quoted(file, number, name); else check_system(file, number, name)
      }
      close(file)
    }
    if (bad) { print "layers: " bad " wrong"; exit 1 }
    print "layers: " count " files, " includes " includes, all point down"
  }'
