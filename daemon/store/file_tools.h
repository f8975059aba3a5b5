// What the store does with files again and again, on top of FileSystem.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/store/file_system.h"

namespace tfld::daemon {

inline std::span<const std::byte> AsBytes(std::string_view text) { return std::as_bytes(std::span(text)); }

// The whole file; INVALID_ARGUMENT when it is larger than `max_bytes`.
Result<std::string> ReadFile(FileSystem& files, const std::string& path, std::uint64_t max_bytes);

// A new file with these contents, synced; its name is durable only after SyncDirectory of its parent.
Status WriteNewFile(FileSystem& files, const std::string& path, std::span<const std::byte> bytes);

// Makes the directory and its parents where they are not there, and what it makes durable.
Status EnsureDirectory(FileSystem& files, const std::string& path);

// Removes the file or directory with all that it holds. What is not there is removed already.
Status RemoveTree(FileSystem& files, const std::string& path);

}  // namespace tfld::daemon
