"""Provenance for generated images: an invisible watermark, a signed manifest and a registry."""

__version__ = "0.1.0"
