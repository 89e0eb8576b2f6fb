"""Shape and dtype checks that the data types share."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


def check_array(
    name: str, array: NDArray[np.generic], shape: tuple[int, ...], dtype: type[np.generic]
) -> None:
    """Check one array of a data type and make it read-only.

    Args:
        name: Field name, for the message.
        array: Checked in place; its writeable flag is cleared.
        shape: Expected shape.
        dtype: Expected scalar type.

    Raises:
        ValueError: Shape or dtype differ, or a float array holds NaN or infinity.
    """
    if array.shape != shape or array.dtype != np.dtype(dtype):
        raise ValueError(
            f"{name}: want {np.dtype(dtype).name} {shape}, got {array.dtype} {array.shape}"
        )
    if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
        raise ValueError(f"{name}: holds NaN or infinity")
    array.flags.writeable = False


def check_arrays(
    owner: object, shapes: Mapping[str, tuple[tuple[int, ...], type[np.generic]]]
) -> None:
    """`check_array` for several fields of `owner`, given as {field: (shape, dtype)}."""
    for field, (shape, dtype) in shapes.items():
        check_array(field, getattr(owner, field), shape, dtype)
