"""The ``provenance`` command: a thin shell over the library, one file per subcommand."""
