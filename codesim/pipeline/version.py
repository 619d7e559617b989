"""The version of what an analysis records, apart from the rooms that make it: a kept report asks for nothing else."""

ANALYSIS_VERSION = 6
"""Bump when lowering, substance or fragment limits change what a record holds."""
