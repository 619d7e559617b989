"""Store: what was computed about a file's content, kept for the next run, and the baseline that a project keeps."""

from typing import TYPE_CHECKING

from codesim.rooms import import_late

if TYPE_CHECKING:
    from codesim.store.baseline import Baseline, Copy, KnownClass, read_baseline, write_baseline
    from codesim.store.cache import CACHE_VERSION, Cache, CacheSize, cache_key
    from codesim.store.code_version import code_version
    from codesim.store.folder import has_cache, is_cache_folder, remove_cache
    from codesim.store.records import (
        FileRecord,
        FragmentRecord,
        decode_file_record,
        decode_file_records,
        encode_file_record,
    )
    from codesim.store.whole_file import write_whole_file

__all__ = [
    "CACHE_VERSION",
    "Baseline",
    "Cache",
    "CacheSize",
    "Copy",
    "FileRecord",
    "FragmentRecord",
    "KnownClass",
    "cache_key",
    "code_version",
    "decode_file_record",
    "decode_file_records",
    "encode_file_record",
    "has_cache",
    "is_cache_folder",
    "read_baseline",
    "remove_cache",
    "write_baseline",
    "write_whole_file",
]

import_late(
    __name__,
    {
        "baseline": "Baseline Copy KnownClass read_baseline write_baseline",
        "cache": "CACHE_VERSION Cache CacheSize cache_key",
        "folder": "has_cache is_cache_folder remove_cache",
        "code_version": "code_version",
        "records": "FileRecord FragmentRecord decode_file_record decode_file_records encode_file_record",
        "whole_file": "write_whole_file",
    },
)
