"""IPTC's and C2PA's kinds of source in words; C2PA and laws know them as addresses."""

from __future__ import annotations

from provenance.language import join, message

_WORDS = {
    "trainedAlgorithmicMedia": message("made by a trained model"),
    "compositeWithTrainedAlgorithmicMedia": message("put together with what a trained model made"),
    "algorithmicMedia": message("made by an algorithm without training data"),
    "compositeSynthetic": message("put together from parts, of which at least one is synthetic"),
    "composite": message("put together from parts"),
    "compositeCapture": message("put together from captured parts"),
    "algorithmicallyEnhanced": message("captured, and enhanced by an algorithm"),
    "humanEdits": message("edited by people"),
    "digitalCapture": message("captured by a digital camera"),
    "computationalCapture": message("captured by several exposures or sensors, and computed"),
    "screenCapture": message("captured from a screen"),
    "virtualRecording": message("a recording of a virtual event"),
    "digitalCreation": message("made by people with software"),
    "dataDrivenMedia": message("made from data"),
    "negativeFilm": message("scanned from a negative"),
    "positiveFilm": message("scanned from a positive"),
    "print": message("scanned from a print"),
}


def describe_source(address: str) -> str:
    """Write a kind of source in words, with its address; an unknown one as its address is."""
    words = _WORDS.get(address.rpartition("/")[2])
    return join((words, f"({address})")) if words else address
