"""What a new manifest says of the time before it: what the model did, and to which picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from provenance import imaging, manifest
from provenance.containers import STORE_MARK
from provenance.errors import StampError
from provenance.imaging import MIME, Picture
from provenance.limits import Limits
from provenance.manifest import ModelAction, Parent
from provenance.registry import Registry
from provenance.stamp.existing_stamp import Earlier, examine
from provenance.stamp_id import StampId


@dataclass(frozen=True)
class History:
    """What the model did, and what was there before.

    ``parent`` is None when nothing was, or nothing is known of it; ``stamp_id`` is its stamp.
    """

    action: ModelAction
    parent: Parent | None = None
    stamp_id: StampId | None = None


@dataclass(frozen=True)
class Before:
    """The picture that a caller named as the one before, and what it carries."""

    picture: Picture
    data: bytes
    earlier: Earlier

    @property
    def parent(self) -> Parent:
        """The picture as a parent, with its manifest if it has or had one."""
        return self.earlier.parent or Parent(self.data, MIME[self.picture.format])


@dataclass(frozen=True)
class Edit:
    """What the caller said: the model edited, or made something that was placed into, a picture."""

    action: ModelAction
    before: Before | None


def read_parent(
    data: bytes,
    store: bytes | None,
    registry: Registry,
    keys: Sequence[bytes | None],
    limits: Limits,
) -> Before:
    """Find out what the picture before carries, or carried; ``store`` is its sidecar.

    Raises
    ------
    InputError, ManifestError, RegistryError
        The picture, its manifest or the record of its stamp can't be read.
    """
    if store is not None:
        data, store = manifest.reattach_if_possible(data, store)
    picture = imaging.decode(data, limits)
    own = data if store is None or STORE_MARK in data else None
    earlier = examine(picture, own, registry, keys)
    if store is not None and own is None:
        earlier = replace(earlier, parent=Parent(data, MIME[picture.format], store))
    return Before(picture, data, earlier)


def history(earlier: Earlier, edit: Edit | None) -> History:
    """Put together what the picture carries and what the caller said.

    Raises
    ------
    StampError
        The picture has a history already, and the caller named another picture before it.
    """
    parent, stamp_id = earlier.parent, earlier.stamp_id
    if edit is None:
        action = ModelAction.EDITED if earlier.continues else ModelAction.CREATED
        return History(action, parent, stamp_id)
    if edit.before is not None:
        same = stamp_id is not None and stamp_id == edit.before.earlier.stamp_id
        if parent is not None and not same:
            raise StampError(
                "The picture carries a manifest of its own, which is its history; leave out the "
                "parent, or stamp a picture without that manifest."
            )
        parent, stamp_id = edit.before.parent, edit.before.earlier.stamp_id or stamp_id
    return History(edit.action, parent, stamp_id)
