"""The cosine schedules at points known by hand, and beside those of others."""

import math

import bounds
import numpy as np
import pytest

from schuss import CosineDecay, CosineRestarts, CosLog4, OneCycle

U = bounds.roundoff(float)


def torch_rates(make, initial, n):
    """The first n rates of a torch scheduler, and torch's absence skips the test."""
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=initial, momentum=0.9)
    scheduler = make(torch.optim.lr_scheduler, optimizer)
    rates = []
    for _ in range(n):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return np.array(rates)


def rates_of(schedule, n):
    return np.array([schedule.at(t) for t in range(n)])


def test_cosine_decay():
    schedule = CosineDecay(0.5, 6, 0.25)
    assert schedule.at(0) == 0.5
    assert schedule.at(2) == pytest.approx(0.25 + 0.25 * 0.75, rel=8 * U)
    assert schedule.at(3) == pytest.approx(0.375, rel=8 * U)
    assert [schedule.at(t) for t in (6, 7, 1000)] == [0.25] * 3
    assert CosineDecay(0.5, 6).at(6) == 0


def test_cosine_restarts():
    schedule = CosineRestarts(1.0, 4, factor=2)  # cycles of 4, 8, 16 ...
    assert [schedule.at(t) for t in (0, 4, 12, 28)] == [1.0] * 4
    half = [schedule.at(t) for t in (2, 8, 20)]
    np.testing.assert_allclose(half, 0.5, rtol=0, atol=4 * U)
    even = CosineRestarts(1.0, 4, 0.1)
    assert rates_of(even, 12).tolist() == rates_of(even, 4).tolist() * 3
    first = rates_of(CosineDecay(1.0, 4, 0.1), 4)
    np.testing.assert_array_equal(rates_of(even, 4), first)


def test_restarts_far_away_are_found():
    assert CosineRestarts(1.0, 1).at(10**15) == 1
    assert CosineRestarts(1.0, 3, factor=10).at(3 * (10**12 - 1) // 9) == 1


def test_one_cycle():
    schedule = OneCycle(1.0, 21, div_factor=4, final_div_factor=10, pct_start=11 / 21)
    # The peak at 11 / 21 * 21 - 1 = 10, the end at 20.
    assert schedule.at(0) == 0.25
    assert schedule.at(5) == pytest.approx(0.625, rel=8 * U)
    assert schedule.at(10) == pytest.approx(1, rel=8 * U)
    assert schedule.at(15) == pytest.approx((1 + 0.025) / 2, rel=8 * U)
    np.testing.assert_allclose([schedule.at(t) for t in (20, 21, 99)], 0.025)


@pytest.mark.parametrize("part", [0, 0.01, 0.1])
def test_one_cycle_may_begin_at_its_maximum(part):
    """Where there is no time to rise."""
    assert OneCycle(0.5, 10, pct_start=part).at(0) == 0.5
    assert OneCycle(0.5, 2, pct_start=part).at(1) == pytest.approx(0.5 / 25e4)


def test_coslog4():
    """Waves end at t = (2^k - 1) / 15 and are highest at (2^(k + 1/2) - 1) / 15."""
    schedule = CosLog4(0.5, 15, per="step")
    ends = [schedule(t, 99) for t in (0, 1, 3, 7, 15, 16, 1000)]
    np.testing.assert_allclose(ends, 0, rtol=0, atol=U)
    total = 15 * 10**9
    for k in range(4):
        top = round((2 ** (k + 0.5) - 1) / 15 * total)
        assert CosLog4(0.5, total).at(top) == pytest.approx(0.5, abs=1e-9)
    middle = 0.5 * 0.5 * (1 - math.cos(2 * math.pi * math.log2(1 + 15 * 0.2)))
    assert CosLog4(0.5, 10).at(2) == pytest.approx(middle, abs=8 * U)


@pytest.mark.parametrize("kind", [CosineDecay, CosineRestarts, OneCycle, CosLog4])
def test_time_counts_epochs_or_steps(kind):
    by_epochs, by_steps = kind(0.1, 50), kind(0.1, 50, per="step")
    assert by_epochs(step=9, epoch=3) == by_steps(step=3, epoch=9) == by_steps.at(3)
    assert all(0 <= by_steps.at(t) <= 0.1 for t in range(70))


def test_cosine_decay_beside_torch():
    """Torch goes from rate to rate: at most six roundings a step, each of a number of
    at most 0.1 (the factors 1 + cos cancel in pairs); ours are as many in all, and the
    cosine's argument errs by 3 u pi at most."""
    expected = torch_rates(
        lambda kinds, it: kinds.CosineAnnealingLR(it, 40, eta_min=0.01), 0.1, 41
    )
    bound = 0.1 * bounds.gamma(6 * np.arange(41) + 6 + 10, float)
    found = rates_of(CosineDecay(0.1, 40, 0.01), 41)
    assert np.all(np.abs(found - expected) <= bound)


# The argument of a cosine errs by 3 u pi, its value by an ulp, and six roundings
# follow: for ours, and for the other's.
CLOSED = 2 * bounds.gamma(10 + 2 + 6, float)


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_cosine_restarts_beside_torch(factor):
    expected = torch_rates(
        lambda kinds, it: kinds.CosineAnnealingWarmRestarts(it, 7, factor, 0.01),
        0.1,
        100,
    )
    found = rates_of(CosineRestarts(0.1, 7, 0.01, factor=factor), 100)
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.1 * CLOSED)


@pytest.mark.parametrize(("total", "part"), [(100, 0.3), (33, 0.5), (10, 0.25)])
def test_one_cycle_beside_torch(total, part):
    expected = torch_rates(
        lambda kinds, it: kinds.OneCycleLR(
            it, 0.1, total, pct_start=part, div_factor=10, final_div_factor=100
        ),
        0.1,
        total,
    )
    schedule = OneCycle(0.1, total, pct_start=part, div_factor=10, final_div_factor=100)
    # The part of the way errs once more, where the peak is no whole number: by a
    # rounding of the total over the shorter of the two ways.
    bound = 0.1 * CLOSED + 0.1 * math.pi * U * total / (part * total - 1)
    np.testing.assert_allclose(rates_of(schedule, total), expected, rtol=0, atol=bound)


def test_cosine_decay_beside_optax():
    """In float32, with the roundings of `CLOSED`."""
    optax = pytest.importorskip("optax")
    other = optax.cosine_decay_schedule(0.1, 40, alpha=0.1)
    expected = [float(other(t)) for t in range(50)]
    bound = 0.1 * 2 * bounds.gamma(18, np.float32)
    found = rates_of(CosineDecay(0.1, 40, 0.01), 50)
    np.testing.assert_allclose(found, expected, rtol=0, atol=bound)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: CosineDecay(0, 10), "initial is 0; give a number above 0"),
        (lambda: CosineDecay(1, 0), "period is 0; give a whole number of at least 1"),
        (
            lambda: CosineDecay(0.1, 10, 0.1),
            r"minimum is 0\.1; give a number of at least 0 and below 0\.1",
        ),
        (lambda: CosineDecay(0.1, 10, per="day"), "per is 'day'; give one of"),
        (lambda: CosineRestarts(1, 10, factor=0), "factor is 0; give a whole number"),
        (lambda: OneCycle(math.inf, 10), "maximum is inf; give a number above 0"),
        (lambda: OneCycle(1, 1), "total is 1; give a whole number of at least 2"),
        (lambda: OneCycle(1, 9, div_factor=0), "div_factor is 0; give a number of"),
        (lambda: OneCycle(1, 9, final_div_factor=0.5), r"final_div_factor is 0\.5"),
        (lambda: OneCycle(1, 9, pct_start=1), "pct_start is 1; .* below 1"),
        (lambda: OneCycle(1, 9, per=0), "per is 0; give one of"),
        (lambda: CosLog4(-1, 10), "maximum is -1; give a number above 0"),
        (lambda: CosLog4(1, 0), "total is 0; give a whole number of at least 1"),
    ],
)
def test_refusals(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: CosineDecay(0.1, 2.5), r"period is 2\.5; give a whole number"),
        (lambda: CosineRestarts(1, 10, factor=1.5), r"factor is 1\.5; give a whole"),
        (lambda: OneCycle("1", 10), "maximum is '1'; give a number"),
        (lambda: CosLog4(1, True), "total is True; give a whole number"),
    ],
)
def test_refusals_of_what_is_no_number(make, sentence):
    with pytest.raises(TypeError, match=sentence):
        make()
