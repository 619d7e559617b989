"""codesim: find what is written twice in Python code and would be better written once.

The rooms of the corridor, in the order in which a scan passes them (`codesim.pipeline.corridor` is the page to read
first):

source    discover files, read them, cut functions into fragments, read suppress comments
parse     Python's `ast` to a small normalised tree; differences of representation are lowered away
graph     the program dependence graph of a function, and its canonical hash
embed     graphs to unit vectors, by a trained graph network in ONNX Runtime
index     nearest neighbours, by faiss
verify    align two functions statement by statement, list what differs, score the pair
group     clone pairs to clone classes
refactor  the helper to extract, its parameters, and whether the data flow allows it
report    text, JSON, HTML
store     the cache;  config  the settings;  errors  what can go wrong;  cli  the commands
train, evaluate  how the encoder came to be, and how good it is

The names below are the public interface; they are imported when first used, so that `import codesim` is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesim.rooms import import_late

if TYPE_CHECKING:
    from codesim.config import Settings, load_settings
    from codesim.embed import Encoder
    from codesim.errors import CodesimError, ExitCode
    from codesim.graph import Pdg, build_pdg, canonical_hash
    from codesim.parse import lower, parse_function
    from codesim.pipeline import scan
    from codesim.refactor import RefactoringCandidate
    from codesim.report import ScanReport, render_html, render_json, render_text

__version__ = "0.1.0"

__all__ = [
    "CodesimError",
    "Encoder",
    "ExitCode",
    "Pdg",
    "RefactoringCandidate",
    "ScanReport",
    "Settings",
    "build_pdg",
    "canonical_hash",
    "load_settings",
    "lower",
    "parse_function",
    "render_html",
    "render_json",
    "render_text",
    "scan",
]

import_late(
    __name__,
    {
        "config": "Settings load_settings",
        "embed": "Encoder",
        "errors": "CodesimError ExitCode",
        "graph": "Pdg build_pdg canonical_hash",
        "parse": "lower parse_function",
        "pipeline": "scan",
        "refactor": "RefactoringCandidate",
        "report": "ScanReport render_html render_json render_text",
    },
)
