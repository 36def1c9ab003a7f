"""Golden outputs: what two builds of the program say of the same pictures, byte by byte.

Builds are used by their command line only, so that any two can be compared whatever moved inside.
"""
