"""What the service does with one request, without HTTP: it blocks, and threads call it."""
