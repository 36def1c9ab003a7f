"""Rows as Parquet. Only this module knows pyarrow."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from provenance.integrations.bulk.rows import Column, Row, write_text
from provenance.integrations.bulk.store import load_extra


def write_table(rows: Sequence[Row], columns: Sequence[Column], schema: str) -> bytes:
    """Return rows as a Parquet file, whose metadata name the schema.

    Raises
    ------
    ConfigError
        pyarrow is missing.
    """
    arrow = load_extra("pyarrow", "bulk")
    parquet = load_extra("pyarrow.parquet", "bulk")
    table = arrow.Table.from_batches([make_batch(rows, columns, schema)])
    file = io.BytesIO()
    parquet.write_table(table, file, compression="zstd")
    return file.getvalue()


def make_batch(rows: Sequence[Row], columns: Sequence[Column], schema: str) -> Any:
    """Return rows as a record batch of Arrow.

    Raises
    ------
    ConfigError
        pyarrow is missing.
    """
    arrow = load_extra("pyarrow", "bulk")
    shape = make_schema(columns, schema)
    arrays = [
        arrow.array([_read(row[column.name], column) for row in rows], shape.field(n).type)
        for n, column in enumerate(columns)
    ]
    return arrow.RecordBatch.from_arrays(arrays, schema=shape)


def make_schema(columns: Sequence[Column], schema: str) -> Any:
    """Return the columns as a schema of Arrow.

    Raises
    ------
    ConfigError
        pyarrow is missing.
    """
    arrow = load_extra("pyarrow", "bulk")
    kinds = {
        "text": arrow.string(),
        "whole": arrow.int64(),
        "fraction": arrow.float64(),
        "truth": arrow.bool_(),
        "time": arrow.timestamp("us", tz="UTC"),  # the one unit that Spark reads
        "texts": arrow.list_(arrow.string()),
    }
    fields = [
        arrow.field(column.name, kinds[column.kind], metadata={"says": column.says})
        for column in columns
    ]
    return arrow.schema(fields, metadata={"provenance.schema": schema})


def _read(value: Any, column: Column) -> Any:
    if column.kind == "text" and value:
        return write_text(value)
    return datetime.fromisoformat(value) if column.kind == "time" and value else value
