from dataclasses import replace

import numpy as np
import pytest

from synthetic.brows import brow_line, brow_veil
from synthetic.person import Hair
from synthetic.posing import NEUTRAL, pose_figure


def test_a_stronger_arch_raises_the_brow_between_its_ends():
    along = np.array([0.0, 0.6, 1.0])
    flat, arched = (brow_line(Hair(brow_arch=arch), along)[1] for arch in (0.0, 1.0))
    rise = arched - flat
    assert rise[1] > 0.005
    assert np.abs(rise[[0, 2]]).max() < 0.002


def test_the_veil_lies_on_the_line_of_the_brow():
    hair = replace(Hair(), brow_density=1.0)
    x, y, half = brow_line(hair, np.array([0.5]))
    on = np.array([[x[0], y[0] + 0.001, 0.02], [-x[0], y[0] + 0.001, 0.02]])
    off = on + np.array([0, 6 * half[0], 0])
    assert brow_veil(hair, on) == pytest.approx([1.0, 1.0], abs=0.05)
    assert brow_veil(hair, off).max() < 0.05


def test_brows_rise_with_the_skin_that_they_grow_on(figure, pose):
    still, raised = (
        pose_figure(figure, each).strands[1].points.mean(axis=(0, 1))
        for each in (NEUTRAL, pose(browOuterUp=1.0, browInnerUp=1.0))
    )
    assert raised[1] > still[1] + 0.003


def test_hairs_lie_above_the_eye_they_belong_to(figure):
    for strands, eye in zip((figure.bound[0], figure.bound[3]), figure.eyes, strict=True):
        points = strands.strands.points.reshape(-1, 3)
        assert np.sign(np.median(points[:, 0])) == np.sign(eye.centre[0])
        assert 0.012 < np.median(points[:, 1]) - eye.centre[1] < 0.032
