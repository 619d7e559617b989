"""`python -m codesim`: the command line, without the installed script."""

from codesim.cli import main

if __name__ == "__main__":
    main(prog_name="codesim")
