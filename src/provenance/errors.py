"""Every error the package raises, and nothing else.

::

    ProvenanceError
    ├── InputError                  the picture can't be used
    │   ├── UnreadableInputError    missing, no permission, not a file
    │   ├── UnsupportedFormatError  not a picture format we read or write
    │   ├── CorruptImageError       a picture format, but it can't be decoded
    │   ├── ImageTooLargeError      over a limit, refused before decoding
    │   ├── ImageTooSmallError      too few pixels to hold the mark
    │   ├── ImageTooFlatError       leaves no room for a mark that can be read back
    │   ├── ResultError             a detector's result can't be read
    │   ├── InputCostError          it would take more memory or time than a worker may
    │   └── InputCrashError         it crashed a worker process
    ├── OutputError
    │   ├── OutputExistsError       the file exists and overwriting was not asked for
    │   └── OutputNotWritableError  no permission, no space, no folder
    ├── WatermarkError
    │   ├── PayloadError            a field does not fit the 96 bits
    │   ├── WatermarkKeyError       not a 32-byte key
    │   └── EmbedFailedError        the self-check could not read the mark back
    ├── LabelError                  a label can't be put on or into the picture
    ├── StampError
    │   ├── ClaimError              the key of a repeated request leads to another stamp
    │   ├── AlreadyStampedError     carries our mark already, and a new one was not forced
    │   ├── LossError               something would be lost, and ``strict`` refuses that
    │   └── UnknownModelError       strict_models refuses a model it does not know
    ├── ManifestError
    │   ├── ManifestNotFoundError   no Content Credentials at all
    │   ├── ManifestRemoteError     only a pointer to a manifest elsewhere
    │   ├── ManifestDamagedError    Content Credentials are there but unreadable
    │   └── ManifestUnsupportedError  they are of a kind that this program does not read
    │       ├── ManifestDraftError    they follow a draft from before C2PA 1.0
    │       └── ManifestCostError     they would take too much memory to read
    ├── SigningError
    │   ├── SignerKeyError          key or certificate can't be used
    │   └── SignerUnavailableError  token or KMS does not answer
    │       └── TimestampError      the time-stamp authority gave no time stamp
    ├── RegistryError
    │   ├── RegistryUnavailableError  locked, unreachable, read-only
    │   ├── RegistryDamagedError      not a registry, or a damaged one
    │   ├── RecordNotFoundError       no record of this stamp
    │   ├── DuplicateStampError       the id is taken: draw another
    │   └── LogIntegrityError         the log's past was rewritten
    ├── DirectoryError              a directory file is unsigned, untrusted or malformed
    ├── RequestError                a request to a producer can't be read or written
    ├── ResponseError               a producer's response can't be read or written
    ├── HashListError               a list of hashes can't be read or used
    ├── PageError                   the offline page is not built, or not as it was built
    ├── FetchError                  an address can't be fetched, or must not be
    ├── ServiceError                the service refuses, see provenance.service.refusals
    ├── ConfigError                 a setting is missing, unknown or wrong
    ├── InternalError               a defect of this package, met in a batch
    └── VerificationError           raised by Verdict.require only

Each class has a stable ``code``, which JSON output repeats and scripts may test. A message is a
full sentence: it says what is wrong and, where that helps, what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenance.losses import Loss


class ProvenanceError(Exception):
    """Base of every error raised by this package."""

    code = "provenance"


class InputError(ProvenanceError):
    """The picture given can't be used."""

    code = "input"


class UnreadableInputError(InputError):
    """The input is missing, is not a file, or may not be read."""

    code = "input.unreadable"


class UnsupportedFormatError(InputError):
    """The bytes are not a picture format that is read or written here."""

    code = "input.unsupported"


class NotExaminedError(InputError):
    """Not chosen by name and not a picture, as in a folder: it is listed and counts no failure."""

    code = "input.not_examined"


class CorruptImageError(InputError):
    """The bytes claim to be a picture but can't be decoded."""

    code = "input.corrupt"


class ImageTooLargeError(InputError):
    """The picture exceeds a limit and was refused before decoding."""

    code = "input.too_large"


class ImageTooSmallError(InputError):
    """The picture has too few pixels to hold the mark."""

    code = "input.too_small"


class ImageTooFlatError(InputError):
    """The picture leaves no room for a mark that can be read back."""

    code = "input.too_flat"


class InputCostError(InputError):
    """Working on it would take more memory or time than is allowed; it need not be damaged."""

    code = "input.too_costly"


class InputCrashError(InputError):
    """Working on the picture exhausted the memory or crashed a native library."""

    code = "input.crashed"


class OutputError(ProvenanceError):
    """The result can't be written."""

    code = "output"


class OutputExistsError(OutputError):
    """The output file exists and overwriting was not asked for."""

    code = "output.exists"


class OutputNotWritableError(OutputError):
    """The output can't be written: no permission, no space or no such folder."""

    code = "output.unwritable"


class WatermarkError(ProvenanceError):
    """The watermark can't be made or read as asked."""

    code = "watermark"


class PayloadError(WatermarkError):
    """A payload field does not fit its bits, or the payload is not 12 bytes."""

    code = "watermark.payload"


class WatermarkKeyError(WatermarkError):
    """A watermark key is not 32 bytes."""

    code = "watermark.key"


class CornersError(WatermarkError):
    """The corners given are not those of a picture in a photograph."""

    code = "watermark.corners"


class EmbedFailedError(WatermarkError):
    """The self-check could not read the mark back from the encoded picture."""

    code = "watermark.embed_failed"


class LabelError(ProvenanceError):
    """A label can't be put on or into the picture as asked."""

    code = "label"


class StampError(ProvenanceError):
    """The picture can't be stamped as asked."""

    code = "stamp"


class ClaimError(StampError):
    """The key of a repeated request leads to a stamp of another request, or to one that is gone."""

    code = "stamp.claimed"


class AlreadyStampedError(StampError):
    """The picture carries our mark already and stamping again was not forced."""

    code = "stamp.already_stamped"


class LossError(StampError):
    """The stamped file would not hold all that the picture holds, and ``strict`` refuses that."""

    code = "stamp.loss"

    def __init__(self, message: str, losses: Sequence[Loss] = ()) -> None:
        super().__init__(message)
        self.losses = tuple(losses)


class UnknownModelError(StampError):
    """The model has no number yet and ``strict_models`` forbids giving it one."""

    code = "stamp.unknown_model"


class ManifestError(ProvenanceError):
    """The C2PA manifest can't be read or written."""

    code = "manifest"


class ManifestNotFoundError(ManifestError):
    """The picture has no Content Credentials."""

    code = "manifest.none"


class ManifestRemoteError(ManifestError):
    """The picture only points to a manifest elsewhere, which is never fetched unasked."""

    code = "manifest.remote"


class ManifestDamagedError(ManifestError):
    """Content Credentials are present but can't be read."""

    code = "manifest.damaged"


class ManifestUnsupportedError(ManifestError):
    """Content Credentials are present, of a kind that this program does not read.

    Nothing follows about whether they or the picture were changed.
    """

    code = "manifest.unsupported"


class ManifestDraftError(ManifestUnsupportedError):
    """Content Credentials are present, in the form of a draft from before C2PA 1.0."""

    code = "manifest.draft"


class ManifestCostError(ManifestUnsupportedError):
    """Content Credentials are present, and would take too much memory to read."""

    code = "manifest.too_costly"


class SigningError(ProvenanceError):
    """Signing failed."""

    code = "signing"


class SignerKeyError(SigningError):
    """The signer's key or certificate can't be used."""

    code = "signing.key"


class SignerUnavailableError(SigningError):
    """The signer or the time-stamp authority did not answer."""

    code = "signing.unavailable"


class TimestampError(SignerUnavailableError):
    """The authority gave no time stamp; ``reason`` says why, without its address."""

    code = "signing.timestamp"

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason or message


class RevocationError(SignerUnavailableError):
    """The issuer gave no word that the signer's certificate is good; ``revoked`` if it said no."""

    code = "signing.ocsp"

    def __init__(self, message: str, *, revoked: bool = False) -> None:
        super().__init__(message)
        self.revoked = revoked


class RegistryError(ProvenanceError):
    """The registry can't do what was asked."""

    code = "registry"


class RegistryUnavailableError(RegistryError):
    """The registry is locked, unreachable or read-only."""

    code = "registry.unavailable"


class RegistryDamagedError(RegistryError):
    """The file is not a registry, or a damaged one."""

    code = "registry.damaged"


class RecordNotFoundError(RegistryError):
    """The registry has no record of this stamp."""

    code = "registry.not_found"


class DuplicateStampError(RegistryError):
    """The stamp id is already used; the stamper draws another."""

    code = "registry.duplicate"


class LogIntegrityError(RegistryError):
    """The log contradicts a checkpoint seen before: its past was rewritten."""

    code = "registry.log_integrity"


class DirectoryError(ProvenanceError):
    """A directory file is unsigned, untrusted, malformed or clashes with another."""

    code = "directory"


class RequestError(ProvenanceError):
    """A request to a producer can't be read or written."""

    code = "request"


class ResponseError(ProvenanceError):
    """A producer's response can't be read or written."""

    code = "response"


class ResultError(InputError):
    """A detector's result, as a service writes it, can't be read."""

    code = "result"


class HashListError(ProvenanceError):
    """A list of hashes can't be read, has an unknown form, or still holds what was withdrawn."""

    code = "hashlist"


class PageError(ProvenanceError):
    """The offline page is not built in this copy, or its files are not as they were built."""

    code = "page"


class FetchError(ProvenanceError):
    """An address can't be fetched, or must not be; ``status`` is what its server answered."""

    code = "fetch"
    status: int | None = None


class ConfigError(ProvenanceError):
    """A setting is missing, unknown or has a wrong value."""

    code = "config"


class InternalError(ProvenanceError):
    """A defect in this package, caught where one picture must not stop the others."""

    code = "internal"


class VerificationError(ProvenanceError):
    """The verdict does not meet the policy; raised by ``Verdict.require`` only."""

    code = "verification"
