"""Follows an explained step as a student would: each formula, from what is above it.

Names stand for rows and matrices; side by side they are multiplied as matrices, or as
numbers where one of them is a number; * and / go element by element.
"""

import math
import re
from functools import reduce

import numpy as np

# Where there is nothing to compute.
TOLD = ("l with the new weights",)
POSTFIX = {"_c*": "at_label", "_c": "", "_k": "", "": ""}


class Number(np.ndarray):
    """A matrix; numbers are of shape (1, 1), rows of shape (1, n)."""

    def __matmul__(self, other):
        other = number(other)
        single = self.size == 1 or other.size == 1
        return self * other if single else np.matmul(self, other).view(Number)

    def __rmatmul__(self, other):
        return number(other) @ self


def number(value):
    return np.atleast_2d(np.asarray(value, np.float64)).view(Number)


def largest_of(function):
    return lambda *numbers: number(reduce(function, numbers))


def largest(row):
    return number(np.eye(row.size)[np.argmax(row)])


FUNCTIONS = {
    "exp": lambda x: number(np.exp(x)),
    "ln": lambda x: number(np.log(x)),
    "sqrt": lambda x: number(np.sqrt(x)),
    "tanh": lambda x: number(np.tanh(x)),
    "erf": lambda x: number(np.vectorize(math.erf)(x)),
    "sign": lambda x: number(np.sign(x)),
    "abs": lambda x: number(np.abs(x)),
    "max": largest_of(np.maximum),
    "min": largest_of(np.minimum),
    "column_norms": lambda x: number(np.linalg.norm(x, axis=0)),
    "total": lambda x: number(np.sum(x)),
    "largest": lambda x: number(np.max(x)),
    "where_largest": largest,
    "where": lambda c, a, b: number(np.where(c, a, b)),
    "pi": number(np.pi),
}


def group(text, inner):
    """Python for what stands between parentheses, commas of arguments apart."""
    alternative = re.match(r"(.*?) if (.*?), else (.*)$", text)
    if alternative:
        value, condition, rest = alternative.groups()
        parts = re.split(r"(?<=\S) (<) ", condition)
        if len(parts) == 5:  # a < b < c
            a, _, b, _, c = parts
            condition = f"({a} < {b}) & ({b} < {c})"
        parts = ", ".join(group(part, inner) for part in (condition, value, rest))
        return f"where({parts})"
    if sum_ := re.match(r"(.*?)sum_[kc] (.*)$", text):
        text = f"{sum_[1]}total({group(sum_[2], inner)})"
    text = re.sub(r"max_c (\w+)", r"largest(\1)", text)
    return re.sub(r"(?<=[\w»T)]) (?=[\w«])", " @ ", text)


def translated(formula, names):
    """Python for a formula, given what stands for each name."""
    text = formula.rsplit(" = ", 1)[-1]
    text = re.sub(r"1 where (\w+) is largest, else 0", r"where_largest(\1)", text)
    text = re.sub(r"(.*) at c\*, else 0", r"(\1) * y*", text)
    for name in sorted(names, key=len, reverse=True):
        for postfix, suffix in POSTFIX.items():
            pattern = rf"(?<![\w^]){re.escape(name + postfix)}(?!\w)"
            text = re.sub(pattern, names[name] + suffix, text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = re.sub(r"\bln (\w+)", r"ln(\1)", text)
    text = text.replace("^T", ".T").replace("^2", "**2")
    groups = []
    while found := re.search(r"\(([^()]*)\)", text):
        groups.append(group(found[1], groups))
        text = text[: found.start()] + f"«{len(groups) - 1}»" + text[found.end() :]
    text = group(text, groups)
    while "«" in text:
        text = re.sub("«([0-9]+)»", lambda found: f"({groups[int(found[1])]})", text)
    return text


def follow(explained, place="value", tolerance=1e-6, frozen=()):
    """Assert of every formula that it gives the number beside it; return how many."""
    names, values, count = {}, dict(FUNCTIONS), 0
    for index, equation in enumerate(explained.equations):
        value = number(getattr(equation, place))
        if equation.name == "norm":
            slopes = [
                values[key]
                for name, key in names.items()
                if name.startswith(("dl/dW", "dl/db"))
                and not ("apart" in equation.formula and name in frozen)
            ]
            found = np.sqrt(sum(np.sum(slope**2) for slope in slopes))
        elif equation.formula and equation.formula not in TOLD:
            python = translated(equation.formula, names)
            with np.errstate(all="ignore"):
                found = eval(python, {"__builtins__": {}}, values)
        else:
            found = value
        np.testing.assert_allclose(
            np.broadcast_to(found, value.shape),
            value,
            rtol=tolerance,
            atol=tolerance * 1e-3,
            err_msg=f"{equation.name} = {equation.formula}",
        )
        count += bool(equation.formula)
        names[equation.name] = f"N{index}"
        values[f"N{index}"] = value
        if "c*" in names:
            label = int(values[names["c*"]][0, 0])
            if value.ndim == 2 and value.shape[0] == 1 and value.size > label:
                values[f"N{index}at_label"] = value[:, label : label + 1]
    return count
