"""Central differences, by which gradients are checked: how far apart, how near."""

import numpy as np

# The error of (f(x + h) - f(x - h)) / 2h is of order h^2 + eps / h: least at eps^(1/3).
STEP = float(np.finfo(np.float64).eps) ** (1 / 3)
# What such a difference may be off by, relative to the largest: a wrong formula is off
# by far more, and rounding by far less.
TOLERANCE = 1e-4
