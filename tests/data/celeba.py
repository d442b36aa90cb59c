"""A CelebA of a few faces, in torchvision's layout."""

import io

import numpy as np
from PIL import Image

HEADER = (
    "5_o_Clock_Shadow Arched_Eyebrows Attractive Bags_Under_Eyes Bald Bangs Big_Lips Big_Nose Black_Hair"
    " Blond_Hair Blurry Brown_Hair Bushy_Eyebrows Chubby Double_Chin Eyeglasses Goatee Gray_Hair Heavy_Makeup"
    " High_Cheekbones Male Mouth_Slightly_Open Mustache Narrow_Eyes No_Beard Oval_Face Pale_Skin Pointy_Nose"
    " Receding_Hairline Rosy_Cheeks Sideburns Smiling Straight_Hair Wavy_Hair Wearing_Earrings Wearing_Hat"
    " Wearing_Lipstick Wearing_Necklace Wearing_Necktie Young"
)
ATTRIBUTES = HEADER.split()


def celeba_folder(
    faces: list[Image.Image], attributes: np.ndarray, partition: np.ndarray
) -> dict[str, bytes]:
    """Return files by path: the faces as JPEG, and CelebA's five lists about them. attributes [n, 40]: -1 or
    1; partition [n]: 0, 1, 2.
    """
    n, names = len(faces), [f"{i + 1:06}.jpg" for i in range(len(faces))]

    def rows(values):
        return "".join(f"{name} {' '.join(f'{v:2}' for v in row)}\n" for name, row in zip(names, values))

    lists = {
        "list_attr_celeba.txt": f"{n}\n{HEADER} \n" + rows(attributes),
        "identity_CelebA.txt": rows([[i] for i in range(n)]),
        "list_bbox_celeba.txt": f"{n}\nimage_id x_1 y_1 width height\n" + rows([[95, 71, 226, 313]] * n),
        "list_landmarks_align_celeba.txt": (
            f"{n}\n" + " ".join(f"landmark_{i}" for i in range(10)) + "\n" + rows([[69] * 10] * n)
        ),
        "list_eval_partition.txt": rows(np.asarray(partition)[:, None]),
    }
    files = {name: text.encode() for name, text in lists.items()}
    for name, face in zip(names, faces):
        jpeg = io.BytesIO()
        face.save(jpeg, "JPEG")
        files[f"img_align_celeba/{name}"] = jpeg.getvalue()
    return files
