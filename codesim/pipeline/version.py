"""The version of what an analysis records, apart from the rooms that make it: a kept report asks for nothing else."""

ANALYSIS_VERSION = 7
"""Bump when lowering, substance, surroundings or fragment limits change what a record holds."""
