"""The config file ``provenance.toml``: read strictly, and turned into a Stamper or a Verifier.

Every key is a field of a dataclass in ``sections``. Unknown sections and keys are errors, since a
misspelt one would otherwise silently switch something off. Relative paths start at the folder of
the file. A variable ``PROVENANCE_SECTION_KEY`` stands above the key of the file.
"""

from provenance.config.config import Config
from provenance.config.loading import load
from provenance.config.sections import ServiceSection

__all__ = ["Config", "ServiceSection", "load"]
