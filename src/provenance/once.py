"""Attributes that are computed when they are first asked for, and then kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class Once(Generic[T]):
    """A method's result as an attribute of its object; see ``once``."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        value = self._compute(instance)
        # next time Python finds the object's own attribute first, and does not call this again
        vars(instance)[self._compute.__name__] = value
        return value


def once(compute: Callable[[Any], T]) -> Once[T]:
    """Turn a method into an attribute that is computed at first use.

    Python 3.11's ``functools.cached_property`` holds a lock that all objects of a class share. This
    has none: threads that examine different pictures must not wait for each other.
    """
    return Once(compute)
