"""The files of a case folder: written once, sealed, and checked later."""
