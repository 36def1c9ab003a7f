"""The numbers that stand for a producer's models in the mark; each is drawn in one transaction."""

from __future__ import annotations

from provenance.errors import RegistryError, UnknownModelError
from provenance.records import StampRecord
from provenance.registry.base import Model
from provenance.registry.leaf import check_text
from provenance.registry.sql.database import Connection, Database, fetch_one, refuse_damaged
from provenance.stamp_id import LARGEST_MODEL


class SqlModels:
    """The models of a registry, in its own database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_number(self, producer: int, model: str, version: str, *, create: bool) -> int:
        """Give the number of a producer's model; see ``Registry.model_number``."""
        check_text("The model's name", model)
        check_text("The model's version", version)
        name = (producer, model, version)
        with self._database.reading() as db:
            number = _find_number(db, *name)
        if number:
            return number
        if not create:
            raise UnknownModelError(
                f"The model {model!r}, version {version!r}, has no number in the registry yet; "
                "check its spelling, or allow new models."
            )
        with self._database.writing() as db:
            number = _find_number(db, *name)  # another process may have been faster
            if not number:
                number = _draw_number(db, producer)
                db.execute("INSERT INTO models VALUES (?, ?, ?, ?)", (producer, number, *name[1:]))
        return number

    def list_for(self, producer: int) -> list[Model]:
        """List a producer's models by number."""
        query = "SELECT number, model, version FROM models WHERE producer = ? ORDER BY number"
        with self._database.reading() as db:
            models = [Model(*row) for row in db.execute(query, (producer,))]
        if any(map(_is_odd, models)):
            refuse_damaged(self._database.place)
        return models


def _is_odd(model: Model) -> bool:
    try:
        check_text("A model", model.model)
        check_text("A version", model.version)
    except RegistryError:
        return True
    return not isinstance(model.number, int)


def keep_model(db: Connection, record: StampRecord) -> None:
    """Learn a model's number from a record of another registry; the first word counts."""
    query = (
        "INSERT INTO models SELECT :producer, :number, :model, :version WHERE :number > 0 "
        "AND NOT EXISTS (SELECT 1 FROM models WHERE producer = :producer "
        "AND (number = :number OR (model, version) = (:model, :version)))"
    )
    db.execute(
        query,
        {
            "producer": record.producer,
            "number": record.model_number,
            "model": record.model,
            "version": record.model_version,
        },
    )


def _find_number(db: Connection, producer: int, model: str, version: str) -> int:
    query = "SELECT CAST(number AS INTEGER) FROM models"
    row = fetch_one(
        db, f"{query} WHERE (producer, model, version) = (?, ?, ?)", producer, model, version
    )
    return int(row[0]) if row else 0


def _draw_number(db: Connection, producer: int) -> int:
    query = "SELECT coalesce(max(CAST(number AS INTEGER)), 0) + 1 FROM models WHERE producer = ?"
    number = int(fetch_one(db, query, producer)[0])
    if number > LARGEST_MODEL:
        raise RegistryError(
            f"Producer {producer} has used all {LARGEST_MODEL} model numbers a mark can hold."
        )
    return number
