"""The errors and warnings of peerstats.

Each message names the call, the value, the place and the next step.
"""

from __future__ import annotations

__all__ = [
    "ConvergenceError",
    "FormulaError",
    "InputError",
    "MissingExtraError",
    "PeerstatsError",
    "PeerstatsWarning",
    "SourceError",
]


class PeerstatsError(Exception):
    """Base of every error that peerstats raises on purpose.

    Parameters
    ----------
    problem : str
        What is wrong: the call, the value and the place.
    next_step : str, optional
        What to do about it.

    Attributes
    ----------
    problem : str
        As given.
    next_step : str or None
        As given.

    Examples
    --------
    >>> import peerstats as ps
    >>> print(ps.InputError("score(): no column 'fwb_3'.", "Say items='q_{}'."))
    score(): no column 'fwb_3'.
      Say items='q_{}'.
    """

    def __init__(self, problem: str, next_step: str | None = None) -> None:
        # Not super().__init__(): OSError would read two arguments as an error number and its text.
        self.args = (problem, next_step)
        self.problem = problem
        self.next_step = next_step

    def __str__(self) -> str:
        """Return the problem and, indented below it, the next step."""
        if self.next_step is None:
            return self.problem
        return f"{self.problem}\n  {self.next_step}"


class InputError(PeerstatsError, ValueError):
    """An argument, a column or a value that cannot be used.

    Parameters
    ----------
    problem : str
        What is wrong: the call, the value and the place.
    next_step : str, optional
        What to do about it.

    Examples
    --------
    >>> import peerstats as ps
    >>> issubclass(ps.InputError, ValueError)
    True
    """


class FormulaError(InputError):
    """A formula that cannot be read, is not allowed, or does not fit the data.

    Parameters
    ----------
    problem : str
        What is wrong: the call, the value and the place.
    next_step : str, optional
        What to do about it.

    Examples
    --------
    >>> import peerstats as ps
    >>> issubclass(ps.FormulaError, ps.InputError)
    True
    """


class MissingExtraError(PeerstatsError, ImportError):
    """A call that needs an optional package which is not installed.

    Parameters
    ----------
    problem : str
        Which call needs which package.
    next_step : str, optional
        The command that installs it.

    Examples
    --------
    >>> import peerstats as ps
    >>> issubclass(ps.MissingExtraError, ImportError)
    True
    """


class ConvergenceError(PeerstatsError, RuntimeError):
    """An iteration that did not reach a maximum.

    Parameters
    ----------
    problem : str
        Which fit stopped, where, and how far it was.
    next_step : str, optional
        What to do about it.

    Examples
    --------
    >>> import peerstats as ps
    >>> issubclass(ps.ConvergenceError, RuntimeError)
    True
    """


class SourceError(PeerstatsError, OSError):
    """A file or address that cannot be read or written.

    Parameters
    ----------
    problem : str
        Which file, and what it is instead.
    next_step : str, optional
        What to do about it.

    Examples
    --------
    >>> import peerstats as ps
    >>> issubclass(ps.SourceError, OSError)
    True
    """


class PeerstatsWarning(UserWarning):
    """Something that changes how a result may be read: said once a call.

    Examples
    --------
    >>> import peerstats as ps
    >>> issubclass(ps.PeerstatsWarning, UserWarning)
    True
    """
