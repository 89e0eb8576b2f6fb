"""What synthetic people say. Written for this purpose and given to the public domain (CC0)."""

import numpy as np

SENTENCES = (
    "The baker brought a basket of warm bread before the bell rang.",
    "Please put the purple paper beside the broken printer.",
    "My mother makes marmalade in the middle of March.",
    "Five foxes found a very fine field full of violets.",
    "Think of three things that bother them both.",
    "She should wash the shiny shells on the shore.",
    "Charlie chose a cheap chair for the children's chess club.",
    "We went west when the weather was wild and wet.",
    "Our old owl only hoots when the moon is low.",
    "You should look for a good book about football.",
    "Each evening the queen eats peas and green beans.",
    "Father's car is parked far from the market.",
    "The boy enjoyed the noise of his new toy.",
    "How now, brown cow, said the clown in the town.",
    "Bob popped a big blue bubble and laughed about it.",
    "A lazy lizard lay along a long yellow log.",
    "Quick cats can catch a cricket in the kitchen.",
    "Robert read a rare report on the river road.",
    "Maybe Emma will remember the number tomorrow morning.",
    "It is never too late to give a neighbour a hand.",
    "Did you see the size of that amazing pumpkin?",
    "I am happy to help you with whatever you have to move.",
    "The voice on the telephone promised a simple answer.",
    "Put your thumb on the map where the path begins.",
    "What a wonderful view we have from up above!",
    "Nobody knew why the wooden bridge was painted blue.",
    "Zoe's zebra dozed beside the busy bees.",
    "Above the village, a falcon hovered over the valley.",
    "Push the button, pull the lever, and open the box.",
    "He thought about the weather, then bought another coat.",
    "If you whisper softly, everyone will listen.",
    "The jury judged the giant ginger jar to be a joke.",
    "Measure the treasure and keep the rest for leisure.",
    "Small boats bob up and down beyond the pier.",
    "My brother paid for both tickets with a brand new bill.",
    "A warm bath and a nap will make you feel much better.",
)


def draw_text(rng: np.random.Generator, sentences: int) -> str:
    """Some sentences, none twice.

    Args:
        rng: Where from.
        sentences: How many; at most all there are.
    """
    chosen = rng.choice(len(SENTENCES), min(sentences, len(SENTENCES)), replace=False)
    return " ".join(SENTENCES[index] for index in chosen)
