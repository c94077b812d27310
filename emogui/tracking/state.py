"""The state of a sequence as bytes, so that a batch that was killed can go on within a video."""

from __future__ import annotations

import io
import pickle
import zlib
from typing import Any, Final

from emogui.errors import UsageError

_OWN: Final = ("emogui.tracking.", "emogui.types")
_ALLOWED: Final = frozenset(
    {
        ("builtins", "set"),
        ("collections", "deque"),
        ("collections", "OrderedDict"),
        ("collections", "defaultdict"),
        ("copyreg", "_reconstructor"),
        ("builtins", "object"),
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"),
        ("numpy._core.numeric", "_frombuffer"),
        ("numpy.core.multiarray", "_reconstruct"),
        ("numpy.core.multiarray", "scalar"),
        ("numpy.core.numeric", "_frombuffer"),
    }
)
"""What numbers, arrays and plain containers need."""


def pack(value: object) -> bytes:
    """An object of this package's classes, arrays and plain containers as bytes."""
    return zlib.compress(pickle.dumps(value, protocol=5), 1)


def unpack(data: bytes) -> Any:
    """The object that `pack` was given.

    Pickled data can name any function, and results are passed on from hand to hand: nothing but
    the classes of this package and what arrays need is made from it.

    Raises:
        UsageError: it is damaged, or names anything else.
    """
    try:
        return _Unpickler(io.BytesIO(zlib.decompress(data))).load()
    except (pickle.UnpicklingError, zlib.error, EOFError, AttributeError, ValueError) as error:
        raise UsageError(
            f"The state of a sequence cannot be read: {error}.", "Analyse the video anew."
        ) from error


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        own = module.startswith(_OWN) and "." not in name
        if not own and (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in it")
        found = super().find_class(module, name)
        if own and not (isinstance(found, type) and found.__module__ == module):
            raise pickle.UnpicklingError(f"{module}.{name} is no class of its own")
        return found
