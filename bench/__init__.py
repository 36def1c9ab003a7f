"""The project's own bench: how well the mark survives, how little it shows, what it costs."""
