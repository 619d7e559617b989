"""Drivers: calls into the standard library's modules for files and folders.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

from __future__ import annotations

import bz2
import contextlib
import filecmp
import fileinput
import gzip
import io
import linecache
import lzma
import os
import pathlib
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each, optional


def _tree(folder: Path) -> Path:
    for name in ("t/a.txt", "t/s/b.txt", "t/s/c.bin"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 99)
    (folder / "t/link").symlink_to("a.txt")
    return folder / "t"


def drive_shutil_and_compare(folder: Path) -> None:
    tree = _tree(folder)
    copied = folder / "copied"
    shutil.copytree(tree, copied, ignore=shutil.ignore_patterns("*.bin"), symlinks=True)
    attempt(shutil.copytree, tree, copied)
    shutil.copytree(tree, copied, dirs_exist_ok=True, copy_function=shutil.copy)
    attempt(shutil.copyfile, tree / "a.txt", tree / "a.txt")
    attempt(shutil.copy2, tree / "a.txt", folder / "one")
    for kind in ("zip", "tar", "gztar", "none"):
        made = attempt(shutil.make_archive, str(folder / "archive"), kind, root_dir=tree, base_dir="s")
        attempt(shutil.unpack_archive, made, folder / f"un{kind}")
    attempt(shutil.unpack_archive, folder / "one")
    attempt(shutil.register_archive_format, "x", 3)
    (copied / "new").write_text("n")
    (copied / "a.txt").write_text("other")
    (folder / "copied" / "s" / "b.txt").write_text("z")
    compared = filecmp.dircmp(tree, copied)
    with contextlib.redirect_stdout(io.StringIO()):
        compared.report_full_closure()
    filecmp.cmpfiles(tree, copied, ["a.txt", "none", "s/b.txt"], shallow=False)
    attempt(shutil.move, copied, folder / "moved")
    attempt(shutil.move, folder / "moved", folder / "moved" / "s")
    attempt(shutil.move, folder / "one", tree / "s")
    each(shutil.which, ("sh", "none-such", str(folder / "q")), path="/bin:/usr/bin")
    shutil.disk_usage(folder)
    attempt(shutil.rmtree, folder / "none")
    attempt(shutil.rmtree, folder / "none", ignore_errors=True)
    attempt(shutil.rmtree, folder / "moved")
    shutil.get_terminal_size()
    each(stat.filemode, (0o100644, 0o40755, 0o120777, 0o104755))
    linecache.getlines(str(tree / "a.txt"))
    linecache.checkcache()
    each(lambda number: linecache.getline(str(folder / "none"), number), (1, 0))
    names = [str(tree / "a.txt"), str(tree / "s" / "b.txt")]
    for options in (
        {},
        {"inplace": True, "backup": ".bak"},
        {"mode": "rb"},
        {"openhook": fileinput.hook_compressed},
        {"mode": "q"},
    ):
        with contextlib.redirect_stdout(io.StringIO()):

            def read(options: dict[str, Any] = options) -> None:
                with fileinput.FileInput(names, **options) as lines:
                    for line in lines:
                        lines.isfirstline(), lines.filelineno(), lines.lineno(), lines.filename(), len(line)
                        lines.nextfile()

            attempt(read)


def drive_streams(folder: Path) -> None:
    form = optional("_pyio")
    path = folder / "stream"
    for mode in ("w+", "r+", "a+", "rb", "wb", "r+b", "x", "q", "rw", "b"):
        for options in (
            {},
            {"buffering": 0},
            {"encoding": "utf-16", "errors": "replace"},
            {"newline": "\r\n"},
            {"buffering": 1},
        ):

            def use(mode: str = mode, options: dict[str, Any] = options) -> None:
                with form.open(str(path), mode, **options) as stream:
                    each(lambda action: action(stream), (
                        lambda s: s.write("é\r\nb\n" if "b" not in mode else b"x\ny"), lambda s: s.seek(0),
                        lambda s: s.read(2), lambda s: s.tell(), lambda s: s.readline(),
                        lambda s: s.readlines(1), lambda s: s.seek(1, 1), lambda s: s.truncate(3),
                        lambda s: s.peek(1), lambda s: s.readinto(bytearray(2)), lambda s: s.seek(0, 2),
                        lambda s: s.writelines([b"q"]), lambda s: s.fileno(),
                        repr, next, lambda s: s.seek(-1),
                        lambda s: s.flush(),
                    ))  # fmt: skip

            attempt(use)


def drive_memory_streams(folder: Path) -> None:
    form = optional("_pyio")
    memory = form.BytesIO(b"one\ntwo\n")
    each(
        lambda action: action(memory),
        (
            lambda m: m.read(2),
            lambda m: m.seek(-3, 2),
            lambda m: m.write(b"zzzz"),
            lambda m: m.getvalue(),
            lambda m: m.truncate(),
            lambda m: m.seek(-9),
            lambda m: m.readline(2),
            lambda m: m.read1(1),
        ),
    )
    text = form.StringIO("a\r\nb\rc\n", newline=None)
    each(
        lambda action: action(text),
        (
            lambda t: t.readline(),
            lambda t: t.read(),
            lambda t: t.write("q"),
            lambda t: t.getvalue(),
            lambda t: t.newlines,
            lambda t: t.detach(),
        ),
    )
    decoder = form.IncrementalNewlineDecoder(None, translate=True)
    each(decoder.decode, ("a\r", "\nb\r\n", "c\n\r", ""))
    decoder.setstate(decoder.getstate())
    pair = form.BufferedRWPair(form.BytesIO(b"abc"), form.BytesIO())
    each(lambda name: getattr(pair, name)(), ("peek", "flush", "readable", "read1", "isatty", "read"))
    attempt(pair.write, b"x")
    for module in (gzip, bz2, lzma):
        packed = module.compress(b"data\n" * 500)
        each(module.decompress, (packed, packed[:-5], packed * 2, b"none", b""))
        with module.open(folder / "packed", "wb") as out:
            out.write(b"line\n" * 900)
        with module.open(folder / "packed", "rt") as lines:
            each(
                lambda action, lines=lines: action(lines),
                (
                    lambda f: f.readline(),
                    lambda f: f.seek(50),
                    lambda f: f.read(9),
                    lambda f: f.tell(),
                    lambda f: f.seek(3),
                ),
            )
        attempt(module.open, folder / "packed", "rbt")


def drive_paths_and_temporary_files(folder: Path) -> None:
    tree = _tree(folder)
    for pattern in ("*", "**/*", "**/b*", "s/*", "**", "", "/x", "../*", "*/..", "**x", "[a-s]*"):
        attempt(lambda pattern=pattern: list(tree.glob(pattern)))
        attempt(lambda pattern=pattern: list(tree.rglob(pattern)))
    actions: tuple[Callable[[pathlib.Path], Any], ...] = (
        lambda p: p.mkdir(parents=True, exist_ok=True), lambda p: p.mkdir(), lambda p: p.touch(exist_ok=False),
        lambda p: p.write_text("x", newline="\n"), lambda p: p.read_bytes(),
        lambda p: p.resolve(strict=True), lambda p: p.rename(p), lambda p: p.samefile(tree), lambda p: p.is_mount(),
        lambda p: p.owner(), lambda p: p.expanduser(), lambda p: list(p.iterdir()),
        lambda p: p.is_symlink() and p.readlink(), lambda p: p.chmod(0o700), lambda p: p.unlink(missing_ok=True),
        lambda p: p.rmdir(), lambda p: p.hardlink_to(tree / "a.txt"),
        lambda p: list(p.walk(top_down=False)), lambda p: p.open("q"), lambda p: p.exists(),
        lambda p: p.symlink_to("x"), lambda p: p.relative_to(tree), lambda p: p.is_socket(),
    )  # fmt: skip
    for one in (tree / "new" / "deep", tree / "a.txt", tree / "link", tree / "s", pathlib.Path("~none")):
        each(lambda action, one=one: action(one), actions)
    for top_down in (True, False):
        list(os.walk(folder, topdown=top_down, followlinks=True))
    with contextlib.suppress(AttributeError):
        list(os.fwalk(folder))
    attempt(os.makedirs, folder / "p" / "q")
    attempt(os.makedirs, folder / "p" / "q")
    attempt(os.renames, folder / "p" / "q", folder / "r" / "s")
    attempt(os.removedirs, folder / "r" / "s")
    with tempfile.TemporaryDirectory(dir=folder) as inner, tempfile.NamedTemporaryFile("w+", dir=inner) as named:
        each(lambda action: action(named), (lambda f: f.write("x"), lambda f: f.seek(0), list, repr))
        with tempfile.SpooledTemporaryFile(3, "w+", dir=inner) as spooled:
            each(
                lambda action: action(spooled),
                (
                    lambda f: f.write("ab"),
                    lambda f: f.seek(0),
                    lambda f: f.read(),
                    lambda f: f.write("cdef"),
                    lambda f: f.truncate(2),
                    lambda f: f.name,
                    lambda f: f.rollover(),
                ),
            )
    for options in (
        {"prefix": b"p"},
        {"suffix": "s", "prefix": b"p"},
        {"dir": folder / "none"},
        {"dir": folder, "suffix": "s"},
    ):
        made = attempt(tempfile.mkdtemp, **options)
        if isinstance(made, str | bytes):
            os.rmdir(made)  # noqa: PTH106


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_shutil_and_compare,
    drive_streams,
    drive_memory_streams,
    drive_paths_and_temporary_files,
)
