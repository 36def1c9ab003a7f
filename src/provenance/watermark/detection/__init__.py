"""The detector: from pixels to a payload, its geometry and the chance of a false positive."""
