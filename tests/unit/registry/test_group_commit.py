"""Threads that wait meanwhile share the next commit, and each gets its own answer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from provenance.errors import DuplicateStampError, RegistryUnavailableError
from provenance.registry.group_commit import MAX_GROUP, GroupCommit


def test_whoever_waits_shares_the_next_commit() -> None:
    groups: list[list[int]] = []
    entered, go_on = threading.Event(), threading.Event()

    def commit(items: Sequence[int]) -> list[int | DuplicateStampError]:
        groups.append(list(items))
        entered.set()
        go_on.wait()
        return [DuplicateStampError("It is odd.") if item % 2 else item for item in items]

    group = GroupCommit[int, int]()
    count = MAX_GROUP + 10
    with ThreadPoolExecutor(count + 1) as pool:
        first = pool.submit(group.submit, 0, commit)
        entered.wait()
        others = [pool.submit(group.submit, item, commit) for item in range(2, count + 2)]
        while len(group._waiting) < count:
            pass
        go_on.set()
        assert first.result() == 0
        for item, other in enumerate(others, 2):
            if item % 2:
                with pytest.raises(DuplicateStampError, match="odd"):
                    other.result()
            else:
                assert other.result() == item
    assert [len(each) for each in groups] == [1, MAX_GROUP, 10]


def test_a_failed_commit_is_everybodys_failure() -> None:
    def commit(items: Sequence[int]) -> list[int | DuplicateStampError]:
        raise RegistryUnavailableError("The disk is full.")

    group = GroupCommit[int, int]()
    for _ in range(2):
        with pytest.raises(RegistryUnavailableError, match="disk is full"):
            group.submit(1, commit)
