"""Bounds of whole runs: what the roundings of every step come to after the last.

Let s be a network's whole state, its parameters and what its optimizer keeps, and F_t
the reference's step t in float64, s -> s. Whatever computes in floating point takes

    n_(t+1) = F_t(n_t) + r_t

from a state n_t of its own, where r_t is bounded by what rounding can do in one step
(`steps.Twin.roundings`). Of two runs, one of them the reference's in float64, which
rounds as well, the difference d_t of their states obeys

    d_(t+1) = F_t(n_t) - F_t(s_t) + r_t - r'_t = J_t d_t + q_t + r_t - r'_t,

where J_t is the derivative of F_t at s_t and q_t what is left of second order. If
|q_t| <= SECOND / 2 (bound of r_t), then, element by element,

    |d_T| <= (1 + SECOND) sum_t |J_(T-1) ... J_(t+1)| (|r_t| + |r'_t|).

`Path.check` asserts the bound, and that assumption about q_t, too: it evaluates F_t
where the run is. q_t of a run in float64 is less than what the reference itself rounds;
so d_t is stretched first, by the ratio of the roundoffs: q_t grows with its square, and
with itself where a kink has spoiled J_t. A kink between the two runs shows likewise.
"""

import numpy as np
from bounds import gamma, roundoff
from steps import DTYPES, SECOND, differences, flat


class Path:
    """The states of a reference's run in float64, and how far others may be away.

    A run is a list of (rows, targets, learning rate), one of each per step; an epoch is
    so many steps. There are states, of shape (steps + 1, numbers), of every step its
    loss before the update and the hits, and by precision bounds of states and losses.
    """

    def __init__(self, twin, run, epoch):
        self.twin, self.run, self.epoch = twin, run, epoch
        self.slopes, self.local = [], []
        state = flat(twin.network, twin.depth)
        self.states, self.losses, self.hits = [state], [], []
        found, of_losses = [np.zeros((2, len(state)))], []
        carried = np.zeros((0, len(state), len(state)))
        for number, (x, targets, rate) in enumerate(run, 1):
            here = x, targets, rate, number
            loss, slope, e_loss, errors = twin.roundings(state, *here)
            # The loss follows the parameters, and is rounded on both sides.
            self.losses.append(loss)
            moved = found[-1][:, : twin.size] @ np.abs(slope)
            of_losses.append((1 + SECOND) * moved + e_loss + e_loss[1])
            slopes, _ = differences(
                lambda s, here=here: twin.step(s, *here), state, found[-1][0]
            )
            carried = np.concatenate([slopes @ carried, np.eye(len(state))[None]])
            self.local.append(errors + errors[1])
            total = np.einsum("tij,tdj->di", np.abs(carried), self.local)
            found.append((1 + SECOND) * total)
            state = twin.step(state, *here)
            self.hits.append(twin.network.hits(twin.network.outputs[-1], targets))
            self.states.append(state)
            self.slopes.append(slopes)
        self.bounds = dict(zip(DTYPES, np.swapaxes(found, 0, 1), strict=True))
        self.loss_bounds = dict(zip(DTYPES, np.transpose(of_losses), strict=True))

    def check(self, network, training, rates, dtype):
        """Hold a network, which starts where the path does, against it.

        The training takes the run's rows as they stand.
        """
        stretch = roundoff("float32") / roundoff(dtype)
        away = np.zeros_like(self.states[0])
        for step, (*data, rate) in enumerate(self.run):
            near = self.states[step] + stretch * away
            second = self.twin.step(near, *data, rate, step + 1)
            second -= self.states[step + 1] + stretch * self.slopes[step] @ away
            assert np.all(np.abs(second) <= SECOND / 2 * self.local[step][0])
            *ended, loss, steps, problem = training.run(rates[step : step + 1])
            assert (steps, problem) == (1, None)
            away = flat(network, self.twin.depth) - self.states[step + 1]
            assert np.all(np.abs(away) <= self.bounds[dtype][step + 1]), f"step {step}"
            # What is told is the mean over the epoch so far.
            of_epoch = slice(step - step % self.epoch, step + 1)
            self.check_losses(loss, of_epoch, dtype)
            whole = (step + 1) % self.epoch == 0
            told = ([loss], [sum(self.hits[of_epoch])]) if whole else ([], [])
            assert tuple(map(list, ended)) == told

    def check_losses(self, mean, steps, dtype):
        """Hold the mean over the rows of some steps against the path's."""
        rows = [len(x) for x, _, _ in self.run[steps]]
        losses, bound = self.losses[steps], self.loss_bounds[dtype][steps]
        sums = gamma(2 * len(losses) + 8, "float64") * np.abs(losses)
        error = abs(mean - np.average(losses, weights=rows))
        assert error <= np.average(bound + sums, weights=rows)
