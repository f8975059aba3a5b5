"""Client of tfld, the on-device inference daemon."""

from tfld._client import Client, Error, Model, Tensor

__all__ = ["Client", "Error", "Model", "Tensor"]
