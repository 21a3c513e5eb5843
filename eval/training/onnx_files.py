"""Conversion of a model into the file that ``qa.models.runtime`` reads, and the SHA-256 that it is known by."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn


def export(
    model: "nn.Module", inputs: Mapping[str, "Tensor"], output: str, axes: Mapping[str, Mapping[int, str]], out: Path
) -> None:
    """Write a torch model as ONNX in 8 bits. ``axes`` names the variable axes of inputs and output."""
    import torch

    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder, "full.onnx")
        torch.onnx.export(
            model.eval(),
            tuple(inputs.values()),
            str(full),
            input_names=list(inputs),
            output_names=[output],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        write_in_8_bits(full, out)


def write_in_8_bits(full: Path, out: Path) -> None:
    """Write an ONNX model with 8-bit weights, its steps fused as far as onnxruntime does on any processor.

    Only 7 of the 8 bits are used, so that no sum depends on the processor. Steps fused here need no fusing at loading.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # as qa.models.runtime has it
    from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions
    from onnxruntime.quantization import QuantType, quantize_dynamic

    out.parent.mkdir(parents=True, exist_ok=True)
    options = SessionOptions()
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(out)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "plain.onnx")
        quantize_dynamic(full, plain, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        InferenceSession(plain.read_bytes(), options, providers=["CPUExecutionProvider"])


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
