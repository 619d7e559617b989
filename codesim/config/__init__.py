"""Settings: what the user may change, where each value came from, and which findings are left out on purpose.

`settings` declares each setting once, with its rule, and loads them; `ignores` reads the two settings that are tables.
"""

from codesim.config.ignores import ClassIgnore, FileIgnore
from codesim.config.settings import RULES, LoadedSettings, Settings, kebab, load_settings, repository_root

__all__ = [
    "RULES",
    "ClassIgnore",
    "FileIgnore",
    "LoadedSettings",
    "Settings",
    "kebab",
    "load_settings",
    "repository_root",
]
