"""Make book/data/digits.npz from scikit-learn's copy of the UCI digits.

    pip install scikit-learn && python tools/make_digits.py

Origin: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten
Digits", UCI Machine Learning Repository, 1998, doi:10.24432/C50P49, licence
CC BY 4.0; the 1,797 images of its test part. Each 8x8 pixel counts the dark
points in a 4x4 block of a 32x32 scan: a whole number from 0 to 16.
"""

import io
import zipfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

target = Path(__file__).parents[1] / "book" / "data" / "digits.npz"


def entry(array):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=(1, 0))
    return buffer.getvalue()


digits = load_digits()
arrays = {
    "images": digits.images.astype(np.uint8),  # (1797, 8, 8)
    "labels": digits.target.astype(np.uint8),  # (1797,)
}
# a fixed date in the archive, so that the file is the same byte for byte
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, array in arrays.items():
        info = zipfile.ZipInfo(f"{name}.npy", date_time=(1998, 7, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, entry(array))
print(f"{target}: {target.stat().st_size} bytes")
