"""The corpus on disk: one Parquet file per package, and one record that says which of them are the corpus.

In: `FunctionRows` of a package; or the folder of a corpus, to read it. Out: shards, written whole or not at all, and
their rows again, package by package, as arrays. Rows that another package holds as well stay in their shard and are
passed over in reading, so that no shard depends on another one.

Source: Apache Parquet with list columns, which are flat arrays and offsets, as graphs are here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codesim.embed.features import TOKENS_PER_NODE
from codesim.errors import ConfigError
from codesim.train.graph_store import GraphStore
from codesim.train.manifest import ROLES
from codesim.train.rows import TEXTS, FunctionRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

RECORD, DUPLICATES, SHARDS = "corpus.json", "duplicates.parquet", "shards"
_KEY = b"codesim.key"
_LISTS: dict[str, Any] = {
    "kind": np.uint8, "tokens": np.uint16, "masked": np.uint16,
    "source_node": np.uint16, "target_node": np.uint16, "relation": np.uint8,
}  # fmt: skip
"""The graph columns, and what they hold; tokens are row-major, edges go forward only."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One package's rows of the corpus: r rows in each of the texts asked for, and r graphs if they were asked for."""

    package: str
    role: str
    texts: Mapping[str, list[str]]
    graphs: GraphStore

    def __len__(self) -> int:
        """How many functions there are."""
        return max([len(self.graphs), *map(len, self.texts.values())])


def shard_path(folder: Path, package: str) -> Path:
    """Where the shard of a package is in the folder of a corpus."""
    return folder / SHARDS / f"{package}.parquet"


def write_shard(path: Path, rows: FunctionRows, key: str) -> None:
    """Write the rows of a package under a temporary name and rename the file when it is whole.

    Args:
        path: where to.
        rows: at least none.
        key: what the rows depend on; `shard_key` gives it back.
    """
    columns: dict[str, Any] = {name: pa.array(column, pa.string()) for name, column in rows.texts.items()}
    columns["nodes"] = pa.array(rows.graphs.sizes().astype(np.uint16))
    columns |= {name: _lists(rows.graphs, name) for name in _LISTS}
    write_table(path, pa.table(columns).replace_schema_metadata({_KEY: key.encode()}))


def write_table(path: Path, table: Any) -> None:
    """Write a table so that the file is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    pq.write_table(table, temporary, compression="zstd")
    temporary.replace(path)


def _lists(graphs: GraphStore, column: str) -> Any:
    name = {"source_node": "source", "target_node": "target"}.get(column, column)
    values = getattr(graphs, name)
    width = TOKENS_PER_NODE if values.ndim == 2 else 1
    ends = graphs.node_ends if name in ("kind", "tokens", "masked") else graphs.edge_ends
    return pa.ListArray.from_arrays(pa.array((ends * width).astype(np.int32)), pa.array(values.reshape(-1)))


def shard_key(path: Path) -> str:
    """Return what the rows of a shard depended on, "" where there is no whole shard."""
    try:
        metadata = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowInvalid):
        return ""
    return bytes(metadata.get(_KEY, b"")).decode()


def read_shard(path: Path, texts: Sequence[str] = TEXTS, graphs: bool = True) -> FunctionRows:
    """Read a shard, duplicates of other packages included.

    Args:
        path: the file.
        texts: which of `TEXTS` to read.
        graphs: whether to read the graphs; the store is empty without.

    Returns:
        The rows, with those texts alone.
    """
    table = pq.read_table(path, columns=[*texts, *(_LISTS if graphs else ())])
    found = {name: table.column(name).to_pylist() for name in texts}
    return FunctionRows(found, _graphs(table) if graphs else GraphStore.empty())


def _graphs(table: Any) -> GraphStore:
    flat: dict[str, NDArray[Any]] = {}
    for name, kind in _LISTS.items():
        column = table.column(name)
        values = [chunk.flatten().to_numpy(zero_copy_only=False) for chunk in column.chunks]
        flat[name] = np.concatenate([np.empty(0, kind), *values]).astype(kind, copy=False)
    return GraphStore(
        flat["kind"], flat["tokens"].reshape(-1, TOKENS_PER_NODE), flat["masked"].reshape(-1, TOKENS_PER_NODE),
        flat["source_node"], flat["target_node"], flat["relation"],
        _ends(table.column("kind")), _ends(table.column("relation")),
    )  # fmt: skip


def _ends(column: Any) -> NDArray[np.int64]:
    sizes = pc.list_value_length(column).to_numpy()
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])


def read_record(folder: Path) -> dict[str, Any]:
    """Return the record of a corpus: its versions, counts and packages.

    Raises:
        ConfigError: there is no corpus in the folder.
    """
    try:
        record: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(str(folder), f"holds no corpus: {error}", "codesim train corpus --out FOLDER") from error
    return record


def read_shards(
    folder: Path, roles: Sequence[str] = ROLES, texts: Sequence[str] = TEXTS, graphs: bool = True
) -> Iterator[Shard]:
    """Stream the corpus package by package, held-out ones first, each function once over all packages.

    Args:
        folder: of the corpus.
        roles: which packages, see `codesim.train.manifest.ROLES`.
        texts: which of `TEXTS` to read.
        graphs: whether to read the graphs.

    Yields:
        A shard per package, its rows in the order of its files.

    Raises:
        ConfigError: there is no corpus in the folder, or its build was begun again and not finished.
    """
    record = read_record(folder)
    table = pq.read_table(folder / DUPLICATES)
    owner = table.column("package").to_numpy(zero_copy_only=False)
    row = table.column("row").to_numpy()
    for package in record["packages"]:
        if package["role"] in roles:
            path = shard_path(folder, package["name"])
            if shard_key(path) != package["shard"]:
                raise ConfigError(str(path), "is not the shard that the record speaks of", "build the corpus again")
            found = read_shard(path, texts, graphs)
            dropped = row[owner == package["name"]]
            kept = np.setdiff1d(np.arange(package["functions"] + len(dropped)), dropped)
            columns = {name: [column[place] for place in kept] for name, column in found.texts.items()}
            yield Shard(package["name"], package["role"], columns, found.graphs.take(kept) if graphs else found.graphs)
