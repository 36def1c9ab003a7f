"""The demonstration: a picture, how its copies are mistreated, and the page of results.

``MISTREATMENTS`` is the one list of what happens to pictures on their way through the web, and
``transforms`` holds the steps that they, the robustness tests and ``bench/`` are made of.
"""

from provenance.demo import transforms
from provenance.demo.mistreatments import CONTROL, MISTREATMENTS, Mistreatment
from provenance.demo.page import MARKER, Row, Story, render_page
from provenance.demo.picture import paint_landscape

__all__ = [
    "CONTROL",
    "MARKER",
    "MISTREATMENTS",
    "Mistreatment",
    "Row",
    "Story",
    "paint_landscape",
    "render_page",
    "transforms",
]
