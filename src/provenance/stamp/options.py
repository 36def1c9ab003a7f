"""How pictures are stamped: what may differ between pictures under the same keys."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.accounts import AccountKey
from provenance.errors import ConfigError, LabelError
from provenance.labels import NO_LABELS, Labels
from provenance.stamp.edits import Edit


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
    """

    labels: Labels = NO_LABELS
    account: str | None = None
    edit: Edit | None = None
    best_effort: bool = False


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
