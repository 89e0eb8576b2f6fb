"""Four women, crafted by hand."""

from synthetic.people.rows import rows
from synthetic.person import Clothes, Earrings, Eyes, Glasses, Hair, Makeup, Person, Skin, Teeth

MARA = Person(
    seed=7,
    name="Mara Lind",
    sex="female",
    age_years=29,
    identity=rows(
        {
            "caucasian-female-young": 0.85, "caucasian-female-old": 0.04,
            "african-female-young": 0.06, "asian-female-young": 0.05,
            "head-oval": 0.55, "head-scale-horiz-decr": 0.22, "head-scale-vert-decr": 0.15,
            "forehead-scale-vert-decr": 0.8, "forehead-nubian-decr": 0.2,
            "nose-scale-horiz-decr": 0.3, "nose-point-up": 0.2, "nose-scale-vert-decr": 0.10,
            "mouth-upperlip-volume-incr": 0.25, "mouth-lowerlip-volume-incr": 0.1,
            "mouth-angles-up": 0.35, "mouth-cupidsbow-incr": 0.2,
            "chin-prominent-incr": 0.1, "chin-triangle": 0.25, "eyebrows-trans-down": 0.1,
            "neck-scale-horiz-decr": 0.2,
            "asym-mouth-1-l": 0.12, "asym-brown-1-r": 0.12, "asym-nose-2-l": 0.10,
        },
        {
            "eye-height2-incr": 0.45, "eye-height1-incr": 0.25, "eye-scale-incr": 0.50,
            "eye-eyefold-up": 0.2, "eye-corner2-up": 0.25, "cheek-bones-incr": 0.4,
            "cheek-volume-decr": 0.15,
        },
    ),
    skin=Skin(
        tone=(0.448, 0.271, 0.190), redness=0.6, freckles=0.5, pores=0.65, moles=2,
        blemishes=0.03, wrinkles=0.05, lips=(0.36, 0.150, 0.125), lips_gloss=0.5,
        under_eye=0.1, oiliness=0.5,
    ),
    makeup=Makeup(liner=0.3, blush=0.2, lipstick=0.25,
                  lipstick_colour=(0.40, 0.13, 0.12)),
    hair=Hair(
        style="bob", colour=(0.10, 0.046, 0.022), highlight=(0.21, 0.11, 0.054), parting=0.42,
        length_m=0.1, waviness=0.4, brow_density=0.8, brow_colour=(0.068, 0.04, 0.025),
        brow_thickness=0.45, brow_arch=0.5, brow_height_m=-0.0005, lash_length=0.7,
    ),
    eyes=Eyes(iris=(0.085, 0.110, 0.062), inner=(0.15, 0.088, 0.034), pupil_m=0.0020),
    teeth=Teeth(colour=(0.84, 0.785, 0.685), crowding=0.15),
    clothes=Clothes(style="jumper", colour=(0.035, 0.13, 0.14)),
)  # fmt: skip

ADAEZE = Person(
    seed=23,
    name="Adaeze Obi",
    sex="female",
    age_years=36,
    identity=rows(
        {
            "african-female-young": 0.85, "african-female-old": 0.12,
            "head-oval": 0.5, "head-scale-horiz-decr": 0.10, "nose-scale-horiz-decr": 0.25,
            "nose-scale-vert-incr": 0.15, "mouth-scale-horiz-incr": 0.15,
            "mouth-angles-up": 0.25, "mouth-cupidsbow-incr": 0.3, "chin-prominent-incr": 0.1,
            "chin-triangle": 0.3, "neck-scale-horiz-decr": 0.25, "eyebrows-angle-up": 0.1,
            "asym-eye-4-l": 0.10, "asym-mouth-2-r": 0.10,
        },
        {
            "eye-height2-incr": 0.55, "eye-height1-incr": 0.2, "eye-scale-incr": 0.55,
            "eye-corner2-up": 0.45, "cheek-bones-incr": 0.6, "cheek-volume-decr": 0.1,
        },
    ),
    skin=Skin(
        tone=(0.215, 0.107, 0.058), redness=0.3, freckles=0.0, moles=1, pores=0.5, blemishes=0.08,
        wrinkles=0.08, lips=(0.20, 0.072, 0.050), lips_gloss=0.55, under_eye=0.2, oiliness=0.7,
    ),
    makeup=Makeup(eyeshadow=0.35, eyeshadow_colour=(0.12, 0.055, 0.035), liner=0.5, blush=0.2,
                  lipstick=0.5, lipstick_colour=(0.20, 0.035, 0.045)),
    hair=Hair(
        style="afro", colour=(0.014, 0.010, 0.009), highlight=(0.030, 0.020, 0.015),
        waviness=0.9, brow_density=0.9, brow_colour=(0.012, 0.009, 0.008), brow_thickness=0.45,
        brow_arch=0.6, lash_length=0.75,
    ),
    eyes=Eyes(iris=(0.040, 0.019, 0.010), inner=(0.070, 0.033, 0.015), pupil_m=0.0021),
    teeth=Teeth(colour=(0.86, 0.81, 0.72), crowding=0.1, gap_m=0.0008),
    clothes=Clothes(style="scoop", colour=(0.42, 0.11, 0.022)),
    earrings=Earrings("hoop", (0.72, 0.55, 0.26)),
)  # fmt: skip

MEI = Person(
    seed=33,
    name="Mei Tanaka",
    sex="female",
    age_years=23,
    identity=rows(
        {
            "asian-female-young": 0.92, "caucasian-female-young": 0.08,
            "head-oval": 0.45, "head-round": 0.2, "head-scale-horiz-decr": 0.12,
            "nose-scale-horiz-decr": 0.25, "nose-point-up": 0.15, "nose-scale-depth-incr": 0.1,
            "mouth-scale-horiz-incr": 0.15, "mouth-angles-up": 0.3, "chin-triangle": 0.45,
            "chin-width-decr": 0.2, "mouth-upperlip-volume-incr": 0.2,
            "forehead-scale-vert-decr": 0.2, "neck-scale-horiz-decr": 0.25,
            "asym-nose-1-r": 0.1, "asym-eye-8-l": 0.1,
        },
        {
            "eye-height2-incr": 0.55, "eye-height1-incr": 0.3, "eye-scale-incr": 0.5,
            "eye-corner2-up": 0.3, "cheek-volume-incr": 0.1, "cheek-bones-incr": 0.2,
        },
    ),
    skin=Skin(
        tone=(0.490, 0.312, 0.220), redness=0.45, freckles=0.05, moles=1, pores=0.45,
        blemishes=0.03, wrinkles=0.0, lips=(0.36, 0.145, 0.118), lips_gloss=0.6, under_eye=0.15,
        oiliness=0.45,
    ),
    makeup=Makeup(eyeshadow=0.2, liner=0.4, blush=0.35, lipstick=0.25,
                  lipstick_colour=(0.42, 0.10, 0.10)),
    hair=Hair(
        style="fringe_bob", colour=(0.016, 0.012, 0.011), highlight=(0.034, 0.024, 0.019),
        waviness=0.1, brow_density=0.75, brow_colour=(0.020, 0.014, 0.011), brow_thickness=0.35,
        brow_arch=0.35, lash_length=0.6,
    ),
    eyes=Eyes(iris=(0.046, 0.023, 0.012), inner=(0.085, 0.042, 0.018), pupil_m=0.0023),
    teeth=Teeth(colour=(0.86, 0.815, 0.73), crowding=0.2),
    clothes=Clothes(style="striped", colour=(0.62, 0.60, 0.56), second=(0.03, 0.045, 0.11)),
)  # fmt: skip

ELSA = Person(
    seed=52,
    name="Elsa Brandt",
    sex="female",
    age_years=72,
    identity=rows(
        {
            "caucasian-female-young": 0.30, "caucasian-female-old": 0.70,
            "head-oval": 0.35, "head-square": 0.1, "nose-scale-vert-incr": 0.1,
            "nose-hump-incr": 0.15, "nose-scale-horiz-decr": 0.15, "mouth-angles-up": 0.35,
            "mouth-laugh-lines-in": 0.2, "mouth-upperlip-volume-decr": 0.1,
            "chin-prominent-incr": 0.1, "neck-double-incr": 0.15,
            "asym-cheek-2-l": 0.1, "asym-mouth-1-r": 0.1,
        },
        {
            "eye-height2-incr": 0.5, "eye-scale-incr": 0.45, "eye-bag-incr": 0.25,
            "cheek-bones-incr": 0.45, "cheek-inner-decr": 0.15, "ear-lobe-incr": 0.4,
        },
    ),
    skin=Skin(
        tone=(0.500, 0.312, 0.236), redness=0.6, freckles=0.15, moles=3, pores=0.6, blemishes=0.2,
        wrinkles=0.75, age_spots=0.4, lips=(0.34, 0.155, 0.13), lips_gloss=0.3, under_eye=0.45,
        oiliness=0.3,
    ),
    makeup=Makeup(blush=0.2, lipstick=0.35, lipstick_colour=(0.40, 0.10, 0.11)),
    hair=Hair(
        style="pixie", colour=(0.30, 0.27, 0.23), highlight=(0.46, 0.43, 0.39), grey=0.85,
        waviness=0.35, brow_density=0.9, brow_colour=(0.085, 0.06, 0.042), brow_thickness=0.5,
        brow_arch=0.5, lash_length=0.4,
    ),
    eyes=Eyes(iris=(0.095, 0.160, 0.235), inner=(0.17, 0.185, 0.165), pupil_m=0.0018),
    teeth=Teeth(colour=(0.78, 0.70, 0.58), crowding=0.3),
    clothes=Clothes(style="shirt", colour=(0.16, 0.21, 0.33), second=(0.60, 0.58, 0.54)),
    glasses=Glasses("oval", (0.075, 0.035, 0.016), 0.0022),
    earrings=Earrings("stud", (0.62, 0.62, 0.63)),
)  # fmt: skip
