"""Ctrl-C and SIGTERM in the middle of a scan: the exit code, no traceback, no process left, the cache whole."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import sysconfig
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

import codesim

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(codesim.__path__[0]).parent)}
FILES = 64  # enough for two workers
SCAN = [sys.executable, "-m", "codesim", "scan", "-f", "json"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that keep two workers busy for some seconds."""
    folder = tmp_path_factory.mktemp("library")
    sources = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    for source in sources[:FILES]:
        shutil.copy(source, folder / source.name)
    return folder


@pytest.fixture
def project(library: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(library, tmp_path / "project"))


def started(project: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*SCAN, *options], cwd=project, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def group_members(leader: int) -> list[str]:
    """The processes of a session that still run, as `ps` shows them."""
    listed = subprocess.run(["ps", "-e", "-ww", "-o", "sid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return [row[2] for row in rows if row[0] == str(leader) and not row[1].startswith("Z")]


def wait_for_workers(process: subprocess.Popen[str], number: int) -> None:
    for _ in range(600):
        if sum("multiprocessing.spawn" in line for line in group_members(process.pid)) >= number:
            return
        time.sleep(0.05)
    raise AssertionError(f"no {number} workers: {group_members(process.pid)}")


def has_cache_open(process: subprocess.Popen[str]) -> bool:
    for file in Path(f"/proc/{process.pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            if ".codesim_cache" in str(file.readlink()):
                return True
    return False


def wait_until_gone(process: subprocess.Popen[str]) -> None:
    for _ in range(200):
        if not group_members(process.pid):
            return
        time.sleep(0.05)
    raise AssertionError(f"left behind: {group_members(process.pid)}")


def assert_whole(project: Path) -> None:
    """The cache is sound, and a scan with it says what one without it says."""
    files = [file for file in (project / ".codesim_cache").iterdir() if file.read_bytes()[:6] == b"SQLite"]
    assert files
    for file in files:
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    said = [
        subprocess.run([*SCAN, *options], cwd=project, env=ENVIRONMENT, capture_output=True, check=False)
        for options in ([], ["--no-cache"])
    ]
    assert [(done.returncode, done.stderr) for done in said] == [(1, b""), (1, b"")]
    assert said[0].stdout == said[1].stdout


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_to_the_whole_group_ends_a_scan_with_workers(project: Path, sent: signal.Signals, code: int) -> None:
    process = started(project, "--jobs", "2")
    wait_for_workers(process, 2)
    os.killpg(process.pid, sent)  # as a terminal does
    out, errors = process.communicate(timeout=20)
    assert (process.returncode, out) == (code, "")
    assert errors == ("codesim: interrupted\n" if sent is signal.SIGINT else "")
    wait_until_gone(process)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_first_process_alone_ends_its_workers(project: Path, sent: signal.Signals) -> None:
    process = started(project, "--jobs", "2")
    wait_for_workers(process, 2)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 128 + sent
    assert "Traceback" not in errors
    wait_until_gone(process)


def test_an_impatient_user_gets_no_traceback_either(project: Path) -> None:
    process = started(project, "--jobs", "2")
    wait_for_workers(process, 2)
    for _ in range(3):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.02)
    _, errors = process.communicate(timeout=20)
    assert process.returncode in {130, -signal.SIGINT}
    assert "Traceback" not in errors
    wait_until_gone(process)


def test_workers_end_when_the_first_process_is_killed(project: Path) -> None:
    process = started(project, "--jobs", "2")
    wait_for_workers(process, 2)
    process.kill()
    process.communicate(timeout=20)
    wait_until_gone(process)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to see which files are open")
def test_ctrl_c_at_any_moment_leaves_the_cache_whole(project: Path) -> None:
    for source in sorted(project.iterdir())[12:]:
        source.unlink()
    for delay in (0.0, 0.2, 0.5, 1.0, 2.0):
        process = started(project, "--jobs", "1")
        while process.poll() is None and not has_cache_open(process):  # until then nothing is written
            time.sleep(0.01)
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) in {(130, "codesim: interrupted\n"), (1, "")}  # or it was done before
    assert_whole(project)
