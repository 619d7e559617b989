"""The documentation: a reference that is that of the program, and examples that a reader can paste."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import codesim
from codesim.config import load_settings

ROOT = Path(codesim.__path__[0]).parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
TEMPLATE: dict[str, Any] = yaml.safe_load((ROOT / "templates/codesim.gitlab-ci.yml").read_text(encoding="utf-8"))


def examples(page: str, language: str) -> list[str]:
    """The listings of a page in one language."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def validate(text: str, schema: str, folder: Path) -> None:
    """Hold a text against the schema of a forge."""
    file = folder / "example.yml"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with every warning as an error: links, anchors, pages that no menu leads to."""
    folder = tmp_path_factory.mktemp("site")
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_readme_and_the_changelog_are_pages(site: Path) -> None:
    first = (site / "index.html").read_text(encoding="utf-8")
    assert '<a href="explain/">docs/explain.md</a>' in first
    assert "docs/explain.md)" not in first
    assert "Keep a Changelog" in (site / "changelog" / "index.html").read_text(encoding="utf-8")


def test_links_stay_in_the_site(site: Path) -> None:
    assert ">configuration</a>" in (site / "reference" / "settings" / "index.html").read_text(encoding="utf-8")
    accuracy = (site / "accuracy" / "index.html").read_text(encoding="utf-8")
    assert "model card (<code>codesim/embed/weights/MODEL_CARD.md</code>)" in accuracy


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.findall(r"""<(?:script|img|iframe)[^>]*src=["'](?:https?:)?//[^"']*""", text), page
        assert not re.findall(r"""<link[^>]*(?:stylesheet|preconnect)[^>]*//[^>]*>""", text), page


def test_the_reference_is_that_of_the_program() -> None:
    command = [sys.executable, "docs/reference.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stale_reference_is_told(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "reference.py").write_bytes((ROOT / "docs" / "reference.py").read_bytes())
    command = [sys.executable, "docs/reference.py", "--check"]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "+## min-lines" in done.stdout
    assert "run python docs/reference.py" in done.stdout
    assert not (tmp_path / "docs" / "reference").exists()


def test_the_workflow_of_the_manual(tmp_path: Path) -> None:
    workflow = next(text for text in examples("ci.md", "yaml") if "runs-on" in text)
    validate(workflow, "github-workflows", tmp_path)
    step = yaml.safe_load(workflow)["jobs"]["codesim"]["steps"][1]
    assert set(step["with"]) <= set(ACTION["inputs"])


def test_the_manual_lists_every_input_with_its_default() -> None:
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    rows = {
        name: default.strip("` ") for name, default in re.findall(r"^\| `([\w-]+)` \|([^|]*)\|", text, re.MULTILINE)
    }
    assert rows == {name: declared["default"] for name, declared in ACTION["inputs"].items()}
    assert all(f"`{name}`" in text for name in ACTION["outputs"])


def test_the_pipeline_of_the_manual(tmp_path: Path) -> None:
    pipeline = next(text for text in examples("ci.md", "yaml") if "include:" in text)
    validate(pipeline, "gitlab-ci", tmp_path)
    own = {"GIT_DEPTH"}  # GitLab's, not ours
    assert set(yaml.safe_load(pipeline)["codesim"]["variables"]) - own <= set(TEMPLATE["codesim"]["variables"])


@pytest.mark.parametrize("text", examples("configuration.md", "toml"))
def test_the_configuration_of_the_manual(text: str, tmp_path: Path) -> None:
    name = re.match(r"# ([\w.]+)", text)
    assert name
    (tmp_path / name[1]).write_text(text, encoding="utf-8")
    loaded = load_settings(tmp_path)
    assert (loaded.settings.min_lines, loaded.settings.extend_exclude) == (8, ("generated",))
