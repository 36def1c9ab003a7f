"""The encoder: how strongly a picture is marked, and how much the mark can take."""
