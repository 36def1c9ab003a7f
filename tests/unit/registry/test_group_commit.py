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


def test_whoever_was_committed_goes_on_while_the_next_group_is() -> None:
    """Else each could bring something to every second commit only."""
    entered = [threading.Event() for _ in range(3)]
    go_on = [threading.Event() for _ in range(3)]
    groups: list[list[int]] = []

    def commit(items: Sequence[int]) -> list[int | DuplicateStampError]:
        groups.append(list(items))
        number = len(groups) - 1
        entered[number].set()
        go_on[number].wait()
        return list(items)

    group = GroupCommit[int, int]()
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(group.submit, 0, commit)
        entered[0].wait()
        second = [pool.submit(group.submit, item, commit) for item in (1, 2, 3)]
        while len(group._waiting) < 3:
            pass
        go_on[0].set()
        entered[1].wait()
        third = pool.submit(group.submit, 4, commit)
        while not group._waiting:
            pass
        go_on[1].set()
        entered[2].wait()
        assert [each.result(60) for each in (first, *second)] == [0, 1, 2, 3]
        assert not third.done()
        go_on[2].set()
        assert third.result(60) == 4
    assert groups == [[0], [1, 2, 3], [4]]
