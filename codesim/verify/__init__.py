"""Verify: align two fragments, list what differs, decide."""

from codesim.verify.differences import Axis, Difference, DifferenceKind, Place

__all__ = ["Axis", "Difference", "DifferenceKind", "Place"]
