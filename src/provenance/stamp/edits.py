"""What a new manifest says of the past: what the model did, and to which picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from provenance import imaging, manifest
from provenance.containers import STORE_MARK
from provenance.errors import ManifestDamagedError, StampError
from provenance.imaging import Picture
from provenance.limits import Limits
from provenance.losses import Loss, LossKind
from provenance.manifest import ModelAction, Parent, SignedImage
from provenance.registry import Registry
from provenance.stamp.existing_stamp import ExistingStamp, find_existing_stamp
from provenance.stamp.kinds import find_mime
from provenance.stamp_id import StampId


@dataclass(frozen=True)
class History:
    """What the model did, and the picture to which it did it.

    ``parent`` is None when there was no such picture, or nothing is known of it; ``stamp_id`` is
    its stamp.
    """

    action: ModelAction
    parent: Parent | None = None
    stamp_id: StampId | None = None


@dataclass(frozen=True)
class ParentPicture:
    """The picture that a caller named as the parent, and what it carries."""

    picture: Picture
    data: bytes
    existing: ExistingStamp

    @property
    def ingredient(self) -> Parent:
        """The parent for a manifest, with its own manifest if it has or had one."""
        return self.existing.parent or Parent(self.data, find_mime(self.picture.format))


@dataclass(frozen=True)
class Edit:
    """What the caller said: the model edited a picture, or made a part that was placed into it.

    ``keep_personal``: the result keeps what the picture's metadata say of places and people.
    """

    action: ModelAction
    parent: ParentPicture | None
    keep_personal: bool = False


def read_parent(
    data: bytes,
    store: bytes | None,
    registry: Registry,
    keys: Sequence[bytes | None],
    limits: Limits,
) -> ParentPicture:
    """Find out what the parent carries, or carried; ``store`` is its sidecar.

    Raises
    ------
    InputError, ManifestError, RegistryError
        The picture, its manifest or the record of its stamp can't be read.
    """
    if store is not None:
        data, store = manifest.reattach_if_possible(data, store)
    picture = imaging.decode(data, limits)
    own = data if store is None or STORE_MARK in data else None
    existing = find_existing_stamp(picture, own, registry, keys)
    if store is not None and own is None:
        existing = replace(existing, parent=Parent(data, find_mime(picture.format), store))
    return ParentPicture(picture, data, existing)


def build_history(existing: ExistingStamp, edit: Edit | None) -> History:
    """Put together what the picture carries and what the caller said.

    Raises
    ------
    StampError
        The picture has a history already, and the caller named another parent.
    """
    parent, stamp_id = existing.parent, existing.stamp_id
    if edit is None:
        action = ModelAction.EDITED if existing.continues else ModelAction.CREATED
        return History(action, parent, stamp_id)
    if edit.parent is not None:
        same = stamp_id is not None and stamp_id == edit.parent.existing.stamp_id
        if parent is not None and not same:
            raise StampError(
                "The picture carries a manifest of its own, which is its history; leave out the "
                "parent, or stamp a picture without that manifest."
            )
        parent, stamp_id = edit.parent.ingredient, edit.parent.existing.stamp_id or stamp_id
    return History(edit.action, parent, stamp_id)


def carry_on(
    parent: Parent | None,
    sign: Callable[[Parent | None], SignedImage],
    say: Callable[[Loss], None],
) -> tuple[SignedImage, tuple[Loss, ...]]:
    """Sign with the parent's manifest as history; drop one that can't be carried on, and say so.

    That is so where the manifest is damaged, or lacks one that it builds on itself. The new one
    then states an unknown parent. ``say`` is told of it first, and may refuse.

    Raises
    ------
    ManifestError, SigningError
        Signing failed otherwise.
    """
    try:
        return sign(parent), ()
    except ManifestDamagedError as error:
        if parent is None:
            raise
        loss = Loss(
            LossKind.MANIFEST,
            "The manifest of the picture before can't be carried on and is dropped; the new one "
            f"says that something was there before, but not what. {error}",
        )
        say(loss)
        return sign(None), (loss,)
