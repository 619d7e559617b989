"""Validators of the forms of a report that have a schema."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from codesim.report import report_schema

SCHEMAS = Path(__file__).parent / "report" / "schemas"


def validate(form: str, text: str) -> Any:
    """Parse a report and check it against its schema: `json`, `sarif` or `gitlab`."""
    content = json.loads(text)
    _validator(form).validate(content)
    return content


@cache
def _validator(form: str) -> jsonschema.Draft202012Validator:
    files = {"sarif": "sarif-2.1.0.json", "gitlab": "gitlab-code-quality.json"}
    schema = report_schema() if form == "json" else json.loads((SCHEMAS / files[form]).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)
