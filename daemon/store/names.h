// Which names may come from outside and become paths.
#pragma once

#include <string_view>

#include "engine/base/status.h"

namespace tfld::daemon {

// A model's: 1 to 64 of A-Z a-z 0-9 . _ - and no '.' first. INVALID_ARGUMENT names what is wrong.
Status CheckModelName(std::string_view name);

// A file's in a package: model.tflite, manifest.json, or below golden/, with parts as above of up to 128 characters.
Status CheckPackagePath(std::string_view path);

}  // namespace tfld::daemon
