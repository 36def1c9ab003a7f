"""IPTC's and C2PA's kinds of source in words; C2PA and laws know them as addresses."""

from __future__ import annotations

_WORDS = {
    "trainedAlgorithmicMedia": "made by a trained model",
    "compositeWithTrainedAlgorithmicMedia": "put together with what a trained model made",
    "algorithmicMedia": "made by an algorithm without training data",
    "compositeSynthetic": "put together from parts, of which at least one is synthetic",
    "composite": "put together from parts",
    "compositeCapture": "put together from captured parts",
    "algorithmicallyEnhanced": "captured, and enhanced by an algorithm",
    "humanEdits": "edited by people",
    "digitalCapture": "captured by a digital camera",
    "computationalCapture": "captured by several exposures or sensors, and computed",
    "screenCapture": "captured from a screen",
    "virtualRecording": "a recording of a virtual event",
    "digitalCreation": "made by people with software",
    "dataDrivenMedia": "made from data",
    "negativeFilm": "scanned from a negative",
    "positiveFilm": "scanned from a positive",
    "print": "scanned from a print",
}


def describe_source(address: str) -> str:
    """Write a kind of source in words, with its address; an unknown one as its address is."""
    words = _WORDS.get(address.rpartition("/")[2])
    return f"{words} ({address})" if words else address
