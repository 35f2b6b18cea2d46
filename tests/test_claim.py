"""A claim is held by one, refused to a second, and free afterwards."""

import pytest

from schuss.claim import Claim


def test_claim():
    claim = Claim()
    with claim, pytest.raises(RuntimeError, match="fitted by another thread"), claim:
        pass
    with claim:
        pass
    with pytest.raises(ZeroDivisionError), claim:
        raise ZeroDivisionError
    with claim:
        pass
