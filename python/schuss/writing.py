"""Files that are there as a whole, or are as they were before."""

import os
import secrets
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any


def write_whole(path: str | os.PathLike[str], parts: Iterable[Any]) -> None:
    """Write a file whole or not at all.

    It is written beside the old one, and takes its place when all of it is on the disk.

    Parameters
    ----------
    path : str or path-like
    parts : iterable of bytes-like
        What it contains, one after the other.

    Raises
    ------
    OSError
        If it cannot be written; what was there is as it was.
    Exception
        What the parts raise; likewise.
    """
    target = Path(path).resolve()  # a link stays one
    temporary = target.with_name(f".{secrets.token_hex(8)}")
    try:
        with open(temporary, "xb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):  # which is not to name the temporary file
            error.filename = str(target)
        raise
