"""Films: MP4, MOV and WebM, read within limits by way of the optional package PyAV.

A film is seen by a few of its frames, and written anew with every frame changed and everything else
copied. Nothing here knows of marks.
"""

from provenance.films.formats import MIME, SUFFIXES, find_format, recognise
from provenance.films.opening import FilmFacts
from provenance.films.shots import Film, Shot, read_film
from provenance.films.writing import refuse, write_film

__all__ = [
    "MIME",
    "SUFFIXES",
    "Film",
    "FilmFacts",
    "Shot",
    "find_format",
    "read_film",
    "recognise",
    "refuse",
    "write_film",
]
