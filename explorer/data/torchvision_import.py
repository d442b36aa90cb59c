"""Import torchvision only where it is needed, as this takes a second or more."""

_libraries = []


def import_datasets():
    """Return torchvision.datasets, also if the compiled operators of torchvision do not fit a CPU-only torch.

    Then `import torchvision` fails because two operators have no schema; these are declared first.
    """
    try:
        import torchvision.datasets as datasets
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        from torch.library import Library

        library = Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _libraries.append(library)  # keeps its schemas alive
        import torchvision.datasets as datasets
    return datasets
