"""Source: discover files, read them, cut fragments, read suppress comments."""

from typing import TYPE_CHECKING

from codesim.rooms import import_late

if TYPE_CHECKING:
    from codesim.source.changes import focus_on_files, focus_on_staged, focus_since
    from codesim.source.discovery import SUFFIXES, Discovery, discover_files, is_excluded
    from codesim.source.focus import EVERY_LINE, Age, Focus, LineRange
    from codesim.source.fragments import (
        Captured,
        CutFragment,
        Fragment,
        FragmentName,
        FunctionSyntax,
        Span,
        Surroundings,
        cut_fragments,
        find_fragment,
        parse_fragment,
        parse_fragment_name,
    )
    from codesim.source.history import Function, History, history_state, read_history
    from codesim.source.ignoring import Excludes, compile_excludes
    from codesim.source.line_hashes import line_hashes
    from codesim.source.paths import is_test_path, printable, shown_path
    from codesim.source.provenance import Origin, is_generated, path_origin
    from codesim.source.reading import Skipped, SourceFile, parse_module, read_source
    from codesim.source.stamps import read_digests, take_stamp
    from codesim.source.suppress import Mark, Suppressions, read_suppressions

__all__ = [
    "EVERY_LINE",
    "SUFFIXES",
    "Age",
    "Captured",
    "CutFragment",
    "Discovery",
    "Excludes",
    "Focus",
    "Fragment",
    "FragmentName",
    "Function",
    "FunctionSyntax",
    "History",
    "LineRange",
    "Mark",
    "Origin",
    "Skipped",
    "SourceFile",
    "Span",
    "Suppressions",
    "Surroundings",
    "compile_excludes",
    "cut_fragments",
    "discover_files",
    "find_fragment",
    "focus_on_files",
    "focus_on_staged",
    "focus_since",
    "history_state",
    "is_excluded",
    "is_generated",
    "is_test_path",
    "line_hashes",
    "parse_fragment",
    "parse_fragment_name",
    "parse_module",
    "path_origin",
    "printable",
    "read_digests",
    "read_history",
    "read_source",
    "read_suppressions",
    "shown_path",
    "take_stamp",
]

import_late(
    __name__,
    {
        "changes": "focus_on_files focus_on_staged focus_since",
        "discovery": "SUFFIXES Discovery discover_files is_excluded",
        "focus": "EVERY_LINE Age Focus LineRange",
        "fragments": (
            "Captured CutFragment Fragment FragmentName FunctionSyntax Span Surroundings cut_fragments find_fragment "
            "parse_fragment parse_fragment_name"
        ),
        "history": "Function History history_state read_history",
        "ignoring": "Excludes compile_excludes",
        "line_hashes": "line_hashes",
        "paths": "is_test_path printable shown_path",
        "provenance": "Origin is_generated path_origin",
        "reading": "Skipped SourceFile parse_module read_source",
        "stamps": "read_digests take_stamp",
        "suppress": "Mark Suppressions read_suppressions",
    },
)
