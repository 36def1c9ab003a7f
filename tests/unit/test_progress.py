"""Stages are told to who listens, in its own context."""

from __future__ import annotations

from threading import Thread

from provenance.progress import Stage, enter, listen


def test_only_the_listener_s_own_work_is_heard() -> None:
    heard: list[Stage] = []
    enter(Stage.DECODING)
    with listen(heard.append):
        enter(Stage.MARKING)
        other = Thread(target=enter, args=(Stage.SIGNING,))
        other.start()
        other.join()
        with listen(lambda _: None):
            enter(Stage.ENCODING)
        enter(Stage.CHECKING)
    enter(Stage.COMPARING)
    assert heard == [Stage.MARKING, Stage.CHECKING]
