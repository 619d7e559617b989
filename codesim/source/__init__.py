"""Source: discover files, read them, cut fragments, read suppress comments."""

from codesim.source.fragments import Fragment, Span
from codesim.source.reading import Skipped

__all__ = ["Fragment", "Skipped", "Span"]
