"""A claim is held by one, refused to a second, and free afterwards."""

import threading

import pytest

from schuss.claim import Claim


def test_claim():
    claim = Claim()
    assert not claim.held
    with claim, pytest.raises(RuntimeError, match="fitted by another thread"), claim:
        pass
    with claim:
        assert claim.held
        of_another = []
        thread = threading.Thread(target=lambda: of_another.append(claim.held))
        thread.start()
        thread.join()
        assert of_another == [False]
    assert not claim.held
    with pytest.raises(ZeroDivisionError), claim:
        raise ZeroDivisionError
    with claim:
        pass
