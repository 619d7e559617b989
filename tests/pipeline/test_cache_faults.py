"""Whatever happens to the cache, a scan says what it says without one: damage, kills, full disks, several at once.

The slow forms (`pytest -m slow`) have a hundred kills, eight scans at once, and a flip in every part of the file.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cases import FIXTURES

import codesim
from codesim.config import Settings
from codesim.errors import StoreError
from codesim.pipeline import ScanResult, corridor, scan
from codesim.report import render_json
from codesim.store import Cache

SETTINGS = replace(Settings(), jobs=1)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(codesim.__path__[0]).parent)}
COMMAND = [sys.executable, "-m", "codesim", "scan", "--jobs", "1", "--format", "json"]
CASES = sorted((FIXTURES / "clones").glob("*/*"))[:10]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    for case in CASES:
        shutil.copytree(case, root / case.name)
    monkeypatch.chdir(root)
    return root


def scanned(project: Path, **changes: object) -> ScanResult:
    return scan([project], replace(SETTINGS, **changes), project)  # type: ignore[arg-type]


def said(project: Path, **changes: object) -> str:
    return render_json(scanned(project, **changes).report)


def edit(project: Path, number: int) -> None:
    """Something to write for every scan: a file that was never there, and one that is another."""
    (project / f"new{number % 3}.py").write_text(
        f"def total{number}(rows):\n    count = {number}\n    for row in rows:\n        count += row\n"
        f"        if count > {number}:\n            print(row)\n    return count\n",
        encoding="utf-8",
    )


def warm(project: Path) -> Path:
    """A full cache in one file, and another state of the project, so that records are looked up."""
    said(project)
    edit(project, 1)
    file = project / ".codesim_cache" / "cache.sqlite3"
    assert sorted(entry.name for entry in file.parent.iterdir()) == [".gitignore", "CACHEDIR.TAG", file.name]
    return file


def flips(data: bytes, count: int) -> Iterator[bytes]:
    chance = random.Random(count)  # noqa: S311
    for number in range(count):
        # the first pages hold what everything else hangs on
        at = chance.randrange(min(len(data), 3 * 16384) if number % 3 else len(data))
        yield data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def check_damage(project: Path, versions: Iterator[bytes]) -> set[str]:
    """Scan with each version of the file, twice; the notices and warnings that were given."""
    file = warm(project)
    expected = said(project, cache=False)
    noticed: set[str] = set()
    for data in versions:
        for entry in file.parent.iterdir():
            entry.unlink()
        file.write_bytes(data)
        for _ in range(2):
            result = scanned(project)
            assert render_json(result.report) == expected
            noticed.update(result.warnings)
        assert said(project) == expected
    return noticed


def test_a_flipped_bit_changes_no_report(project: Path) -> None:
    check_damage(project, flips(warm(project).read_bytes(), 12))


@pytest.mark.slow
def test_a_flipped_bit_anywhere_changes_no_report(project: Path) -> None:
    check_damage(project, flips(warm(project).read_bytes(), 400))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.999])
def test_a_truncated_file_changes_no_report(project: Path, share: float) -> None:
    data = warm(project).read_bytes()
    noticed = check_damage(project, iter([data[: int(share * len(data))]]))
    assert all("damaged" in each for each in noticed)
    assert noticed or share in {0.0, 0.999}  # an empty file is a new one, and the last page may hold nothing


def test_noise_in_place_of_the_cache_is_set_aside_with_a_warning(project: Path) -> None:
    noise = random.Random(1).randbytes(200_000)  # noqa: S311
    (noticed,) = check_damage(project, iter([noise]))
    assert "damaged" in noticed
    assert (project / ".codesim_cache" / "cache.damaged").read_bytes() == noise


@pytest.mark.parametrize("name", ["cache.sqlite3-wal", "cache.sqlite3-shm", "cache.sqlite3-journal"])
def test_a_foreign_log_beside_the_cache_changes_no_report(project: Path, name: str) -> None:
    file = warm(project)
    file.with_name(name).write_bytes(random.Random(2).randbytes(70_000))  # noqa: S311
    assert said(project) == said(project, cache=False)


def run(project: Path) -> str:
    done = subprocess.run(COMMAND, cwd=project, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    return done.stdout


def check_kills(project: Path, count: int) -> None:
    chance = random.Random(count)  # noqa: S311
    begin = time.monotonic()
    run(project)
    longest = time.monotonic() - begin
    for number in range(count):
        edit(project, number)
        process = subprocess.Popen(COMMAND, cwd=project, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        time.sleep(longest * chance.uniform(0.1, 1.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert run(project) == said(project, cache=False)


def test_a_killed_scan_leaves_a_cache_that_can_be_used(project: Path) -> None:
    check_kills(project, 5)


@pytest.mark.slow
def test_a_hundred_killed_scans_leave_a_cache_that_can_be_used(project: Path) -> None:
    check_kills(project, 100)


def check_at_once(project: Path, count: int) -> None:
    for number in range(2):  # an empty cache, and one of another state
        processes = [
            subprocess.Popen(COMMAND, cwd=project, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(count)
        ]
        outcomes = [(process.communicate(), process.returncode) for process in processes]
        expected = said(project, cache=False).encode()
        assert all(outcome == ((expected, b""), 1) for outcome in outcomes)
        assert run(project).encode() == expected
        edit(project, number)


def test_scans_at_once_share_a_cache(project: Path) -> None:
    check_at_once(project, 3)


@pytest.mark.slow
def test_eight_scans_at_once_share_a_cache(project: Path) -> None:
    check_at_once(project, 8)


def test_a_full_disk_costs_a_warning(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Cache._open

    def small(self: Cache) -> sqlite3.Connection:
        connection = opened(self)
        connection.execute("PRAGMA max_page_count = 6")
        return connection

    monkeypatch.setattr(Cache, "_open", small)
    for _ in range(2):
        result = scanned(project)
        assert render_json(result.report) == said(project, cache=False)
        (warning,) = result.warnings
        assert "database or disk is full" in warning
    monkeypatch.undo()
    monkeypatch.chdir(project)
    assert scanned(project).warnings == []


LIMITED = """
import resource, sys
most = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
from codesim.cli import main
main()
"""


@pytest.mark.parametrize("most", [0, 5_000, 60_000])
def test_a_file_system_that_takes_no_more_costs_a_warning(project: Path, most: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(most), *COMMAND[3:]], cwd=project, env=ENVIRONMENT, capture_output=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.decode()) == (1, said(project, cache=False))
    assert done.stderr.startswith(b"codesim: warning: ")
    assert b"internal" not in done.stderr


def as_someone_else(work: Callable[[], None]) -> None:
    """Do something as a user whom permissions bind, which they do not bind the superuser."""
    if os.geteuid() != 0:
        work()
        return
    child = os.fork()
    if child == 0:
        try:
            os.setgid(65534)
            os.setuid(65534)
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everyone may enter, as pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_cache_that_cannot_be_written_is_read(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for case in CASES[:3]:
        shutil.copytree(case, open_folder / case.name)
    monkeypatch.chdir(open_folder)
    expected = said(open_folder)
    cache = open_folder / ".codesim_cache"
    before = {entry.name: entry.read_bytes() for entry in cache.iterdir()}
    for entry in (*cache.iterdir(), cache):
        entry.chmod(0o555 if entry.is_dir() else 0o444)

    def work() -> None:
        monkeypatch.setattr(corridor, "scan", None)  # so that only a kept report can be given
        result = scanned(open_folder)
        assert render_json(result.report) == expected
        assert result.warnings == []

    as_someone_else(work)
    assert {entry.name: entry.read_bytes() for entry in cache.iterdir()} == before


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_folder_that_cannot_be_written_holds_no_cache(open_folder: Path) -> None:
    (open_folder / "cache").mkdir(mode=0o555)

    def work() -> None:
        for folder in (open_folder / "cache", open_folder / "cache" / "below"):
            with pytest.raises(StoreError, match="cannot"):
                Cache(folder)

    as_someone_else(work)


def test_a_cache_that_cannot_be_opened_costs_a_warning(project: Path) -> None:
    (project / "cache").write_text("", encoding="utf-8")
    result = scanned(project, cache_dir="cache")
    assert render_json(result.report) == said(project, cache=False)
    (warning,) = result.warnings
    assert "cannot hold a cache" in warning
    assert "going on without the cache" in warning
