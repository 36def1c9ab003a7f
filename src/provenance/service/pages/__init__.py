"""The public page: a picture in, a verdict in plain words out, with or without scripts."""
