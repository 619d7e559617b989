"""The errors codesim raises on purpose, and the exit codes they end in.

Every error carries its data as fields and builds its message inside; `__reduce__` keeps them picklable, because
they cross process boundaries. A file that cannot be analysed is *not* an error here: it is a
`codesim.source.Skipped` in the result, and the run goes on.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller; the table of the manual.

    0: nothing to report. 1: findings. 2: a mistake in usage or configuration, an internal failure, or a scan that
    saw no analysable file at all.
    """

    CLEAN = 0
    FINDINGS = 1
    FAILURE = 2


class CodesimError(Exception):
    """Root of every error that codesim raises on purpose; its text is fit to be shown to the user."""

    def __init__(self, *fields: object) -> None:
        super().__init__(*fields)
        self.fields = fields

    def __reduce__(self) -> tuple[type[CodesimError], tuple[object, ...]]:
        return type(self), self.fields


class ConfigError(CodesimError):
    """A setting that does not exist or does not fit; `origin` names the file or the flag."""

    def __init__(self, origin: str, problem: str, remedy: str = "") -> None:
        super().__init__(origin, problem, remedy)
        self.origin, self.problem, self.remedy = origin, problem, remedy

    def __str__(self) -> str:
        return f"{self.origin}: {self.problem}" + (f" ({self.remedy})" if self.remedy else "")


class SourceError(CodesimError):
    """A file or fragment that the user named and that cannot be used."""

    def __init__(self, path: str, line: int | None, reason: str) -> None:
        super().__init__(path, line, reason)
        self.path, self.line, self.reason = path, line, reason

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.reason}"


class CandidateError(CodesimError):
    """No candidate of a scan, or more than one, has the id that the user named; `others` describes the nearest ones."""

    def __init__(self, name: str, problem: str, others: tuple[str, ...] = ()) -> None:
        super().__init__(name, problem, others)
        self.name, self.problem, self.others = name, problem, others

    def __str__(self) -> str:
        return "\n".join([f"{self.name}: {self.problem}", *(f"  {other}" for other in self.others)])


class GraphError(CodesimError):
    """A function whose graph cannot be built; `qualname` and `reason` say which and why."""

    def __init__(self, qualname: str, reason: str) -> None:
        super().__init__(qualname, reason)
        self.qualname, self.reason = qualname, reason

    def __str__(self) -> str:
        return f"{self.qualname}: {self.reason}"


class WeightsError(CodesimError):
    """The encoder's weights are missing, damaged, or of another feature schema."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class StoreError(CodesimError):
    """The cache cannot be opened or written; a scan goes on without it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class WorkerError(CodesimError):
    """A worker process of a scan was ended from outside."""

    def __str__(self) -> str:
        return "a worker process was killed, as the system does when memory runs out (fewer take less: --jobs 1)"
