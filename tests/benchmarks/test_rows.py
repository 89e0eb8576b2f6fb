from benchmarks.rows import ENGINE, GENERIC, WARP, accepted, chosen_rows


def with_generator(subject_id, *, driving, generator=None):
    return subject_id, driving, generator


def without(subject_id, *, driving):
    return subject_id, driving


def test_only_settings_that_the_engine_knows_are_rendered():
    assert [row.name for row in chosen_rows(with_generator)] == [WARP, GENERIC, ENGINE]
    assert [row.name for row in chosen_rows(without)] == [ENGINE]


def test_the_engine_itself_is_always_among_the_chosen_and_last():
    assert [row.name for row in chosen_rows(with_generator, (WARP,))] == [WARP, ENGINE]


def test_arguments_that_a_function_does_not_know_are_left_out():
    assert accepted(without, {"driving": 1, "personalise": 3.0}) == {"driving": 1}
