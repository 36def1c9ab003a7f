"""Batches of Arrow in, verdicts out: what Spark, Ray Data and others map over columns of bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from provenance.errors import ProvenanceError
from provenance.integrations.bulk.job import OURS, Handle, Means, Verifying
from provenance.integrations.bulk.rows import Row, complete, write_error_row
from provenance.integrations.bulk.store import Store
from provenance.integrations.bulk.table import make_batch, make_schema


class VerifyBatches:
    """Verifies a column of pictures; plain data until it is first called in a process.

    It has the form that Spark's ``mapInArrow`` asks for: an iterator of record batches in, one out.
    Stamps are no matter of columns, as an engine may work on a row twice: they need a ``Job``.

    Parameters
    ----------
    config
        The config file, which every machine has at this path; without one pictures are verified
        without anchors and registry.
    work
        How to verify.
    content, name
        The columns of the pictures' bytes and of their names, as Spark's ``binaryFile`` has them.
    """

    def __init__(
        self,
        config: str | Path | None = None,
        work: Verifying | None = None,
        *,
        content: str = "content",
        name: str = "path",
    ) -> None:
        self._config = config
        self._work = work or Verifying()
        self._content, self._name = content, name
        self._verify: Handle | None = None

    @property
    def schema(self) -> Any:
        """The columns of the answers, as a schema of Arrow."""
        return make_schema(self._work.columns, self._work.schema)

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Yield for each batch one with a row for each of its pictures.

        Raises
        ------
        ProvenanceError
            Something else than a picture is wrong, such as the config.
        """
        verify = self._verify = self._verify or self._open()
        for batch in batches:
            names = batch.column(self._name).to_pylist()
            contents = batch.column(self._content)
            pairs = zip(names, contents, strict=True)
            rows = [
                self._answer(verify, str(name), content.as_py() or b"") for name, content in pairs
            ]
            yield make_batch(rows, self._work.columns, self._work.schema)

    def _answer(self, verify: Handle, name: str, data: bytes) -> Row:
        try:
            row = verify(name, data)
        except OURS:
            raise
        except ProvenanceError as error:
            row = write_error_row(error)
        return complete(row, self._work.columns, name, data)

    def _open(self) -> Handle:
        from provenance.config import load

        config = None if self._config is None else load(self._config)
        verify, _ = self._work.open(Means(config, "", lambda address: Store(address, {})))
        return verify

    def __getstate__(self) -> dict[str, Any]:
        """Travel without what was opened."""
        return {**vars(self), "_verify": None}
