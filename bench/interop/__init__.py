"""Our stamps through other people's readers, and other people's files through ours.

``python -m bench.interop`` installs the readers from their registries, makes stamps of every
format, lets each reader judge them, and writes docs/interop.md with versions.
"""
