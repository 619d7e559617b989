"""Settings: what the user may change, where each value came from, and which findings are left out on purpose.

`settings` declares each setting once, with its rule; `loading` merges defaults, file and flags; `ignores` reads the two
settings that are tables.
"""

from codesim.config.ignores import CODES, ClassIgnore, FileIgnore
from codesim.config.loading import LoadedSettings, kebab, load_settings, repository_root
from codesim.config.settings import FORMATS, RULES, Settings

__all__ = [
    "CODES",
    "FORMATS",
    "RULES",
    "ClassIgnore",
    "FileIgnore",
    "LoadedSettings",
    "Settings",
    "kebab",
    "load_settings",
    "repository_root",
]
