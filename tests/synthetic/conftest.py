from collections.abc import Callable

import numpy as np
import pytest

from capture.arkit import ARKIT_INDEX
from synthetic.bust import load_bust
from synthetic.figure import Detail, Figure, build_figure
from synthetic.people import SAMPLE
from synthetic.posing import Pose


@pytest.fixture(scope="session")
def figure() -> Figure:
    return build_figure(SAMPLE, load_bust(), Detail(levels=0, hairs=600, occlusion_directions=12))


@pytest.fixture(scope="session")
def pose() -> Callable[..., Pose]:
    def make(*, yaw: float = 0.0, **coefficients: float) -> Pose:
        values = np.zeros(52, np.float32)
        for name, value in coefficients.items():
            for key in [name] if name in ARKIT_INDEX else [name + "Left", name + "Right"]:
                values[ARKIT_INDEX[key]] = value
        return Pose(values, np.deg2rad([0.0, yaw, 0.0]), np.zeros(3))

    return make
