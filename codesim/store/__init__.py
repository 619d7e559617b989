"""Store: what was computed about a file's content, kept for the next run."""

from codesim.store.cache import Cache, CacheSize, cache_key
from codesim.store.records import FileRecord, FragmentRecord, decode_file_record, encode_file_record

__all__ = [
    "Cache",
    "CacheSize",
    "FileRecord",
    "FragmentRecord",
    "cache_key",
    "decode_file_record",
    "encode_file_record",
]
