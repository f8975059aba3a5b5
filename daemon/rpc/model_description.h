// What clients can ask about a model: its metadata and its configuration, from the version that serves.
#pragma once

namespace inference {
class ModelConfig;
class ModelMetadataResponse;
}  // namespace inference

namespace tfld::daemon {

struct ServedVersion;

// Both into an empty message. Shapes are those that a request must have.
void DescribeMetadata(const ServedVersion& served, inference::ModelMetadataResponse& metadata);
void DescribeConfig(const ServedVersion& served, inference::ModelConfig& config);

}  // namespace tfld::daemon
