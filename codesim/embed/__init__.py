"""Embed."""
from codesim.embed.features import GraphArrays, GraphBatch, batch_graphs

__all__ = ["GraphArrays", "GraphBatch", "batch_graphs"]
