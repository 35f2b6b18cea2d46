"""Twenty steps with every optimizer, regularizer, schedule, loss and activation: within
a derived bound of the reference's, in both precisions."""

import functools
import itertools
from dataclasses import dataclass, fields, replace

import numpy as np
import pytest
from problems import targets_of
from propagation import Path
from steps import Twin, joined

import schuss
from schuss import _core, reference

WIDTHS, ROWS, BATCH = (2, 2, 3), 18, 5  # the last batch of an epoch is ragged
EPOCHS, STEPS_PER_EPOCH = 5, 4
STEPS = EPOCHS * STEPS_PER_EPOCH
MOMENTUM, WEAK = schuss.SGD(0.25, momentum=0.75), schuss.L2(0.01)
CROSS_ENTROPY = schuss.SoftmaxCrossEntropy()


@dataclass(frozen=True)
class Case:
    """What is trained, and how. The seed draws data and first weights: another one
    where a run comes so near a kink that float32 may end on its other side."""

    optimizer: schuss.optimizers.Optimizer = MOMENTUM
    regularizer: schuss.Regularizer = WEAK
    loss: schuss.losses.Loss = CROSS_ENTROPY
    distributions: bool = False  # as targets, instead of labels
    activation: str = "tanh"
    seed: int = 0

    @property
    def parameters(self):
        rng, pairs = np.random.default_rng(self.seed + 1), []
        for shape in itertools.pairwise(WIDTHS):
            pair = rng.normal(size=shape), rng.normal(size=shape[1])
            pairs.append([array.astype(np.float32).astype("f8") for array in pair])
        return pairs

    @property
    def table(self):
        rng = np.random.default_rng(self.seed)
        X = rng.normal(size=(ROWS, WIDTHS[0])).astype(np.float32).astype("f8")
        y = targets_of(self.loss.name, rng, np.float32, ROWS, WIDTHS[-1])
        if self.distributions:
            y = rng.dirichlet(np.ones(WIDTHS[-1]), ROWS).astype(np.float32)
        if self.loss.name == "pinball":
            y[:] = y[:, :1]  # one number, and several quantiles of it
        return X, y if y.ndim == 1 else y.astype("f8")

    @property
    def rates(self):
        rate, steps = self.optimizer.learning_rate, range(STEPS)
        schedule = rate if callable(rate) else lambda step, epoch: rate
        return [schedule(step, step // STEPS_PER_EPOCH) for step in steps]

    @property
    def run(self):
        X, y = self.table
        cuts = range(BATCH, ROWS, BATCH)
        batches = list(zip(np.split(X, cuts), np.split(y, cuts), strict=True)) * EPOCHS
        return [(*batch, rate) for batch, rate in zip(batches, self.rates, strict=True)]

    @property
    def rules(self):
        rules = self.regularizer.strengths._asdict()
        for name in ("weight_decay", "clip_norm", "clip_value"):
            rules[name] = getattr(self.optimizer, name) or 0.0
        return {name: value for name, value in rules.items() if 0 < value < np.inf}

    def network(self, engine, dtype, stage=False):
        """With the hidden layer's activation in the layer, or behind it."""
        inner = "identity" if stage else self.activation
        layers = [(WIDTHS[1], inner), (WIDTHS[2], "identity")]
        options = {"loss_settings": self.loss.settings}
        options["stages"] = [(1, self.activation, [], 0)] if stage else []
        if engine == "reference":
            made, options["dtype"] = reference.Network, dtype
        else:
            made = getattr(_core, dtype).Network
        network = made(WIDTHS[0], layers, self.loss.name, **options)
        for layer, pair in enumerate(self.parameters):
            network.set_parameters(layer, *(array.astype(dtype) for array in pair))
        network.start(self.optimizer.name, self.optimizer.settings, **self.rules)
        return network

    @functools.cached_property
    def path(self):
        twin = Twin(
            self.network("reference", "float64"),
            self.loss.name,
            self.loss.settings,
            self.optimizer.name,
            self.optimizer.settings,
            self.rules,
        )
        return Path(twin, self.run, STEPS_PER_EPOCH)

    def check(self, engine, dtype, stage=False, path=None):
        network, (X, y) = self.network(engine, dtype, stage), self.table
        training, rates = network.training(X, y, BATCH), np.array(self.rates)
        (path or self.path).check(network, training, rates, dtype)


OPTIMIZERS = {
    "SGD": schuss.SGD(0.25),
    "SGD, decay": schuss.SGD(0.25, weight_decay=0.1),
    "momentum": schuss.SGD(0.25, momentum=0.75, weight_decay=0.1),
    "Nesterov": schuss.SGD(0.25, momentum=0.75, nesterov=True),
    "clip norm": schuss.SGD(0.25, momentum=0.75, clip_norm=0.25),
    "clip value": schuss.SGD(0.25, momentum=0.75, clip_value=0.0625),
    "Adam": schuss.Adam(0.05, epsilon=1e-2),
    "Adam, clip norm": schuss.Adam(0.05, 0.75, 0.9, epsilon=1e-2, clip_norm=0.25),
    "AdamW": schuss.AdamW(0.05, epsilon=1e-2, weight_decay=0.1),
    "RMSprop": schuss.RMSprop(0.05, epsilon=1e-2),
    "RMSprop, momentum": schuss.RMSprop(0.05, 0.9, 0.5, epsilon=1e-2, weight_decay=0.1),
    "Adagrad": schuss.Adagrad(0.1, 0.1, epsilon=1e-2),
    "Adagrad, decay": schuss.Adagrad(0.1, 0.1, epsilon=1e-2, weight_decay=0.1),
    "Rprop": schuss.Rprop(0.05, step_max=0.1),
    "Adam by default": schuss.Adam(),
    "RMSprop by default": schuss.RMSprop(),
    "Adagrad by default": schuss.Adagrad(),
}
PENALTIES = schuss.L1(0.01) + schuss.L2(0.01, biases=True)
REGULARIZERS = [
    schuss.L1(0.02),
    schuss.L1(0.02, biases=True),
    schuss.L2(0.02),
    schuss.MaxNorm(1.0),
    PENALTIES + schuss.MaxNorm(1.0),
]
SCHEDULES = [
    schuss.InverseTimeDecay(0.5, rate=0.5),
    schuss.ExponentialDecay(0.5, rate=0.25),
    schuss.StepDecay(0.5, "step", factor=0.5, every=6),
    schuss.CosineDecay(0.5, 4, 0.05),
    schuss.CosineRestarts(0.5, 2, factor=2),
    schuss.OneCycle(0.5, STEPS),
    schuss.CosLog4(0.5, STEPS),
    schuss.Warmup(schuss.ExponentialDecay(0.5, rate=0.25), 6),
]
LOSSES = [
    schuss.SoftmaxCrossEntropy(label_smoothing=0.1),
    schuss.MeanSquaredError(),
    schuss.MeanAbsoluteError(),
    schuss.Huber(0.75),
    schuss.Pinball((0.125, 0.5, 0.75)),
    schuss.BinaryCrossEntropy(),
    schuss.Poisson(),
    schuss.Perceptron(),
    schuss.Hinge(),
]
CASES = {name: Case(optimizer) for name, optimizer in OPTIMIZERS.items()}
CASES |= {
    f"{name}, penalties": Case(OPTIMIZERS[name], PENALTIES, seed=6)
    for name in (
        "SGD, decay",
        "Nesterov",
        "AdamW",
        "RMSprop, momentum",
        "Adagrad",
        "Rprop",
    )
}
CASES |= {repr(term): Case(regularizer=term) for term in REGULARIZERS}
CASES |= {repr(rate): Case(schuss.SGD(rate, momentum=0.5)) for rate in SCHEDULES}
CASES |= {repr(loss): Case(schuss.SGD(0.0625, 0.75), loss=loss) for loss in LOSSES}
CASES["distributions"] = Case(distributions=True)
ACTIVATIONS = {
    name: Case(schuss.SGD(0.125, 0.75), activation=name)
    for name in reference.ACTIVATIONS
}
CASES |= ACTIVATIONS


@pytest.fixture(scope="module", params=CASES)
def case(request):
    return CASES[request.param]


@pytest.mark.parametrize("stage", [False, True], ids=["narrow", "stage"])
def test_both_precisions_follow_the_reference(isa, dtype, stage, case):
    """In the kernel for narrow networks; and in passes through every layer, one of
    which is the activation behind its layer."""
    case.check("native", dtype, stage)


def test_the_reference_in_float32_follows_itself_in_float64(case):
    case.check("reference", "float32")


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_a_fit_takes_these_steps(dtype, engine, case):
    """What a model is told reaches its network as it was meant."""
    (X, y), path = case.table, case.path
    layers = [
        schuss.Dense(len(bias), activation, weights=weights, bias=bias)
        for (weights, bias), activation in zip(
            case.parameters, (case.activation, "identity"), strict=True
        )
    ]
    model = schuss.Model(layers, loss=case.loss, dtype=dtype, engine=engine)
    history = model.fit(
        X,
        y[:, :1] if case.loss.name == "pinball" else y,
        epochs=EPOCHS,
        batch_size=BATCH,
        shuffle=False,
        optimizer=case.optimizer,
        regularizer=case.regularizer,
        verbose=False,
    )
    found = joined(model.weights)
    error = np.abs(found - path.states[-1][: len(found)])
    assert np.all(error <= path.bounds[dtype][-1][: len(found)])
    for epoch, loss in enumerate(history["loss"]):
        steps = slice(epoch * STEPS_PER_EPOCH, (epoch + 1) * STEPS_PER_EPOCH)
        path.check_losses(loss, steps, dtype)


def off(described):
    """The same with one of its numbers a thousandth smaller, for each that it has.

    Not those that no step meets: an epsilon that only keeps from dividing by nothing,
    and step_min, where a step of Rprop would rest, at a kink.
    """
    for field in fields(described):
        value, name = getattr(described, field.name), field.name
        if isinstance(value, float) and value > 1e-5:
            yield replace(described, **{name: 0.999 * value})
        elif isinstance(value, schuss.schedules.Schedule):
            slower = functools.partial(lambda rate, *at: 0.999 * rate(*at), value)
            yield replace(described, **{name: slower})


def test_a_thousandth_of_a_setting_leaves_the_bound(dtype, case):
    wrong = [
        replace(case, **{part: changed})
        for part in ("optimizer", "regularizer", "loss")
        for changed in off(getattr(case, part))
    ]
    assert wrong and case.path.bounds["float32"].max() < 1e-3
    for other in wrong:
        with pytest.raises(AssertionError, match="step"):
            other.check("native", dtype, path=case.path)


def test_nothing_is_left_out():
    parts, kinds = set(), (schuss.optimizers.Optimizer, schuss.schedules.Schedule)
    for case in CASES.values():
        terms = getattr(case.regularizer, "terms", (case.regularizer,))
        parts |= {type(case.optimizer), type(case.optimizer.learning_rate)}
        parts |= {type(case.loss), *map(type, terms)}
    kinds = (*kinds, schuss.losses.Loss, schuss.Regularizer)
    values = (getattr(schuss, name) for name in schuss.__all__)
    public = {kind for kind in values if isinstance(kind, type)}
    left = {kind for kind in public - parts if issubclass(kind, kinds)}
    # Bases, what searches for its own steps, and what the user computes.
    assert left == {
        schuss.Regularizer,
        schuss.LBFGS,
        schuss.CustomLoss,
        schuss.CustomLossOfLabels,
    }
    assert {case.loss.name for case in CASES.values()} == set(reference.LOSSES)
    assert {case.optimizer.name for case in CASES.values()} == {*reference.OPTIMIZERS}
