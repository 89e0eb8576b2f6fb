"""Four men, crafted by hand."""

from synthetic.people.rows import rows
from synthetic.person import Beard, Clothes, Eyes, Glasses, Hair, Person, Skin, Teeth

RAFAEL = Person(
    seed=64,
    name="Rafael Mendes",
    sex="male",
    age_years=27,
    identity=rows(
        {
            "caucasian-male-young": 0.60, "african-male-young": 0.30, "asian-male-young": 0.10,
            "head-oval": 0.2, "head-rectangular": 0.25, "chin-prominent-incr": 0.25,
            "chin-bones-incr": 0.3, "chin-cleft-incr": 0.2, "nose-scale-vert-incr": 0.1,
            "nose-scale-horiz-decr": 0.2, "mouth-angles-up": 0.25, "mouth-scale-horiz-incr": 0.15,
            "eyebrows-trans-forward": 0.1, "asym-brown-1-l": 0.12, "asym-mouth-1-r": 0.1,
        },
        {
            "eye-height2-incr": 0.5, "eye-scale-incr": 0.45, "cheek-bones-incr": 0.35,
            "eye-corner2-up": 0.15, "cheek-volume-decr": 0.2,
        },
    ),
    skin=Skin(
        tone=(0.380, 0.217, 0.138), redness=0.45, freckles=0.1, moles=2, pores=0.7,
        blemishes=0.12, wrinkles=0.05, lips=(0.29, 0.12, 0.088), lips_gloss=0.3, under_eye=0.25,
        oiliness=0.6, stubble=0.55,
    ),
    hair=Hair(
        style="quiff", colour=(0.024, 0.016, 0.012), highlight=(0.05, 0.031, 0.02),
        waviness=0.5, brow_density=1.0, brow_colour=(0.020, 0.014, 0.011), brow_thickness=0.65,
        brow_arch=0.35, lash_length=0.55,
    ),
    eyes=Eyes(iris=(0.105, 0.080, 0.036), inner=(0.16, 0.080, 0.030), pupil_m=0.0021),
    teeth=Teeth(colour=(0.86, 0.81, 0.72), crowding=0.12),
    clothes=Clothes(style="t-shirt", colour=(0.045, 0.05, 0.06)),
)  # fmt: skip

KENJI = Person(
    seed=75,
    name="Kenji Mori",
    sex="male",
    age_years=44,
    identity=rows(
        {
            "asian-male-young": 0.62, "asian-male-old": 0.30, "caucasian-male-young": 0.08,
            "head-square": 0.3, "head-scale-horiz-decr": 0.08, "chin-prominent-incr": 0.15,
            "chin-width-incr": 0.12, "nose-scale-depth-incr": 0.15, "nose-scale-horiz-decr": 0.1,
            "mouth-angles-up": 0.25, "asym-jaw-1-l": 0.2, "asym-brown-2-r": 0.2,
        },
        {
            "eye-height2-incr": 0.6, "eye-scale-incr": 0.5, "cheek-bones-incr": 0.35,
            "eye-height1-incr": 0.3,
        },
    ),
    skin=Skin(
        tone=(0.425, 0.257, 0.174), redness=0.5, freckles=0.05, moles=2, pores=0.7,
        blemishes=0.12, wrinkles=0.3, lips=(0.31, 0.135, 0.10), lips_gloss=0.25, under_eye=0.4,
        oiliness=0.55, stubble=0.3,
    ),
    hair=Hair(
        style="side_part", colour=(0.018, 0.014, 0.013), highlight=(0.036, 0.026, 0.021),
        grey=0.14, parting=0.4, waviness=0.15, recession=0.15, brow_density=0.9,
        brow_colour=(0.020, 0.015, 0.013), brow_thickness=0.6, brow_arch=0.3, lash_length=0.4,
    ),
    eyes=Eyes(iris=(0.044, 0.022, 0.012), inner=(0.080, 0.040, 0.017), pupil_m=0.0020),
    teeth=Teeth(colour=(0.82, 0.755, 0.645), crowding=0.3),
    clothes=Clothes(style="blazer", colour=(0.045, 0.055, 0.075), second=(0.62, 0.63, 0.65)),
    glasses=Glasses("rectangular", (0.015, 0.014, 0.014), 0.0026),
)  # fmt: skip

SAMUEL = Person(
    seed=86,
    name="Samuel Adeyemi",
    sex="male",
    age_years=56,
    identity=rows(
        {
            "african-male-young": 0.50, "african-male-old": 0.48,
            "head-square": 0.25, "head-oval": 0.2, "chin-prominent-incr": 0.15,
            "nose-scale-horiz-decr": 0.15, "mouth-angles-up": 0.3, "head-fat-incr": 0.15,
            "mouth-upperlip-volume-decr": 0.15, "asym-cheek-1-l": 0.1, "asym-nose-3-r": 0.12,
        },
        {
            "eye-height2-incr": 0.5, "eye-scale-incr": 0.5, "cheek-bones-incr": 0.35,
            "ear-scale-incr": 0.15, "eye-bag-incr": 0.15,
        },
    ),
    skin=Skin(
        tone=(0.170, 0.082, 0.045), redness=0.3, freckles=0.0, moles=4, pores=0.75,
        blemishes=0.15, wrinkles=0.5, lips=(0.165, 0.064, 0.045), lips_gloss=0.3, under_eye=0.35,
        oiliness=0.65,
    ),
    hair=Hair(
        style="tight_coils", colour=(0.016, 0.013, 0.012), highlight=(0.03, 0.023, 0.02),
        grey=0.4, waviness=0.92, recession=0.3, brow_density=0.85,
        brow_colour=(0.022, 0.019, 0.017), brow_thickness=0.6, brow_arch=0.35, lash_length=0.4,
    ),
    beard=Beard("short", 0.008, (0.016, 0.013, 0.012), grey=0.5),
    eyes=Eyes(iris=(0.036, 0.018, 0.010), inner=(0.065, 0.031, 0.014), pupil_m=0.0019),
    teeth=Teeth(colour=(0.83, 0.775, 0.67), crowding=0.2),
    clothes=Clothes(style="shirt", colour=(0.09, 0.028, 0.032), second=(0.6, 0.58, 0.54)),
)  # fmt: skip

HENRIK = Person(
    seed=97,
    name="Henrik Dahl",
    sex="male",
    age_years=66,
    identity=rows(
        {
            "caucasian-male-young": 0.35, "caucasian-male-old": 0.65,
            "head-rectangular": 0.3, "nose-scale-vert-incr": 0.2, "nose-hump-incr": 0.2,
            "nose-scale-horiz-decr": 0.1, "chin-prominent-incr": 0.2, "mouth-angles-up": 0.3,
            "eyebrows-trans-forward": 0.12, "asym-nose-1-l": 0.15, "asym-brown-1-r": 0.1,
        },
        {
            "eye-height2-incr": 0.45, "eye-scale-incr": 0.4, "eye-bag-incr": 0.2,
            "cheek-bones-incr": 0.35, "ear-lobe-incr": 0.4, "ear-scale-incr": 0.2,
        },
    ),
    skin=Skin(
        tone=(0.465, 0.280, 0.208), redness=0.75, freckles=0.1, moles=3, pores=0.8,
        blemishes=0.15, wrinkles=0.65, age_spots=0.3, lips=(0.33, 0.145, 0.118), lips_gloss=0.25,
        under_eye=0.4, oiliness=0.45,
    ),
    hair=Hair(
        style="slicked_back", colour=(0.20, 0.16, 0.125), highlight=(0.34, 0.30, 0.25), grey=0.8,
        waviness=0.25, recession=0.5, brow_density=0.9, brow_colour=(0.15, 0.115, 0.085),
        brow_thickness=0.6, brow_arch=0.35, lash_length=0.35,
    ),
    beard=Beard("full", 0.018, (0.24, 0.19, 0.145), grey=0.75),
    eyes=Eyes(iris=(0.120, 0.165, 0.190), inner=(0.17, 0.165, 0.13), pupil_m=0.0018),
    teeth=Teeth(colour=(0.78, 0.70, 0.575), crowding=0.35),
    clothes=Clothes(style="jumper", colour=(0.05, 0.065, 0.06)),
)  # fmt: skip
