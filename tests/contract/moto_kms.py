"""AWS KMS as moto plays it, with salts as long as AWS makes them; moto's are longer.

Run by `keepers.Aws` as a process of its own: moto_kms.py PORT.
"""

import sys

from cryptography.hazmat.primitives.asymmetric import padding
from moto import server

setattr(padding.PSS, "MAX_LENGTH", 32)  # noqa: B010 - typed as final; what KMS documents for SHA-256; moto takes the largest that fits

if __name__ == "__main__":
    server.main(["-H", "127.0.0.1", "-p", sys.argv[1]])
