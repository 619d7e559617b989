"""Drivers: calls into the standard library's modules for plain text, patterns and tokens.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

from __future__ import annotations

import contextlib
import difflib
import fnmatch
import glob
import io
import re
import shlex
import string
import textwrap
import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each, optional

PROSE = (
    "The quick brown fox; jumps over the lazy-dog. Hello-there  e-mail, (well)...\n\n\tA tab and averyveryverylongword"
    "thatdoesnotfitanywhere at all. Ends here."
)


def drive_textwrap(_folder: Path) -> None:
    options: list[dict[str, Any]] = [
        {},
        {"initial_indent": "* ", "subsequent_indent": "  ", "break_long_words": False},
        {"max_lines": 2, "placeholder": " [...]", "fix_sentence_endings": True},
        {"drop_whitespace": False, "expand_tabs": False, "break_on_hyphens": False},
        {"max_lines": 1, "placeholder": "......"},
    ]
    for option in options:
        each(lambda width, option=option: textwrap.wrap(PROSE, width, **option), (0, 3, 10, 24, 70))
    textwrap.fill(PROSE)
    textwrap.shorten(PROSE, 30)
    texts = ("  a\n    b\n\n  c", "\ta\n  b", "a\n b", "   \n  x\n   y\n", "\t a\n\t b")
    each(textwrap.dedent, texts)
    each(textwrap.indent, texts, "> ")
    each(textwrap.indent, texts, "> ", bool)


def drive_difflib(_folder: Path) -> None:
    a = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n".splitlines(keepends=True)
    b = "zero\none\ntwo\ntree\nfour\n five\nseven\neight\nnein\nten\nmore\n".splitlines(keepends=True)
    list(difflib.ndiff(a, b))
    delta = list(difflib.ndiff(["  abc def\n", "x\n"], ["  abd dfe\n", "\ty\n"], difflib.IS_LINE_JUNK))
    each(lambda which: list(difflib.restore(delta, which)), (1, 2, 3))
    for lines in (0, 1, 3):
        list(difflib.unified_diff(a, b, "a", "b", "2001", "2002", n=lines))
        list(difflib.context_diff(a, b, "a", "b", n=lines))
    attempt(lambda: list(difflib.diff_bytes(difflib.unified_diff, [b"a\n"], [b"b\n"], b"x", b"y")))
    attempt(lambda: list(difflib.diff_bytes(difflib.unified_diff, ["a"], [b"b"])))
    attempt(lambda: list(difflib.unified_diff([b"a"], ["b"])))
    difflib.get_close_matches("appel", ["ape", "apple", "peach", "puppy"], n=2)
    attempt(difflib.get_close_matches, "a", [], n=0)
    attempt(difflib.get_close_matches, "a", [], cutoff=3)
    matcher = difflib.SequenceMatcher(lambda c: c == " ", " abcd efgh abcd", "abcd abcd  efg" * 20)
    for method in (
        "get_matching_blocks",
        "get_opcodes",
        "ratio",
        "quick_ratio",
        "real_quick_ratio",
        "find_longest_match",
    ):
        getattr(matcher, method)()
    list(matcher.get_grouped_opcodes(1))


def drive_html_diff(_folder: Path) -> None:
    a = ["same\n", "two\n", "a <b> long line that must be wrapped & more\n", "x\n", "last\n"]
    b = ["same\n", "too\n", "a <c> long line that is wrapped & less\n", "last\n", "new\n"]
    html = difflib.HtmlDiff(tabsize=4, wrapcolumn=12)
    html.make_file(a, b, "from", "to", context=True, numlines=1)
    html.make_table(a, b, context=False)
    html.make_table(a[2:3], b[2:3])


def drive_shlex(_folder: Path) -> None:
    texts = (
        "a 'b c' \"d \\\" e\" f\\ g # h", "x=1;y && z|w", "'unclosed", '"un\\', "a\\", "", "  \n a\n#c\nb", "''",
        "a''b",
        "~/x -y --z=*", "a'b'\"c\"d|&e", "a;'b", "(x)\"y\"",
    )  # fmt: skip
    for text in texts:
        for options in ({}, {"comments": True}, {"posix": False}):
            attempt(shlex.split, text, **options)
        for posix, chars, split in ((True, True, False), (False, "|;", True), (True, "&", True), (False, False, False)):
            lexer = shlex.shlex(text, "name", posix=posix, punctuation_chars=chars)
            lexer.whitespace_split = split
            attempt(list, lexer)
    lexer = shlex.shlex("a b c")
    lexer.source = "b"
    lexer.sourcehook = lambda name: (name, io.StringIO("included"))
    lexer.push_token("z")
    lexer.push_source("from here", "other")
    lexer.error_leader()
    list(lexer)
    shlex.join(["a b", "c'd", "", "e"])


def drive_string(_folder: Path) -> None:
    for template in ("$a ${b} $$ $c", "${", "$ x", "a\n$b $1", "none"):
        one = string.Template(template)
        attempt(one.substitute, {"a": 1}, b=2)
        attempt(one.safe_substitute, {"a": 1, "c": 3}, b=2)
        for method in ("is_valid", "get_identifiers"):
            attempt(lambda one=one, method=method: getattr(one, method)())
    formats = (
        "{0} {1!r:>{2}} {x.real} {x[0]}", "{} {}", "{0} {}", "{} {0}", "{!z}", "{a", "{:{:{}}}", "{{}} {x!s} {x!a}",
    )  # fmt: skip
    each(string.Formatter().format, formats, 1, "b", 3, x=[1])
    each(string.capwords, ("hello  WORLD", ""))
    string.capwords("a-b-c", "-")


def drive_fnmatch_and_glob(folder: Path) -> None:
    patterns = (
        "*", "a?c", "[a-c]*", "[!a-c]x", "[]]", "[", "**/*.py", "a**b*c", "[c-a]", "[!]a-]", "[a-c-e]", "*a*b*", "[\\]",
        "[[]", "[a&&b]",
    )  # fmt: skip
    for pattern in patterns:
        fnmatch.translate(pattern)
        fnmatch.filter(["abc", "ax", "b.py"], pattern)
        fnmatch.fnmatch("Abc", pattern)
    for name in ("x/y/a.py", "x/b.py", "c.txt", "x/.hidden/d.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    patterns = ("*", "**", "**/*.py", "x/*", "*/a.py", "[ab]*", "x", "none/*", "x/**/", ".*", "x/**/y/*")
    each(glob.glob, patterns, root_dir=folder)
    each(glob.glob, patterns, root_dir=folder, recursive=True, include_hidden=True)
    each(glob.glob, [str(folder / pattern) for pattern in patterns], recursive=True)
    each(glob.glob, [str(folder / pattern).encode() for pattern in patterns])
    each(glob.escape, ("a[b]*?", b"a["))
    translate = getattr(glob, "translate", None)
    if translate:
        attempt(translate, "**/a*/?.py", recursive=True, include_hidden=True)
        attempt(translate, "a/[!b]/**", seps="/")
        attempt(translate, "a**/b", recursive=True)


_PATTERNS = r"""abc
a|b|cd|ce
[a-z0-9_]+?
(?P<n>x)(?P=n)\1
(?:a(?=b)(?!c)(?<=d)(?<!e))*
a{2,3}b{,4}c{5}d{1
\d\W\b\A\Z\x41\u0041\N{DIGIT ONE}\101
(?i:aB)(?-i:c)(?x: a # c)
(?(1)a|b)
(x)(?(1)y|z)
[^\]a-]
.*?$^
(?s).
(?>a+)b
a*+b++c?+
é[à-ü]
(?i)[ß-ÿk]é
(?#note)x
(
)
[
[b-a]
*a
a**
(?P<1>x)
(?P<n>x)(?P<n>y)
(?P=q)
(?z)
(?<=a+)b
x{3,2}
(?
(?P
(?P<
(?iu
\8
(?(9)a)
[\d-z]
\x4
\N{NO}
(?-
(?a-:x)
a(?i)b
[[a]
[a||b]
(?:a|ab|abc)
(?:x|x)
[abcdefghijklmnopqrstuvwxyzЀ-ѐ𐀀]
"""


def drive_regular_expressions(_folder: Path) -> None:
    compiler = optional("re._compiler")
    patterns = _PATTERNS.split("\n")
    for flags in (0, re.IGNORECASE, re.VERBOSE | re.ASCII):
        each(compiler.compile, [*patterns, "\\"], flags)
    each(compiler.compile, [pattern.encode(errors="ignore") for pattern in patterns], re.LOCALE | re.IGNORECASE)
    with contextlib.redirect_stdout(io.StringIO()):
        each(compiler.compile, patterns, re.DEBUG)
    one = re.compile("(?P<word>a)(b)?")
    for template in ("\\1", "\\g<word>-\\g<2>", "\\g<none>", "\\g<", "\\9", "\\q", "\\n\\101\\0", "\\g<-1>", "\\"):
        attempt(one.sub, template, "xaby")
    re.escape("a.b*c")
    attempt(re.compile, one, re.IGNORECASE)
    each(repr, (re.IGNORECASE | re.DOTALL, re.RegexFlag(0)))
    scanner = re.Scanner([(r"\d+", lambda _, token: int(token)), (r"\s+", None), (r"\w+", "word")])
    scanner.scan("12 ab 3 !")


_SOURCES = (
    ("def f(a, *b):\n    '''doc\n    string'''\n    if a >= 0x1F and b != 1.5e-3j:\n        return f'{a!r:>{3}} {{}}'\n"
    "\n    # note\n    return a \\\n        @ b\n"),
    "x = (1,\n     2\n  # c\n)\nclass C:\n\n  pass\n\n\n", "a = '''open", "(", "  x\n y\n", "if 1:\n\tx\n        y\n",
    "x = $\n", "é = 'ä'\n", "", "\\\n", "async def g():\n  await x\n", "'''a\nb''' 'c' \\\n'd'\n", "'open\n",
)  # fmt: skip


def drive_tokenize(_folder: Path) -> None:
    for source in _SOURCES:
        tokens = attempt(lambda source=source: list(tokenize.generate_tokens(io.StringIO(source).readline)))
        attempt(lambda source=source: list(tokenize.tokenize(io.BytesIO(source.encode()).readline)))
        if isinstance(tokens, list):
            attempt(tokenize.untokenize, tokens)
            attempt(tokenize.untokenize, [token[:2] for token in tokens])
            each(lambda token: (token.exact_type, repr(token)), tokens)
    heads = (
        b"# -*- coding: latin-1 -*-\n", b"\xef\xbb\xbfx\n", b"\xef\xbb\xbf# coding: latin-1\n",
        b"#!x\n# coding=utf-8\n",
        b"# coding: none\n", b"\xff\n", b"", b"\n\n", b"x\n# coding: utf8\n",
    )  # fmt: skip
    each(lambda head: tokenize.detect_encoding(io.BytesIO(head).readline), heads)


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_textwrap,
    drive_difflib,
    drive_html_diff,
    drive_shlex,
    drive_string,
    drive_fnmatch_and_glob,
    drive_regular_expressions,
    drive_tokenize,
)
