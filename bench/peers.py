"""Other watermarks that PyPI has, as they come; ``make bench-peers`` installs them apart."""

from __future__ import annotations

import multiprocessing
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.marks import Found

Pixels = NDArray[np.uint8]


def _swapped(rgb: NDArray[Any]) -> Pixels:
    """RGB to OpenCV's BGR, or back."""
    return np.ascontiguousarray(np.clip(np.rint(rgb[..., ::-1]), 0, 255).astype(np.uint8))


def _bits(payload: bytes) -> list[int]:
    bits: list[int] = np.unpackbits(np.frombuffer(payload, np.uint8)).tolist()
    return bits


def _payload(bits: NDArray[Any]) -> bytes:
    """Peers return as many bits as asked for, mark or none: every answer is a claim."""
    return np.packbits(np.asarray(bits, float) >= 0.5).tobytes()


class _InvisibleWatermark:
    """Package invisible-watermark; one subclass for each of its methods."""

    payload_bytes = 8
    method = ""

    def __init__(self) -> None:
        from imwatermark import WatermarkDecoder, WatermarkEncoder

        self._encoder, self._decoder = WatermarkEncoder, WatermarkDecoder
        if self.method == "rivaGan":
            WatermarkEncoder.loadModel()
            WatermarkDecoder.loadModel()

    def embed(self, rgb: Pixels, payload: bytes) -> Pixels:
        encoder = self._encoder()
        encoder.set_watermark("bits", _bits(payload))
        return _swapped(encoder.encode(_swapped(rgb), self.method))

    def find(self, rgb: Pixels) -> Found:
        decoder = self._decoder("bits", 8 * self.payload_bytes)
        return Found(_payload(decoder.decode(_swapped(rgb), self.method)))


class DwtDct(_InvisibleWatermark):
    method = "dwtDct"


class DwtDctSvd(_InvisibleWatermark):
    method = "dwtDctSvd"


class RivaGan(_InvisibleWatermark):
    """Its network carries 32 bits, no more."""

    payload_bytes = 4
    method = "rivaGan"


class BlindWatermark:
    """Package blind-watermark."""

    payload_bytes = 8

    def __init__(self) -> None:
        # its import sets the start method, which a process that has one refuses
        multiprocessing.set_start_method = lambda *_, **__: None
        import blind_watermark

        blind_watermark.bw_notes.close()
        self._class = blind_watermark.WaterMark

    def embed(self, rgb: Pixels, payload: bytes) -> Pixels:
        mark = self._class(password_wm=1, password_img=1, processes=1)
        mark.read_img(img=_swapped(rgb))
        mark.read_wm([bool(bit) for bit in _bits(payload)], mode="bit")
        return _swapped(mark.embed())

    def find(self, rgb: Pixels) -> Found:
        mark = self._class(password_wm=1, password_img=1, processes=1)
        length = 8 * self.payload_bytes
        return Found(_payload(mark.extract(embed_img=_swapped(rgb), wm_shape=length, mode="bit")))
