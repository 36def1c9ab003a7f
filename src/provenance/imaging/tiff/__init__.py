"""TIFF files: one page, read by an allow-list of layouts and written without loss."""

from provenance.imaging.tiff.kept import name_blocks
from provenance.imaging.tiff.reading import read
from provenance.imaging.tiff.writing import write

__all__ = ["name_blocks", "read", "write"]
