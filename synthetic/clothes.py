"""Clothes of many kinds, draped on a person's shoulders."""

from collections.abc import Callable

from synthetic import clothes_knitted, clothes_sewn
from synthetic.clothes_body import Body
from synthetic.garment import Outfit
from synthetic.person import Clothes

CLOTHES: dict[str, Callable[[Body, Clothes], Outfit]] = {
    "jumper": clothes_knitted.jumper,
    "t-shirt": clothes_knitted.tee,
    "v-neck": clothes_knitted.v_neck,
    "scoop": clothes_knitted.scoop,
    "striped": clothes_knitted.striped,
    "turtleneck": clothes_knitted.turtleneck,
    "shirt": clothes_sewn.shirt,
    "polo": clothes_sewn.polo,
    "hoodie": clothes_sewn.hoodie,
    "blazer": clothes_sewn.blazer,
    "suit": clothes_sewn.suit,
}
"""What a `Clothes.style` may be."""


def dress(body: Body, clothes: Clothes) -> Outfit:
    """Put clothes on a body.

    Raises:
        KeyError: `clothes.style` is not in `CLOTHES`.
    """
    return CLOTHES[clothes.style](body, clothes)
