// What can be deployed: the bytes of a .tflite model, or a package, which is a tar archive (plain, gzip or zstd) of
//
//   model.tflite           required
//   manifest.json          optional: see manifest.h. When it lists files, those and no others are there, as listed
//   golden/golden.json     optional: the test that the version must pass before it serves
//   golden/*.npy
//
// Nothing else: no other paths, no links, no devices; sizes are bounded by what is unpacked, not by what is announced.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/store/file_system.h"
#include "daemon/store/manifest.h"
#include "engine/base/result.h"

namespace tfld::daemon {

struct PackageLimits {
  std::uint64_t max_unpacked_bytes = std::uint64_t{1} << 30;
  std::size_t max_files = 256;
};

// Whether the file is a model as it is, with the identifier of .tflite at offset 4.
Result<bool> IsRawModel(FileSystem& files, const std::string& path);

// Unpacks the file `package` into `directory`, which does not exist yet, and syncs all of it. The result has the digest
// of every file. A raw model is renamed into the directory rather than copied, and has
// to be synced before. INVALID_ARGUMENT names the file of the
// package that is wrong; on an error the directory may be there, for the caller to remove.
Result<Manifest> UnpackPackage(FileSystem& files, const std::string& package, const std::string& directory,
                               const PackageLimits& limits);

}  // namespace tfld::daemon
