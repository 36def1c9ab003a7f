"""How pictures are stamped: what may differ between pictures under the same keys."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from provenance.accounts import AccountKey
from provenance.certificates import load_pem_chain, names_organisation
from provenance.errors import ConfigError, LabelError, LossError, SignerKeyError
from provenance.labels import NO_LABELS, Labels
from provenance.losses import Loss, LossKind
from provenance.registry import ClaimKey
from provenance.revocation import OFF, Stapling
from provenance.signers import Signer
from provenance.stamp.edits import Edit

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StampOptions:
    """What a stamper does in addition to marking, signing and recording.

    Attributes
    ----------
    labels
        Labels that are put on and into every picture.
    account
        The account for which pictures are made; the record keeps it as a sealed pseudonym.
    edit
        What the model did to a parent picture; None when it made the whole picture.
    best_effort
        Also sign and record pictures that can't hold the mark. Their pixels stay as they are.
    strict
        Refuse a picture when the stamped file would not hold all that it holds.
    unnamed_signer
        Sign although the signer's certificate names no organisation. Some C2PA libraries (c2pa-rs
        0.67 to 0.90) call such signatures invalid.
    claim
        The key of a request that may come twice, for which there is one stamp.
    ocsp
        Whether the word of the certificate's issuer, that it is not revoked, goes into the file.
    """

    labels: Labels = NO_LABELS
    account: str | None = None
    edit: Edit | None = None
    best_effort: bool = False
    strict: bool = False
    unnamed_signer: bool = False
    ocsp: Stapling = OFF
    claim: ClaimKey | None = None


DEFAULT_OPTIONS = StampOptions()
"""No labels, no account, whole pictures, and each of them marked."""


def check_signer(signer: Signer, options: StampOptions) -> None:
    """Refuse a signer whose stamps others would call invalid, before a picture is read.

    Raises
    ------
    SignerKeyError
        Its certificate names no organisation, and the options do not allow that.
    """
    leaf = load_pem_chain(signer.certificate_chain)[0]
    if not options.unnamed_signer and not names_organisation(leaf):
        raise SignerKeyError(
            "The signer's certificate names no organisation (O), and some C2PA programs call its "
            "signatures invalid; use another certificate, or set signing.unnamed."
        )


def check_options(options: StampOptions, account_key: AccountKey | None) -> None:
    """Refuse options that can't be met, before a picture is read.

    Raises
    ------
    ConfigError
        They name an account, and there is no key to seal it with or no account can have the name.
    LabelError
        They ask for best effort and for labels that need a mark.
    """
    if options.account is not None:
        if account_key is None:
            raise ConfigError(
                "There is no key to seal accounts with: set registry.account_key, or leave the "
                "account out."
            )
        account_key.derive_pseudonym(options.account)  # refuses what is not an account's name
    if options.best_effort and options.labels.mark_required:
        raise LabelError("The profile asks for a readable mark; stamp without best effort.")


def check_losses(losses: Sequence[Loss], options: StampOptions) -> None:
    """Say what the stamped file will not hold, or refuse it, before anything is written.

    Metadata that is to be stripped is not lost.

    Raises
    ------
    LossError
        Something would be lost, and the options ask to be strict.
    """
    stripped = {LossKind.METADATA} if options.labels.strip_prompt else set()
    losses = [loss for loss in losses if loss.kind not in stripped]
    if losses and options.strict:
        raise LossError(" ".join(loss.says for loss in losses), losses)
    for loss in losses:
        logger.warning("%s", loss.says)
