"""The decay schedules by the lecture's formulas and numbers; the warm-up; drawing."""

import math
import sys

import bounds
import numpy as np
import pytest

import schuss
from schuss import CosineDecay, ExponentialDecay, InverseTimeDecay, StepDecay, Warmup


def test_inverse_time_decay():
    schedule = InverseTimeDecay(0.1, rate=0.1)
    assert [schedule(0, t) for t in (0, 1, 10)] == [0.1, 0.1 / 1.1, 0.1 / 2]


def test_exponential_decay():
    schedule = ExponentialDecay(0.1, rate=0.1)
    assert schedule(0, 0) == 0.1
    assert schedule(0, 10) == pytest.approx(0.1 / math.e)


def test_step_decay():
    schedule = StepDecay(0.1, factor=0.5, every=10)
    assert [schedule(0, t) for t in (0, 9, 10, 19, 20)] == [0.1, 0.1, 0.05, 0.05, 0.025]


def test_time_counts_epochs_or_steps():
    assert StepDecay(1.0, factor=0.5, every=1)(step=3, epoch=1) == 0.5
    assert StepDecay(1.0, "step", factor=0.5, every=1)(step=3, epoch=1) == 0.125


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: InverseTimeDecay(0, rate=1), "initial is 0; give a number above 0"),
        (
            lambda: InverseTimeDecay(1, rate=-1),
            "rate is -1; give a number of at least 0",
        ),
        (lambda: ExponentialDecay(1, rate=math.nan), "rate is nan"),
        (lambda: StepDecay(1, factor=0, every=1), "factor is 0"),
        (lambda: StepDecay(1, factor=1, every=0), "every is 0; give a whole number"),
        (lambda: StepDecay(1, "day", factor=1, every=1), "per is 'day'; give one of"),
        (lambda: Warmup(0, 5), "schedule is 0; give a number above 0"),
        (lambda: Warmup(1, 0), "steps is 0; give a whole number of at least 1"),
        (lambda: Warmup(1, 5, -1), "start is -1; give a number of at least 0"),
        (lambda: Warmup(1, 5, per="day"), "per is 'day'; give one of"),
    ],
)
def test_refusals(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_refusals_of_what_is_no_number():
    with pytest.raises(TypeError, match="schedule is 'fast'; give a number"):
        Warmup("fast", 5)
    with pytest.raises(TypeError, match=r"steps is 2\.5; give a whole number"):
        Warmup(0.1, 2.5)


def test_the_curves_of_the_lecture():
    """eta_0 = 0.1 with lambda = 0.1, and with r = 0.5, t_u = 10."""
    t = np.arange(51)
    smooth, steps = (
        ExponentialDecay(0.1, rate=0.1),
        StepDecay(0.1, factor=0.5, every=10),
    )
    # A product and an exponential of at most 1 ulp, whose argument errs by u t / 10.
    bound = 0.1 * bounds.gamma(3 + 5, float)
    np.testing.assert_allclose(
        [smooth(0, i) for i in t.tolist()], 0.1 * np.exp(-0.1 * t), rtol=0, atol=bound
    )
    halves = np.repeat([0.1, 0.05, 0.025, 0.0125, 0.00625], 10)
    np.testing.assert_array_equal([steps(0, i) for i in t.tolist()][:50], halves)


def test_warmup_of_a_constant():
    schedule = Warmup(0.5, 4)
    assert [schedule(t, 0) for t in range(6)] == [0, 0.125, 0.25, 0.375, 0.5, 0.5]
    schedule = Warmup(0.5, 2, start=0.25, per="epoch")
    assert [schedule(99, t) for t in range(4)] == [0.25, 0.375, 0.5, 0.5]
    assert [schedule.at(t) for t in range(4)] == [0.25, 0.375, 0.5, 0.5]


def test_warmup_of_a_schedule_of_the_same_clock_delays_it():
    later = CosineDecay(0.5, 8, per="step")
    schedule = Warmup(later, 4, start=0.25)
    assert [schedule.at(t) for t in (0, 2)] == [0.25, 0.375]
    assert [schedule(4 + t, 7) for t in range(10)] == [later.at(t) for t in range(10)]


def test_warmup_of_a_schedule_of_the_other_clock_lets_it_run():
    schedule = Warmup(StepDecay(0.5, factor=0.5, every=1), 4)
    assert schedule(step=2, epoch=0) == 0.25
    assert schedule(step=2, epoch=1) == 0.125
    assert schedule(step=4, epoch=1) == schedule(step=9, epoch=1) == 0.25


def test_warmup_of_any_callable():
    asked = []

    def later(step, epoch):
        asked.append((step, epoch))
        return 1.0

    schedule = Warmup(later, 10)
    assert [schedule(5, 2), schedule(10, 3), schedule(12, 3)] == [0.5, 1, 1]
    assert asked == [(0, 2), (0, 3), (2, 3)]


@pytest.mark.parametrize(
    ("rate", "error"), [(-1.0, ValueError), (math.nan, ValueError), ("1", TypeError)]
)
def test_warmup_refuses_nonsense_of_the_schedule_behind_it(rate, error):
    schedule = Warmup(lambda step, epoch: rate, 10)
    with pytest.raises(error, match="after the warm-up gave for step 0, epoch 3, is"):
        schedule(5, 3)


def test_a_model_trains_with_a_warmup():
    X, y = schuss.datasets.make_blobs(40, seed=0)
    schedule = Warmup(StepDecay(0.5, factor=0.5, every=1), 6)
    model = schuss.Model([schuss.Dense(3)])
    history = model.fit(
        X, y, epochs=3, batch_size=10, optimizer=schuss.SGD(schedule), verbose=False
    )
    expected = [schedule(3, 0), schedule(7, 1), schedule(11, 2)]
    np.testing.assert_array_equal(history["learning_rate"], expected)


def test_warmup_beside_torch():
    """LinearLR multiplies its way up: at most six roundings a step, each of a rate
    below the last; ours are four."""
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    warm = torch.optim.lr_scheduler.LinearLR(optimizer, 0.25, total_iters=7)
    schedule = Warmup(0.1, 7, start=0.025)
    for t in range(12):
        bound = bounds.gamma(6 * t + 4, float)
        assert schedule.at(t) == pytest.approx(warm.get_last_lr()[0], rel=bound, abs=0)
        optimizer.step()
        warm.step()


def test_warmup_beside_optax():
    """In float32, to a few roundings of rates of at most 0.1."""
    optax = pytest.importorskip("optax")
    warm = optax.linear_schedule(0.025, 0.1, 7)
    schedule = Warmup(0.1, 7, start=0.025)
    for t in range(12):
        bound = 0.1 * bounds.gamma(8, np.float32)
        assert schedule.at(t) == pytest.approx(float(warm(t)), rel=0, abs=bound)


def test_plots_share_a_figure():
    pytest.importorskip("matplotlib")
    first, second = StepDecay(0.1, factor=0.5, every=2), InverseTimeDecay(0.1, rate=1)
    figure = first.plot(5)
    (axes,) = figure.axes
    assert second.plot(3, axes, label="slow") is figure
    times, rates = axes.lines[0].get_data()
    np.testing.assert_array_equal(times, np.arange(6))
    np.testing.assert_array_equal(rates, [0.1, 0.1, 0.05, 0.05, 0.025, 0.025])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "StepDecay",
        "slow",
    ]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "learning rate")


def test_plots_are_refused_before_anything_is_drawn():
    pytest.importorskip("matplotlib")
    schedule = Warmup(0.1, 5)
    with pytest.raises(ValueError, match="n is 0; give a whole number of at least 1"):
        schedule.plot(0)
    with pytest.raises(TypeError, match="ax is 'here'; give axes of matplotlib's"):
        schedule.plot(5, "here")


def test_without_matplotlib_one_sentence_tells_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    with pytest.raises(ImportError, match=r"pip install \"schuss\[plot\]\""):
        Warmup(0.1, 5).plot(5)
