"""Files that hold pictures without being one: archives and PDF.

Their parts are taken out one by one. What is not taken out is a part too, with the reason. Nothing
is unpacked onto a disk, and an archive in an archive stays closed.
"""

from provenance.documents.opening import is_document, open_parts
from provenance.documents.parts import Part, Place

__all__ = ["Part", "Place", "is_document", "open_parts"]
