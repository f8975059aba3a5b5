// Operators that move, select or generate elements, and those that look rows up.
#pragma once

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

// slice.cc
Status InferSlice(InferContext& context);
Status PrepareSlice(PrepareContext& context);

// gather_nd.cc
Status InferGatherNd(InferContext& context);
Status PrepareGatherNd(PrepareContext& context);

// scatter_nd.cc
Status InferScatterNd(InferContext& context);
Status PrepareScatterNd(PrepareContext& context);

// tile.cc
Status InferTile(InferContext& context);
Status PrepareTile(PrepareContext& context);

// broadcast_to.cc
Status InferBroadcastTo(InferContext& context);
Status PrepareBroadcastTo(PrepareContext& context);
Status InferBroadcastArgs(InferContext& context);
Status PrepareBroadcastArgs(PrepareContext& context);

// fill.cc
Status InferFill(InferContext& context);
Status PrepareFill(PrepareContext& context);
Status PrepareZerosLike(PrepareContext& context);

// range.cc
Status InferRange(InferContext& context);
Status PrepareRange(PrepareContext& context);

// reverse.cc
Status PrepareReverse(PrepareContext& context);
Status PrepareReverseSequence(PrepareContext& context);

// space_batch.cc
Status InferSpaceToBatch(InferContext& context);
Status PrepareSpaceToBatch(PrepareContext& context);
Status InferBatchToSpace(InferContext& context);
Status PrepareBatchToSpace(PrepareContext& context);

// space_depth.cc
Status InferSpaceToDepth(InferContext& context);
Status PrepareSpaceToDepth(PrepareContext& context);
Status InferDepthToSpace(InferContext& context);
Status PrepareDepthToSpace(PrepareContext& context);

// mirror_pad.cc
Status InferMirrorPad(InferContext& context);
Status PrepareMirrorPad(PrepareContext& context);

// resize_nearest_neighbor.cc; the shape rule is InferResize
Status PrepareResizeNearestNeighbor(PrepareContext& context);

// one_hot.cc
Status InferOneHot(InferContext& context);
Status PrepareOneHot(PrepareContext& context);

// matrix_diag.cc
Status InferMatrixDiag(InferContext& context);
Status PrepareMatrixDiag(PrepareContext& context);
Status InferMatrixSetDiag(InferContext& context);
Status PrepareMatrixSetDiag(PrepareContext& context);

// dynamic_update_slice.cc
Status InferDynamicUpdateSlice(InferContext& context);
Status PrepareDynamicUpdateSlice(PrepareContext& context);

// top_k.cc
Status InferTopK(InferContext& context);
Status PrepareTopK(PrepareContext& context);

// unique.cc
Status InferUnique(InferContext& context);
Status PrepareUnique(PrepareContext& context);

// where.cc
Status InferWhere(InferContext& context);
Status PrepareWhere(PrepareContext& context);

// segment.cc
Status InferSegmentSum(InferContext& context);
Status PrepareSegmentSum(PrepareContext& context);
Status InferUnsortedSegment(InferContext& context);
Status PrepareUnsortedSegmentSum(PrepareContext& context);
Status PrepareUnsortedSegmentProd(PrepareContext& context);
Status PrepareUnsortedSegmentMin(PrepareContext& context);
Status PrepareUnsortedSegmentMax(PrepareContext& context);

// embedding_lookup.cc
Status InferEmbeddingLookup(InferContext& context);
Status PrepareEmbeddingLookup(PrepareContext& context);

// embedding_lookup_sparse.cc
Status InferEmbeddingLookupSparse(InferContext& context);
Status PrepareEmbeddingLookupSparse(PrepareContext& context);

// hashtable_lookup.cc
Status InferHashtableLookup(InferContext& context);
Status PrepareHashtableLookup(PrepareContext& context);

// sparse_to_dense.cc
Status InferSparseToDense(InferContext& context);
Status PrepareSparseToDense(PrepareContext& context);

// bucketize.cc
Status PrepareBucketize(PrepareContext& context);

// bitcast.cc
Status InferBitcast(InferContext& context);
Status PrepareBitcast(PrepareContext& context);

// rank.cc
Status InferRank(InferContext& context);
Status PrepareRank(PrepareContext& context);

// non_max_suppression.cc
Status InferNonMaxSuppression(InferContext& context);
Status PrepareNonMaxSuppression(PrepareContext& context);

// lsh_projection.cc
Status InferLshProjection(InferContext& context);
Status PrepareLshProjection(PrepareContext& context);

// fake_quant.cc
Status PrepareFakeQuant(PrepareContext& context);

}  // namespace tfld::engine::reference
