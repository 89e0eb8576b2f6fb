"""Text to speech with exact phone times, and to what the text asks of the face.

`read_script` reads the text and its directions, `choose_voice` finds who says it, `say` writes the
sound and tells when each phone begins, and `text_motion` makes the face of it.
"""
