"""The offline page for browsers: the files that ``make page`` built of it, and where they go.

It is written in TypeScript, in ``reader/page``. A wheel carries what was built; a clone builds it.
"""

from provenance.page.beliefs import Beliefs
from provenance.page.files import FOLDER, SINGLE, SUMS, find_page, write_page

__all__ = ["FOLDER", "SINGLE", "SUMS", "Beliefs", "find_page", "write_page"]
