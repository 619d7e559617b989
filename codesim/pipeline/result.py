"""What a scan gives back: a report, and what is to be said beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from codesim.report import ScanReport

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total)."""


@dataclass(slots=True)
class ScanResult:
    """A report, and what the caller should say beside it: warnings, and suppress comments that are wrong."""

    report: ScanReport
    warnings: list[str] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
