"""Batches of equally large pictures as tensors of PyTorch, on the device where they lie."""
