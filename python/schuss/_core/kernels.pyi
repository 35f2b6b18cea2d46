from collections.abc import Callable
from typing import Any

# Every name of schuss.reference.KERNELS, with the signature it has there.
def __getattr__(name: str) -> Callable[..., Any]: ...
