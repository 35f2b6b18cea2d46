from collections.abc import Callable
from typing import Any

# Every name of schuss.reference.KERNELS, with the signature it has there. The products
# gemm, gemm_transposed, dense_forward, dense_backward_input and dense_backward_weights
# also take `repeats`, how often to compute it: so a clock can tell the product from its
# copies.
def __getattr__(name: str) -> Callable[..., Any]: ...
