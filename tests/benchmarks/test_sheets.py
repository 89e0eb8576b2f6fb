import cv2
import numpy as np

from benchmarks.sheets import HEAD_PX, LABEL_PX, Sheets


def test_the_sheets_show_every_method_and_moment(tmp_path):
    rng = np.random.default_rng(0)
    sheets = Sheets(side=100, extent=60.0)
    points = rng.uniform(40, 80, (478, 2)).astype(np.float32)
    levels = {"truth": 40, "engine": 200}
    frames = {name: np.full((120, 120, 3), level, np.uint8) for name, level in levels.items()}
    for _ in range(3):
        sheets.add(frames, np.array([10, 10]), points)
    for _ in range(7):
        sheets.add_lines(frames, np.array([10, 10]), {"mouth": 60, "eyes": 40})
    written = sheets.write(tmp_path / "new", "clip")
    assert sorted(path.name for path in written) == [
        "clip-eyes.jpg",
        "clip-heads.jpg",
        "clip-mouth.jpg",
        "clip-strips.jpg",
    ]
    heads = cv2.imread(str(tmp_path / "new" / "clip-heads.jpg"))
    assert heads.shape == (2 * (HEAD_PX + LABEL_PX), 3 * HEAD_PX, 3)
    first, second = LABEL_PX + HEAD_PX // 2, 2 * LABEL_PX + HEAD_PX + HEAD_PX // 2
    assert abs(float(heads[first].mean()) - 40) < 4
    assert abs(float(heads[second].mean()) - 200) < 4
