"""`python -m codesim`: the command line, without the installed script."""

from codesim.cli import run

if __name__ == "__main__":
    run()
