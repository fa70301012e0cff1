"""Holds TensorFlow Lite's own interpreter against the oracle, on the models of write-models.ts.

Needs ai-edge-litert and numpy from PyPI, in a virtual environment outside of the repository:
check_interpreter.py FOLDER. Both the reference kernels and XNNPACK's are asked.
"""

import json
import pathlib
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

TOLERANCE = {"fp32": 1e-4, "fp16": 1e-2}


def error_of(folder: pathlib.Path, number: int, resolver: OpResolverType) -> float:
    """The largest difference of the logits, relative to the oracle's largest."""
    interpreter = Interpreter(
        str(folder / f"{number}.tflite"), experimental_op_resolver_type=resolver, num_threads=1
    )
    interpreter.allocate_tensors()
    (images,), (logits,) = interpreter.get_input_details(), interpreter.get_output_details()
    values = np.fromfile(folder / f"{number}.images", "<f4").reshape(images["shape"])
    interpreter.set_tensor(images["index"], values)
    interpreter.invoke()
    expected = np.fromfile(folder / f"{number}.logits", "<f4")
    actual = interpreter.get_tensor(logits["index"]).ravel()
    return float(np.abs(actual - expected).max() / np.abs(expected).max())


def main() -> int:
    folder = pathlib.Path(sys.argv[1])
    failed = 0
    worst = {precision: 0.0 for precision in TOLERANCE}
    for model in json.loads((folder / "list.json").read_text()):
        for resolver in (OpResolverType.BUILTIN_REF, OpResolverType.AUTO):
            error = error_of(folder, model["id"], resolver)
            worst[model["precision"]] = max(worst[model["precision"]], error)
            if not error < TOLERANCE[model["precision"]]:
                failed += 1
                print(f"{model['name']} in {model['precision']} by {resolver.name}: {error:.1e}")
    print(f"{failed} disagree; the largest errors are {worst}")
    return 1 if failed else 0


sys.exit(main())
