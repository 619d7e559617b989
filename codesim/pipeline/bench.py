"""What a process keeps between the tasks of a scan: its analyser, and the subjects that it prepared.

One is in the process that scans, and one in each of its workers. Source: our own.
"""

from __future__ import annotations

import gc
import sys
from dataclasses import replace

from codesim.config import Settings
from codesim.pipeline.analysis import Analyser
from codesim.pipeline.interpreter import COLLECTOR, FRAMES_FOR_COMPARING
from codesim.pipeline.subjects import Subjects
from codesim.pipeline.texts import Texts
from codesim.refactor import RefactoringCandidate


class Bench:
    """The state of one process.

    Args:
        settings: every setting.
        is_here: False in a worker.
    """

    def __init__(self, settings: Settings, is_here: bool) -> None:
        self.settings, self.is_here = settings, is_here
        self.analyser = Analyser(settings)
        self._subjects: Subjects | None = None

    def subjects(self, texts: Texts) -> Subjects:
        """The prepared subjects of a scan.

        Args:
            texts: of the files that were analysed; the same in every call.
        """
        if self._subjects is None:
            self._subjects = Subjects(texts)
        return self._subjects

    def clear(self) -> None:
        """Let go of the subjects."""
        self._subjects = None

    def carried(self, candidate: RefactoringCandidate) -> RefactoringCandidate:
        """A candidate as it leaves this process: what it was made of, trees and all, stays in a worker."""
        return candidate if self.is_here else replace(candidate, basis=None)


def bench_of_worker(settings: Settings) -> Bench:
    """Make the bench of a worker, and set its interpreter up as the scanning one is (`codesim.pipeline.interpreter`).

    Args:
        settings: every setting.
    """
    gc.set_threshold(*COLLECTOR)
    sys.setrecursionlimit(max(sys.getrecursionlimit(), FRAMES_FOR_COMPARING))
    return Bench(settings, is_here=False)
