"""`python -m codesim`: the command line, without the installed script.

Python puts the working directory in front of where it looks for modules, and the scanned code often stands there: it
is taken out before anything else is loaded. What Python loads before is beyond our reach; with `-P` it is safe, too.
"""

import sys
from pathlib import Path

if not sys.flags.safe_path and sys.path[:1] != [str(Path(__file__).absolute().parent.parent)]:
    del sys.path[:1]

from codesim.cli import run

if __name__ == "__main__":
    run()
