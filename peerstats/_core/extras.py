"""Optional packages: loaded at the call that needs them, with the command that installs them."""

from __future__ import annotations

import importlib
from typing import Any

from peerstats.errors import MissingExtraError

__all__ = ["load_extra"]


def load_extra(module: str, extra: str, call: str) -> Any:
    """Import an optional module, or say how to install it.

    Parameters
    ----------
    module : str
        The module's import name.
    extra : str
        The extra of peerstats that brings it.
    call : str
        The call that needs it.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        raise MissingExtraError(
            f"{call}(): needs the package {package!r}, which is not installed.",
            f"Run: pip install 'peerstats[{extra}]'",
        ) from error
