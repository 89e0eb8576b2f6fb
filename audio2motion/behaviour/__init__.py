"""Everything of a talking face that is not lips: head, brows, lids, eyes, and its mood.

`behave(ProsodyFrames, ...)` for a recording, `open_behaviour(...)` for a stream; both give the same
bits. What is measured of it is in `docs/behaviour.md`.
"""

from audio2motion.behaviour.emotion import Emotion
from audio2motion.behaviour.frames import Behaviour, BehaviourFrames, ProsodyFrames
from audio2motion.behaviour.gestures import Gesture
from audio2motion.behaviour.manner import GENERATORS, Manner
from audio2motion.behaviour.stream import behave, open_behaviour

__all__ = [
    "GENERATORS",
    "Behaviour",
    "BehaviourFrames",
    "Emotion",
    "Gesture",
    "Manner",
    "ProsodyFrames",
    "behave",
    "open_behaviour",
]
