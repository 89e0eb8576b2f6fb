"""The people whose footage the repository carries."""

from synthetic.person import Eyes, Hair, Person, Skin

SAMPLE = Person(
    seed=7,
    sex="female",
    identity={
        "caucasian-female-young": 0.72,
        "caucasian-female-old": 0.10,
        "african-female-young": 0.10,
        "asian-female-young": 0.08,
        "l-eye-height2-incr": 0.55,
        "r-eye-height2-incr": 0.52,
        "l-eye-scale-incr": 0.30,
        "r-eye-scale-incr": 0.30,
        "l-eye-eyefold-up": 0.2,
        "r-eye-eyefold-up": 0.2,
        "head-oval": 0.35,
        "l-cheek-bones-incr": 0.25,
        "r-cheek-bones-incr": 0.25,
        "l-cheek-volume-incr": 0.15,
        "r-cheek-volume-incr": 0.15,
        "nose-scale-horiz-decr": 0.15,
        "nose-point-up": 0.15,
        "mouth-upperlip-volume-incr": 0.15,
        "mouth-angles-up": 0.15,
        "chin-prominent-incr": 0.12,
        "asym-mouth-1-l": 0.12,
        "asym-brown-1-r": 0.15,
        "asym-nose-2-l": 0.10,
    },
    skin=Skin(
        tone=(0.585, 0.355, 0.255), redness=0.62, freckles=0.6, pores=0.8,
        lips=(0.42, 0.165, 0.145), lips_gloss=0.55, under_eye=0.5, oiliness=0.6,
    ),
    hair=Hair(
        style="bob", colour=(0.10, 0.046, 0.022), highlight=(0.21, 0.11, 0.054), parting=0.42,
        waviness=0.5, brow_density=0.72, brow_colour=(0.068, 0.04, 0.025),
    ),
    eyes=Eyes(iris=(0.085, 0.098, 0.062), inner=(0.13, 0.078, 0.032), pupil_m=0.0019),
)  # fmt: skip
