"""A program that stamps: batches by threads, and an event loop that goes on meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance.errors import ImageTooSmallError, ProvenanceError, UnknownModelError
from provenance.stamp import AsyncStamper, StampedImage, Stamper, stamp_many
from tests.integration.studio import A, Studio, open_studio

Pixels = NDArray[np.uint8]


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return open_studio(tmp_path, A)


@pytest.fixture
def batch(photograph: Pixels) -> Pixels:
    return np.stack([photograph[at : at + 160, at : at + 160] for at in (0, 40, 80, 120, 160)])


def test_a_batch_is_stamped_in_order(studio: Studio, batch: Pixels) -> None:
    floats = np.moveaxis(batch / np.float32(255), -1, -3)
    stamps = list(stamp_many(studio.stamper, floats, model="m", fresh=True, workers=2))
    alone = [studio.stamper.stamp(each, model="m", fresh=True) for each in batch]
    assert studio.registry.size == 2 * len(batch)
    for one, other in zip(stamps, alone, strict=True):
        assert isinstance(one, StampedImage)
        assert one.record.pdq_quality == other.record.pdq_quality


def test_one_bad_picture_does_not_stop_the_others(studio: Studio, batch: Pixels) -> None:
    pictures = [batch[0], batch[1][:50, :50], batch[2]]
    first, second, third = stamp_many(studio.stamper, pictures, model="m", fresh=True, workers=2)
    assert isinstance(second, ImageTooSmallError)
    assert isinstance(first, StampedImage)
    assert isinstance(third, StampedImage)


def test_no_more_pictures_are_asked_for_than_there_is_room_for(
    studio: Studio, batch: Pixels
) -> None:
    asked = 0

    def pictures() -> Iterator[Pixels]:
        nonlocal asked
        for each in (*batch, *batch):
            asked += 1
            yield each

    stamps = stamp_many(studio.stamper, pictures(), model="m", fresh=True, workers=1)
    next(stamps)
    assert asked == 2
    next(stamps)
    assert asked == 3
    stamps.close()  # type: ignore[attr-defined]
    assert studio.registry.size <= asked


def test_the_event_loop_goes_on_while_pictures_are_stamped(studio: Studio, batch: Pixels) -> None:
    async def main() -> int:
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0)
                beats += 1

        async with AsyncStamper(studio.stamper, workers=2) as stamper:
            heart = asyncio.create_task(beat())
            stamps = await asyncio.gather(
                *(stamper.stamp(each, model="m", fresh=True) for each in batch)
            )
            heart.cancel()
        assert [each.marked for each in stamps] == [True] * len(batch)
        return beats

    assert asyncio.run(main()) > 100


def test_what_waits_is_counted_and_can_be_cancelled(studio: Studio, batch: Pixels) -> None:
    entered, go = threading.Event(), threading.Event()

    class Slow(Stamper):
        """Waits for a sign."""

        def stamp(self, *arguments: object, **options: object) -> StampedImage:
            entered.set()
            go.wait(60)
            return super().stamp(*arguments, **options)  # type: ignore[arg-type]

    slow = Slow(producer=A, signer=studio.signer, registry=studio.registry)

    async def main() -> None:
        async with AsyncStamper(slow, workers=1) as stamper:
            first, second, third = (
                asyncio.create_task(stamper.stamp(each, model="m", fresh=True))
                for each in batch[:3]
            )
            await asyncio.to_thread(entered.wait, 60)
            while stamper.waiting < 2:
                await asyncio.sleep(0)
            second.cancel()  # it has not begun
            first.cancel()  # this one has, and goes on
            go.set()
            assert (await third).marked
            assert first.cancelled()
            assert second.cancelled()
            assert stamper.waiting == 0

    asyncio.run(main())
    assert studio.registry.size == 2


def test_errors_come_through(studio: Studio, batch: Pixels) -> None:
    strict = Stamper(producer=A, signer=studio.signer, registry=studio.registry, strict_models=True)

    async def main() -> None:
        async with AsyncStamper(strict) as stamper:
            await stamper.stamp(batch[0], model="unknown")

    with pytest.raises(UnknownModelError):
        asyncio.run(main())
    (answer,) = stamp_many(strict, batch[:1], model="unknown")
    assert isinstance(answer, ProvenanceError)
