"""Make book/data/portrait.npz from the sample picture in Matplotlib.

    pip install matplotlib pillow && python tools/make_portrait.py

Origin: Commodore Grace M. Hopper, official U.S. Navy photograph by James S.
Davis, 1984; as a work of the U.S. federal government in the public domain.
Matplotlib ships it as sample_data/grace_hopper.jpg (512 x 600 pixels, color).
We keep the head, 350 x 420 pixels, in gray, at 100 x 120 pixels.
"""

import io
import zipfile
from pathlib import Path

import numpy as np
from matplotlib.cbook import get_sample_data
from PIL import Image

target = Path(__file__).parents[1] / "book" / "data" / "portrait.npz"


def entry(array):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=(1, 0))
    return buffer.getvalue()


source = get_sample_data("grace_hopper.jpg", asfileobj=False)
picture = Image.open(source).convert("L").crop((86, 20, 436, 440))
small = picture.resize((100, 120), Image.Resampling.BOX)
arrays = {"image": np.asarray(small, dtype=np.uint8)}  # (120, 100)
# a fixed date in the archive, so that the file is the same byte for byte
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, array in arrays.items():
        info = zipfile.ZipInfo(f"{name}.npy", date_time=(1984, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, entry(array))
print(f"{target}: {target.stat().st_size} bytes")
