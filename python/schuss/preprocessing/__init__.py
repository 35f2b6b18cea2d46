"""Tables of numbers, categories and gaps, made into what a network takes."""

from copy import copy

from schuss.preprocessing.tabular import TabularPreprocessor

__all__ = ["TabularPreprocessor", "as_preprocessor"]


def as_preprocessor(given: object) -> TabularPreprocessor | None:
    """Return what a user gave as the preprocessing of a model.

    Parameters
    ----------
    given : TabularPreprocessor, bool, "auto" or None

    Returns
    -------
    TabularPreprocessor or None
        One of its own, whatever the user's is fitted on later.

    Raises
    ------
    TypeError
        If it is none.
    """
    if given is None or given is False:
        return None
    if given is True or given == "auto":
        return TabularPreprocessor()
    if not isinstance(given, TabularPreprocessor):
        raise TypeError(
            f"preprocessing is {given!r}; give a schuss.TabularPreprocessor, True or "
            "None."
        )
    return copy(given)
