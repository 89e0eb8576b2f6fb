"""Draws a whole person from a seed: people, not variations of one."""

import numpy as np

from synthetic.bust import Bust
from synthetic.identity import draw_identity, draw_origins, sliders
from synthetic.looks import draw_beard, draw_colouring, draw_eyes, draw_hair, draw_skin, draw_teeth
from synthetic.mouth_width import with_real_mouth
from synthetic.outfit import draw_clothes, draw_earrings, draw_glasses, draw_makeup
from synthetic.person import Person
from synthetic.proportions import with_real_proportions

FREE_FORM_M = (0.0024, 0.0030)
"""Of those people, one half, whose faces lie outside the space of the bust's rows."""


def draw_person(seed: int, bust: Bust) -> Person:
    """Draw a person from the seed: shape, skin, hair, eyes and what is worn go together."""
    rng = np.random.default_rng(seed)
    origins = draw_origins(rng)
    drawn = draw_identity(origins, bust.row_names, rng)
    identity = with_real_mouth(bust, with_real_proportions(bust, drawn, sliders()))
    colouring = draw_colouring(origins, rng)
    hair = draw_hair(origins, colouring, rng)
    free_form = rng.uniform(*FREE_FORM_M) if rng.random() < 0.5 else 0.0
    return Person(
        seed=seed,
        sex=origins.sex,
        age_years=origins.age_years,
        identity=identity,
        free_form_m=float(np.round(free_form, 5)),
        skin=draw_skin(origins, colouring, rng),
        makeup=draw_makeup(origins, rng),
        hair=hair,
        beard=draw_beard(origins, colouring, hair, rng),
        eyes=draw_eyes(origins, colouring, rng),
        teeth=draw_teeth(origins, rng),
        clothes=draw_clothes(rng),
        glasses=draw_glasses(origins, rng),
        earrings=draw_earrings(origins, rng),
    )
