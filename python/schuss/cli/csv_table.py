"""CSV files, with what is wrong in them named by line and column."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MISSING = frozenset(("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"))


class CsvTable(NamedTuple):
    """What a file says, cell by cell.

    Attributes
    ----------
    path : Path
    cells : dict of str to list of str
        By column.
    lines : list of int
        Of the file, one for each row.
    """

    path: Path
    cells: dict[str, list[str]]
    lines: list[int]

    def numbers(self, name: str) -> NDArray[Any]:
        """Return a column of numbers: integers, or float64 with NaN for gaps.

        Raises
        ------
        ValueError
            At the first cell that is neither a number nor missing.
        """
        cells = self.cells[name]
        for line, cell in zip(self.lines, cells, strict=True):
            if cell not in MISSING and not _is_number(cell):
                raise ValueError(
                    f"{self.path}, line {line}: column {name!r} is of numbers, and has "
                    f"{cell!r}; mend the cell, or train with --categorical {name!r}."
                )
        if all(_is_integer(cell) for cell in cells):
            return np.array([int(cell) for cell in cells], np.int64)
        values = [np.nan if cell in MISSING else float(cell) for cell in cells]
        return np.array(values, np.float64)

    def texts(self, name: str) -> NDArray[Any]:
        """Return a column of texts, with None for gaps."""
        cells = [None if cell in MISSING else cell for cell in self.cells[name]]
        return np.array([*cells, None], object)[:-1]

    def column(self, name: str) -> NDArray[Any]:
        """Return a column as what most of its cells are.

        Raises
        ------
        ValueError
            If most of them are numbers, and some are not.
        """
        given = [cell for cell in self.cells[name] if cell not in MISSING]
        numbers = sum(map(_is_number, given))
        return self.numbers(name) if 2 * numbers > len(given) else self.texts(name)

    def first_gap(self, name: str) -> int | None:
        """Return the line of the first gap in a column, if it has one."""
        gaps = (
            line
            for line, cell in zip(self.lines, self.cells[name], strict=True)
            if cell in MISSING
        )
        return next(gaps, None)


def read_csv(path: Path) -> CsvTable:
    """Read a file whose first line has the names of the columns.

    Parameters
    ----------
    path : Path
        With tabs between cells if it ends in ".tsv", and commas else.

    Returns
    -------
    CsvTable

    Raises
    ------
    ValueError
        If it has no rows, columns without names or two of one name, lines of another
        length, or is not UTF-8.
    OSError
        If it cannot be read.
    """
    separator = "\t" if path.suffix == ".tsv" else ","
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = _rows(path, csv.reader(file, delimiter=separator, strict=True))
            names = next(rows, (1, []))[1]
            _check_names(path, names)
            lines, columns = [], [list[str]() for _ in names]
            for line, cells in rows:
                if len(cells) != len(names):
                    raise ValueError(
                        f"{path}, line {line}: there are {len(cells)} cells, and "
                        f"{len(names)} columns; mend the line."
                    )
                lines.append(line)
                for column, cell in zip(columns, cells, strict=True):
                    column.append(cell.strip())
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 ({error}); convert it.") from error
    if not lines:
        raise ValueError(f"{path} has no rows; give a table with some.")
    return CsvTable(path, dict(zip(names, columns, strict=True)), lines)


def _rows(path: Path, reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield lines that are not empty, with their numbers."""
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ValueError(
                f"{path}, line {reader.line_num}: {error}; mend the line."
            ) from error
        if cells:
            yield reader.line_num, cells


def _check_names(path: Path, names: list[str]) -> None:
    names[:] = [name.strip() for name in names]
    if not names:
        raise ValueError(f"{path} is empty; give a table, names of columns first.")
    for place, name in enumerate(names):
        if not name:
            raise ValueError(f"{path}: column {place + 1} has no name; give it one.")
        if name in names[:place]:
            raise ValueError(f"{path} has two columns {name!r}; rename one.")


def _is_number(cell: str) -> bool:
    if "_" in cell:
        return False
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_integer(cell: str) -> bool:
    digits = cell.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) <= 18
