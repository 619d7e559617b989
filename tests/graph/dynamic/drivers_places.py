"""Drivers: calls into the standard library's modules for paths, languages, calendars and colours.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

from __future__ import annotations

import calendar
import colorsys
import gettext
import io
import locale
import ntpath
import pathlib
import posixpath
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each

_PATHS = (
    "a/b/../c", "/x//y/.", "C:\\a\\..\\b", "//host/share/x", "", "~/x", "$HOME/${none}/%x%", "\\\\?\\C:\\x", "c:rel",
    "a.b.c", ".x", "../..", "\\\\srv\\mnt\\..\\f", "'%q'$", "%", "~none/x", "${", "/",
)  # fmt: skip


_OF_ONE_PATH = (
    "normpath", "split", "splitext", "splitdrive", "isabs", "expandvars", "expanduser", "normcase", "abspath",
    "basename",
    "dirname", "splitroot", "ismount", "isreserved", "realpath",
)  # fmt: skip


def drive_paths(folder: Path) -> None:
    (folder / "link").symlink_to(folder / "loop")
    (folder / "loop").symlink_to(folder / "link")
    for module in (posixpath, ntpath):
        for name in _OF_ONE_PATH:
            function = getattr(module, name, None)
            if function:
                each(function, (*_PATHS, *[path.encode() for path in _PATHS], str(folder / "link" / "x")))
        for path in _PATHS:
            for other in ("b", "/b", "C:b", "D:\\z", "", b"x"):
                attempt(module.join, path, other, "c")
                attempt(module.relpath, path, other)
                attempt(module.commonpath, [path, other])
            attempt(module.commonprefix, [path, "a/b/x"])
            attempt(module.commonpath, [path, "a/b/x", "a/b/c/d"])
    for kind in (pathlib.PurePosixPath, pathlib.PureWindowsPath):
        paths = [one for one in each(kind, _PATHS) if isinstance(one, pathlib.PurePath)]
        for path in paths:
            for name in ("parts", "drive", "root", "name", "suffix", "suffixes", "stem", "parent", "parents", "anchor"):
                getattr(path, name)
            each(path.with_name, ("z", "", "a/b"))
            each(path.with_suffix, (".q", "q", ""))
            each(path.relative_to, ("a", "/x", "C:/"))
            each(path.match, ("*.c", "a/*", "/x/*", ""))
            each(path.__truediv__, ("b", "/b", "C:b"))
            attempt(path.as_uri)


def drive_gettext(_folder: Path) -> None:
    plurals = (
        "n != 1", "n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2", "n>1 ? 1 : 0)", "(n", "n ==", "x", "n * 2 - -1",
        "!n || n < 3 > 2", "n ? 1", "n" + "+n" * 30, "n == 1 == 2", "n n", "",
    )  # fmt: skip
    for function in each(gettext.c2py, plurals):
        if callable(function):
            each(function, (0, 1, 2, 5, 11, 1.5))
    header = b"Content-Type: text/plain; charset=utf-8\nPlural-Forms: nplurals=2; plural=n != 1;\nX\n"
    keys, values = [b"", b"a\0b", b"c"], [header, b"A\0B", b"C"]
    table, pool = b"", b""
    for one in (*keys, *values):
        table += struct.pack("<II", len(one), 28 + 48 + len(pool))
        pool += one + b"\0"
    catalog = struct.pack("<7I", 0x950412DE, 0, 3, 28, 28 + 24, 0, 0) + table + pool
    translations = gettext.GNUTranslations(io.BytesIO(catalog))
    for _ in range(2):
        each(translations.gettext, ("c", "none"))
        translations.ngettext("a", "b", 3)
        translations.ngettext("u", "v", 1)
        translations.pgettext("k", "c")
        translations.npgettext("k", "a", "b", 2)
        translations.add_fallback(gettext.NullTranslations())
    each(lambda data: gettext.GNUTranslations(io.BytesIO(data)), (b"\0" * 40, catalog[:60], catalog[:90]))
    gettext.find("none", "/none", ["de_DE.UTF-8@euro", "C"])


def drive_locale(_folder: Path) -> None:
    names = (
        "de_DE", "de_DE.UTF-8@euro", "C", "en", "ja_JP.eucjp", "xx_YY.none", "sr_RS@latin", "", "english_uk.8859",
        "de_DE.iso88591", "a.b.c", "utf-8", "de__DE",
    )  # fmt: skip
    each(locale.normalize, names)
    each(locale._parse_localename, names)
    rules: dict[str, Any] = {
        "grouping": [3, 2, 0], "thousands_sep": ",", "decimal_point": ".", "mon_grouping": [3, 127], "frac_digits": 2,
        "mon_thousands_sep": "'", "mon_decimal_point": ",", "currency_symbol": "$", "int_curr_symbol": "USD ",
        "positive_sign": "", "negative_sign": "-", "int_frac_digits": 2, "n_cs_precedes": 1, "n_sep_by_space": 1,
        "n_sign_posn": 0, "p_cs_precedes": 0, "p_sep_by_space": 0, "p_sign_posn": 4,
    }  # fmt: skip
    before = locale._override_localeconv
    locale._override_localeconv = rules
    try:
        for number in (0, -1234567.891, 12345678):
            attempt(locale.format_string, "%.2f and %s %%", (number, "x"), grouping=True)
            for rules["n_sign_posn"] in (*range(5), 127):
                attempt(locale.currency, number, grouping=True)
                attempt(locale.currency, number, symbol=False, international=True)
            locale.str(number)
        locale.format_string("%(a)d x", {"a": 5}, grouping=True)
        each(locale.atof, ("1,234.5", "x"))
        attempt(locale.localize, "1234.5", grouping=True)
    finally:
        locale._override_localeconv = before


def drive_calendar_and_colours(_folder: Path) -> None:
    for kind in (calendar.TextCalendar(6), calendar.HTMLCalendar(0)):
        kind.formatmonth(2024, 2)
        kind.formatyear(2023)
        list(kind.itermonthdates(2024, 12))
        list(kind.itermonthdays4(2024, 1))
        for name in ("yeardatescalendar", "yeardays2calendar", "yeardayscalendar"):
            getattr(kind, name)(2021, 4)
        for name in ("monthdays2calendar", "monthdayscalendar", "monthdatescalendar"):
            getattr(kind, name)(2021, 2)
    calendar.HTMLCalendar().formatyearpage(2020)
    each(lambda month: calendar.monthrange(2024, month), (2, 13))
    calendar.timegm((2024, 2, 29, 1, 2, 3))
    attempt(calendar.weekday, 10000, 1, 1)
    calendar.leapdays(1900, 2000)
    for colour in ((0.1, 0.5, 0.9), (0.5, 0.5, 0.5), (1, 0, 0), (0, 1, 0.2), (0.3, 0.2, 1), (0.9, 0.9, 0.1)):
        for name in ("yiq", "hls", "hsv"):
            getattr(colorsys, f"rgb_to_{name}")(*colour)
            getattr(colorsys, f"{name}_to_rgb")(*colour)


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_paths,
    drive_gettext,
    drive_locale,
    drive_calendar_and_colours,
)
