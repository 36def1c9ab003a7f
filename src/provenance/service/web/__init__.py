"""HTTP: uploads that touch no disk, problems with the command line's codes, and the routes."""
