// What clients can ask about a model: its metadata and its configuration, from a version that serves.
#pragma once

namespace inference {
class ModelConfig;
class ModelMetadataResponse;
}  // namespace inference

namespace tfld::daemon {

struct ServedVersion;
class ServingMap;

// Both into an empty message. Shapes are those that a request must have; `map` tells which other versions serve.
void DescribeMetadata(const ServedVersion& served, const ServingMap& map, inference::ModelMetadataResponse& metadata);
void DescribeConfig(const ServedVersion& served, const ServingMap& map, inference::ModelConfig& config);

}  // namespace tfld::daemon
