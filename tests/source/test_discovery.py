"""Discovery: which files are found, in which order, and what is said about the others."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from codesim.config import Settings
from codesim.errors import ConfigError, SourceError
from codesim.source import Discovery, discover_files, shown_path


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "tree"
    root.mkdir()
    monkeypatch.chdir(root)
    return root


def make(root: Path, *names: str, **texts: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts.get("text", ""), encoding="utf-8")


def shown(found: Discovery) -> list[str]:
    return [shown_path(path) for path in found.files]


def scan(*paths: str, settings: Settings | None = None) -> list[str]:
    return shown(discover_files([Path(path) for path in paths], settings or Settings()))


def reasons(*paths: str) -> dict[str, str]:
    found = discover_files([Path(path) for path in paths], Settings())
    return {one.path: one.reason for one in found.skipped}


def test_sources_and_stubs_in_order_of_their_shown_paths(tree: Path) -> None:
    make(tree, "b/z.py", "b/a.pyi", "a.py", "b.py", "a/x.py", "a-b/x.py", "c.txt", "c.pyc", "README")
    expected = ["a-b/x.py", "a.py", "a/x.py", "b.py", "b/a.pyi", "b/z.py"]
    assert scan(".") == expected
    assert scan() == expected
    assert scan("b", "a.py", "a", "a-b", "b.py", ".", "b/z.py") == expected


def test_default_excludes(tree: Path) -> None:
    folders = [".git", ".venv", "venv", "build", "dist", "node_modules", "__pycache__", "x.egg-info", ".codesim_cache"]
    make(tree, "a.py", *(f"pkg/{name}/b.py" for name in folders))
    assert scan(".") == ["a.py"]
    assert len(scan(".", settings=Settings(exclude=()))) == 1 + len(folders)


def test_what_is_named_is_scanned_though_excluded(tree: Path) -> None:
    make(tree, "build/lib/a.py", "build/lib/build/b.py", "venv/lib/site-packages/networkx/c.py")
    assert scan("build/lib") == ["build/lib/a.py"]
    assert scan("build") == ["build/lib/a.py"]
    assert scan("venv/lib/site-packages/networkx") == ["venv/lib/site-packages/networkx/c.py"]
    assert scan(".") == []
    assert scan(".", "build/lib/build/b.py") == ["build/lib/build/b.py"]


def test_own_excludes(tree: Path) -> None:
    make(tree, "a.py", "gen/b.py", "src/gen/c.py", "src/keep/d_pb2.py", "src/e_pb2.py")
    assert scan(".", settings=Settings(extend_exclude=("/gen", "*_pb2.py", "!src/keep/*"))) == [
        "a.py",
        "src/gen/c.py",
        "src/keep/d_pb2.py",
    ]


def test_anchored_excludes_count_from_the_project_root(tree: Path) -> None:
    make(tree, "src/gen/a.py", "src/b.py")
    settings = Settings(extend_exclude=("src/gen/",))
    found = discover_files([tree / "src"], settings, root=tree)
    assert shown(found) == ["src/b.py"]
    assert shown(discover_files([tree / "src" / "gen"], settings, root=tree)) == ["src/gen/a.py"]


def test_an_invalid_exclude_is_an_error(tree: Path) -> None:
    make(tree, "a.py")
    for pattern in ("!", "[a", "x\\", "# text", ""):
        with pytest.raises(ConfigError, match="not a valid pattern"):
            scan(".", settings=Settings(extend_exclude=(pattern,)))


def test_nested_gitignore_with_negation(tree: Path) -> None:
    (tree / ".git").mkdir()
    make(
        tree, "a.py", "gen/b.py", "pkg/keep_gen.py", "pkg/x_gen.py", "pkg/sub/keep_gen.py", "pkg/sub/y_gen.py", "top.py"
    )
    make(tree, ".gitignore", text="*_gen.py\n/gen/\n/top.py\n# comment\n\n!\n")
    make(tree, "pkg/.gitignore", text="!keep_gen.py\n")
    make(tree, "pkg/sub/.gitignore", text="keep_gen.py\n!y_gen.py\n")
    expected = ["a.py", "pkg/keep_gen.py", "pkg/sub/y_gen.py"]
    assert scan(".") == expected
    assert scan("pkg") == expected[1:]
    assert scan("pkg/sub") == expected[2:]
    assert len(scan(".", settings=Settings(respect_gitignore=False))) == 7


def test_a_file_below_an_ignored_folder_cannot_be_taken_back(tree: Path) -> None:
    make(tree, "gen/keep.py", "a.py")
    make(tree, ".gitignore", text="gen/\n!gen/keep.py\n")
    assert scan(".") == ["a.py"]


def test_what_is_named_is_scanned_though_ignored_by_git(tree: Path) -> None:
    (tree / ".git").mkdir()
    make(tree, "gen/deep/a.py", "gen/deep/b_gen.py")
    make(tree, ".gitignore", text="gen/\n*_gen.py\n")
    assert scan(".") == []
    assert scan("gen/deep") == ["gen/deep/a.py", "gen/deep/b_gen.py"]
    assert scan("gen/deep/a.py") == ["gen/deep/a.py"]


def test_a_folder_that_ignores_itself_is_scanned_when_named(tree: Path) -> None:
    make(tree, "env/lib/a.py")
    make(tree, "env/.gitignore", text="# made by a tool\n*\n")
    assert scan(".") == []
    assert scan("env") == ["env/lib/a.py"]


def test_gitignore_above_the_repository_has_no_say(tree: Path) -> None:
    make(tree, ".gitignore", text="*.py\n")
    make(tree, "repo/.git/HEAD", "repo/a.py")
    assert scan("repo") == ["repo/a.py"]


def test_info_exclude(tree: Path) -> None:
    make(tree, "a.py", "b.py", "c.py")
    make(tree, ".git/info/exclude", text="b.py\nc.py\n")
    make(tree, ".gitignore", text="!c.py\n")
    assert scan(".") == ["a.py", "c.py"]


PATTERNS = [
    ["*.py", "!keep.py"],
    ["/a.py", "b.py"],
    ["sub/"],
    ["sub/*", "!sub/keep.py"],
    ["**/deep", "!sub/deep"],
    ["sub/**/a.py"],
    ["*", "!*/", "!keep.py"],
    ["su?", "[kx]eep.py"],
    ["sub/deep/*.py", "!/sub/deep/a*"],
    ["\\!odd.py", "\\#odd.py", "space.py   "],
    ["deep/", "!deep/", "deep/a.py"],
    ["sub/**", "!sub/keep.py"],
    ["**", "!sub", "!keep.py"],
    ["/*", "!/sub", "sub/*", "!sub/deep"],
    ["[!ab].py", "[[:alpha:]]ee[o-q].py"],
    ["[z-a].py", "[]a].py", "[a-].py", "[a/]b.py"],
    ["s*/**/*.py", "!**/deep/**"],
    ["a.py/", "x/***/b.py", "[b-a].py", "!sub/", "!other//"],
    ["*\\.py", "\\a.py", "b.py\\"],
    ["other/a.py", "!other/sub/a.py", "keep.py\r"],
]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the oracle here")
@pytest.mark.parametrize("patterns", PATTERNS, ids=" ".join)
def test_same_verdict_as_git(tree: Path, patterns: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    subprocess.run(["git", "init", "-q", "."], cwd=tree, check=True)
    folders = ["", "sub/", "sub/deep/", "deep/", "other/sub/", "other/sub/deep/"]
    make(tree, *(f"{folder}{name}" for folder in folders for name in ("a.py", "b.py", "keep.py")))
    make(tree, "!odd.py", "#odd.py", "space.py")
    make(tree, ".gitignore", text="\n".join(patterns))
    make(tree, "other/.gitignore", text="!a.py\nb.py\n")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--others", "--exclude-standard"],
        cwd=tree,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert scan(".") == sorted(name for name in listing.split("\0") if name.endswith(".py"))


def test_notebooks_are_left_out_and_said_so(tree: Path) -> None:
    make(tree, "a.py", "b.ipynb", "venv/c.ipynb")
    assert scan(".") == ["a.py"]
    assert list(reasons(".")) == ["b.ipynb"]
    assert "notebook" in reasons("b.ipynb")["b.ipynb"]


def test_a_file_given_by_name_is_taken_whatever_its_suffix(tree: Path) -> None:
    make(tree, "script", "b.txt")
    assert scan("script", "b.txt") == ["b.txt", "script"]
    assert scan(".") == []


def test_a_path_that_does_not_exist(tree: Path) -> None:
    make(tree, "a.py")
    with pytest.raises(SourceError, match=r"^none: no such file or folder$"):
        scan("a.py", "none")


def test_an_unreadable_folder_is_skipped(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tree, "a.py", "closed/b.py")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)  # tests may run as root, whom no mode bits stop
    assert scan(".") == ["a.py"]
    assert reasons(".") == {"closed": "cannot be read: Permission denied"}


def test_links_to_folders_are_followed_once_and_loops_end(tree: Path) -> None:
    make(tree, "real/a.py", "real/sub/b.py")
    (tree / "alias").symlink_to(tree / "real")
    (tree / "real" / "sub" / "loop").symlink_to(tree / "real")
    (tree / "itself").symlink_to(tree / "itself")
    (tree / "me.py").symlink_to(tree / "me.py")
    assert scan(".") == ["real/a.py", "real/sub/b.py"]
    assert reasons(".") == {
        "alias": "a symbolic link to real, which is scanned once",
        "me.py": "a symbolic link that leads nowhere",
        "real/sub/loop": "a symbolic link to a folder around it",
    }


def test_a_link_to_what_is_not_scanned_otherwise_is_followed(tree: Path) -> None:
    (tree / ".git").mkdir()
    make(tree, "shared/a.py", "pkg/b.py")
    (tree / "pkg" / "one").symlink_to("../shared")
    (tree / "pkg" / "two").symlink_to("../shared")
    assert scan("pkg") == ["pkg/b.py", "pkg/one/a.py"]
    assert reasons("pkg") == {"pkg/two": "a symbolic link to pkg/one, which is scanned once"}


def test_links_out_of_the_tree_are_not_followed(tree: Path) -> None:
    make(tree.parent, "outside/secret.py", "outside.py")
    make(tree, "a.py")
    (tree / "out").symlink_to("../outside")
    (tree / "out.py").symlink_to("../outside.py")
    (tree / "up").symlink_to("..")
    (tree / "gone.py").symlink_to("nowhere.py")
    assert scan(".") == ["a.py"]
    assert reasons(".") == {
        "gone.py": "a symbolic link that leads nowhere",
        "out": "a symbolic link that leads out of .",
        "out.py": "a symbolic link that leads out of .",
        "up": "a symbolic link to a folder around it",
    }
    assert scan("out") == ["out/secret.py"]


def test_links_to_files_and_to_excluded_folders(tree: Path) -> None:
    make(tree, "z.py", "venv/lib/b.py")
    (tree / "a.py").symlink_to("z.py")
    (tree / "env").symlink_to("venv")
    assert scan(".") == ["z.py"]
    assert reasons(".") == {"a.py": "a symbolic link to z.py, which is scanned once"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_are_skipped(tree: Path) -> None:
    os.mkfifo(tree / "a.py")
    assert scan(".") == []
    assert reasons(".") == {"a.py": "not a regular file"}
    assert reasons("a.py") == {"a.py": "not a regular file"}


def test_root_is_the_repository_or_what_holds_all(tree: Path) -> None:
    make(tree, "x/a.py", "x/y/b.py")
    assert discover_files([Path("x/a.py"), Path("x/y")], Settings()).root == tree / "x"
    assert discover_files([Path("x/a.py")], Settings()).root == tree / "x"
    (tree / ".git").mkdir()
    assert discover_files([Path("x/y")], Settings()).root == tree


def test_files_are_absolute(tree: Path) -> None:
    make(tree, "a.py")
    assert discover_files([Path()], Settings()).files == (tree / "a.py",)
