import importlib.util

import pytest

from capture.errors import MissingBackendError
from synthetic.posing import NEUTRAL
from synthetic.render import Scene
from synthetic.renderers import make_renderer, renderer_class


def test_the_fast_renderer_is_made_by_name(figure):
    renderer = make_renderer("fast", figure, Scene(), width=48, height=40, samples=1)
    assert renderer.frame(NEUTRAL).shape == (40, 48, 3)


def test_a_renderer_that_is_not_installed_is_an_error_that_tells_how_to_install_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingBackendError, match="bpy") as caught:
        renderer_class("photoreal")
    assert caught.value.exit_code == 6
    assert "pip install" in caught.value.hint


def test_an_unknown_renderer_is_refused():
    with pytest.raises(ValueError, match="fast, photoreal"):
        renderer_class("crayon")
