"""Drivers: calls into the standard library's modules for archives and mailboxes.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

from __future__ import annotations

import contextlib
import io
import mailbox
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each


def _tree(folder: Path) -> Path:
    for name in ("t/a.txt", "t/s/b.txt", "t/s/c.bin"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 99)
    (folder / "t/link").symlink_to("a.txt")
    return folder / "t"


def drive_zipfile(folder: Path) -> None:
    tree = _tree(folder)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
        path = folder / f"{method}.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.write(tree / "a.txt", "é/a.txt")
            archive.writestr("b/c.txt", "text" * 99)
            archive.writestr(zipfile.ZipInfo("d/", (1980, 1, 1, 0, 0, 0)), b"")
            archive.comment = b"note"
            with archive.open("e", "w", force_zip64=True) as member:
                member.write(b"x")
            attempt(archive.writestr, "b/c.txt", "again")
            attempt(zipfile.ZipInfo, "old", (1970, 1, 1, 0, 0, 0))
        with zipfile.ZipFile(path) as archive:
            with contextlib.redirect_stdout(io.StringIO()):
                archive.printdir()
            archive.testzip()
            archive.extractall(folder / "out")  # noqa: S202
            each(archive.read, ("b/c.txt", "none"))
            each(repr, (archive, *archive.infolist()))
            with archive.open("b/c.txt") as member:
                each(
                    lambda action, member=member: action(member),
                    (
                        lambda m: m.read(3),
                        lambda m: m.readline(),
                        lambda m: m.seek(5),
                        lambda m: m.read1(4),
                        lambda m: m.peek(2),
                        lambda m: m.seek(0),
                        lambda m: m.read(),
                    ),
                )
            inside = zipfile.Path(archive)
            each(
                lambda action, inside=inside: action(inside),
                (
                    lambda p: list(p.iterdir()),
                    lambda p: (p / "b" / "c.txt").read_text(),
                    lambda p: (p / "q").exists(),
                    lambda p: (p / "b").parent,
                    lambda p: list(p.glob("**/*.txt")),
                ),
            )
        data = path.read_bytes()
        each(
            lambda data: zipfile.ZipFile(io.BytesIO(data)).testzip(),
            (data[:-4], data[20:], b"", b"PK\5\6" + b"\0" * 18, data + b"tail", data.replace(b"PK\1\2", b"PK\1\3")),
        )
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("more", b"y")
    attempt(zipfile.ZipFile, folder / "x", "q")
    each(zipfile.is_zipfile, (path, folder))


def drive_tarfile(folder: Path) -> None:
    tree = _tree(folder)
    os.link(tree / "a.txt", tree / "hard")
    for kind in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        for mode in ("w", "w:gz", "w|bz2", "w:xz"):
            path = folder / f"x{kind}{mode[2:]}.tar"
            with tarfile.open(path, mode, format=kind) as archive:
                attempt(archive.add, tree, "r", filter=lambda member: None if member.name.endswith("bin") else member)
                info = tarfile.TarInfo("n" * 120 + "/é")
                info.size, info.mtime, info.uid = 3, 10**10, 10**8
                attempt(archive.addfile, info, io.BytesIO(b"abc"))
                link = tarfile.TarInfo("link")
                link.type, link.linkname = tarfile.SYMTYPE, "m" * 130
                attempt(archive.addfile, link)
            for reading in ("r", "r|*"):
                with tarfile.open(path, reading) as archive:
                    with contextlib.redirect_stdout(io.StringIO()):
                        attempt(archive.list, verbose=True)
                    each(repr, archive)
            with tarfile.open(path) as archive:
                each(archive.getmember, ("r/a.txt", "none"))
                attempt(lambda archive=archive: archive.extractfile("r/a.txt").read(5))
                for rule in ("data", "tar", "fully_trusted"):
                    attempt(archive.extractall, folder / f"out{kind}{rule}", filter=rule)
    data = (folder / "x0.tar").read_bytes()
    each(
        lambda data: tarfile.open(fileobj=io.BytesIO(data)).getmembers(),  # noqa: SIM115
        (data[:700], b"", b"\0" * 1024, b"x" * 600, data[:100] + b"z" + data[101:]),
    )
    attempt(tarfile.open, folder / "none")
    attempt(tarfile.open, folder / "q", "bad")
    each(tarfile.nti, (b"0000644\0", b"\x80" + b"\0" * 6 + b"\1", b"zz"))
    each(lambda number: tarfile.itn(number, 8, tarfile.GNU_FORMAT), (5, 8**9, -3, 8**60))
    each(tarfile.is_tarfile, (folder / "x0.tar", folder / "t/a.txt"))


def drive_mailbox(folder: Path) -> None:
    text = "From: a@b\nSubject: s\nStatus: RO\nX-Status: AF\n\nFrom here\nbody\n"
    kinds: tuple[tuple[str, type[Any]], ...] = (
        ("mbox", mailbox.mbox), ("mmdf", mailbox.MMDF), ("dir", mailbox.Maildir), ("mh", mailbox.MH),
        ("babyl", mailbox.Babyl),
    )  # fmt: skip
    messages = [
        mailbox.mboxMessage(text),
        mailbox.MaildirMessage(text),
        mailbox.MHMessage(text),
        mailbox.BabylMessage(text),
        mailbox.MMDFMessage(text),
    ]
    messages[0].add_flag("RD")
    messages[1].set_subdir("cur")
    messages[1].add_flag("SFT")
    messages[2].add_sequence("unseen")
    messages[3].add_label("deleted")
    for name, kind in kinds:
        box = kind(folder / name, create=True)
        box.lock() if name != "dir" else None
        keys = each(box.add, (*messages, text, text.encode(), io.BytesIO(text.encode()), 3))
        box.flush()
        for key in keys[:3]:
            each(
                lambda method, key=key, box=box: getattr(box, method)(key),
                ("get_message", "get_string", "get_bytes", "__contains__", "get_file"),
            )
        attempt(box.__setitem__, keys[0], messages[4])
        each(box.remove, (keys[1], "none"))
        attempt(box.update, {keys[2]: text})
        each(
            lambda method, box=box: list(getattr(box, method)()),
            ("iterkeys", "itervalues", "items", "get_sequences", "list_folders", "get_labels"),
        )
        each(
            lambda method, box=box: getattr(box, method)("f"),
            ("add_folder", "get_folder", "remove_folder", "get_folder"),
        )
        each(
            lambda method, box=box: getattr(box, method)(),
            ("pack", "clean", "popitem", "__len__", "flush", "unlock", "clear"),
        )
        box.close()
    for one in messages:
        for other in messages:
            attempt(type(one), other)


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_zipfile,
    drive_tarfile,
    drive_mailbox,
)
