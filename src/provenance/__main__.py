"""``python -m provenance`` is the ``provenance`` command."""

from provenance.cli.main import main

if __name__ == "__main__":
    main()
