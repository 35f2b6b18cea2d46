"""The functions that NumPy files are made of: only those that a network uses."""

# Which functions call which.
NEEDS = {"gelu_tanh": ["sigmoid"], "silu": ["sigmoid"], "mish": ["softplus"]}

FUNCTIONS = {
    "step": """
def step(x):
    return (x >= 0).astype(x.dtype)
""",
    "hard_sigmoid": """
def hard_sigmoid(x):
    return np.clip(x + 3, 0, 6) / 6
""",
    "sigmoid": """
def sigmoid(x):
    power = np.exp(-np.abs(x))  # at most 1
    return np.where(x >= 0, 1, power) / (1 + power)
""",
    "tanh": """
def tanh(x):
    return np.tanh(x)
""",
    "relu": """
def relu(x):
    return np.maximum(x, 0)
""",
    "leaky_relu": """
def leaky_relu(x):
    return np.where(x < 0, 0.01 * x, x)
""",
    "elu": """
def elu(x):
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))
""",
    "selu": """
def selu(x):
    below = 1.6732632423543772 * np.expm1(np.minimum(x, 0))
    return 1.0507009873554805 * np.where(x > 0, x, below)
""",
    "softplus": """
def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
""",
    "gelu": """
def gelu(x):
    erfc = np.vectorize(math.erfc, otypes=[float])
    return x * (erfc(-x * 0.5**0.5) / 2).astype(x.dtype)  # x Phi(x)
""",
    "gelu_tanh": """
def gelu_tanh(x):
    return x * sigmoid(x * (0.07135481627260025 * (x * x) + 1.5957691216057308))
""",
    "silu": """
def silu(x):
    return x * sigmoid(x)
""",
    "mish": """
def mish(x):
    return x * np.tanh(softplus(x))
""",
    "prelu": """
def prelu(x, slopes):
    return np.where(x < 0, slopes * x, x)
""",
    "layer_norm": """
def layer_norm(x, gain, shift, epsilon):
    centred = x - x.mean(axis=1, keepdims=True)
    variance = np.square(centred).mean(axis=1, keepdims=True)
    return gain * (centred / np.sqrt(variance + epsilon)) + shift
""",
    "softmax": """
def softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
""",
    "exp": """
def exp(x):
    return np.exp(x)
""",
}
