// Operators on strings, and hash tables.
#pragma once

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

// EQUAL and NOT_EQUAL of strings, which broadcast.
Status PrepareCompareText(PrepareContext& context, bool when_equal);

Status InferSkipGram(InferContext& context);
Status PrepareSkipGram(PrepareContext& context);

Status InferHashtable(InferContext& context);
Status PrepareHashtable(PrepareContext& context);
Status PrepareHashtableImport(PrepareContext& context);
Status InferHashtableFind(InferContext& context);
Status PrepareHashtableFind(PrepareContext& context);
Status InferHashtableSize(InferContext& context);
Status PrepareHashtableSize(PrepareContext& context);

}  // namespace tfld::engine::reference
