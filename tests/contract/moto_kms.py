"""AWS KMS as moto plays it, with salts as long as AWS makes them; moto's are longer.

Run by `keepers.Aws` as a process of its own. It writes its port, which the system chose, and ends
when its standard input does.
"""

import sys

from cryptography.hazmat.primitives.asymmetric import padding
from moto.server import ThreadedMotoServer

setattr(padding.PSS, "MAX_LENGTH", 32)  # noqa: B010 - typed as final; what KMS documents for SHA-256; moto takes the largest that fits

if __name__ == "__main__":
    kms = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    kms.start()
    sys.stdout.write(f"{kms.get_host_and_port()[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()
