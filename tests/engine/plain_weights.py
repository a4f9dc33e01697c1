"""A model file with the same weights, none of them quantised.

llama.cpp rounds activations to eight bits for quantised matrices, so the last bits of a sum can
move a logit by tenths. Where bookkeeping is tested, only bookkeeping may make a difference.
"""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np


def write_plain(source: Path, target: Path) -> None:
    """Copy a GGUF with all its metadata, its matrices in F16."""
    reader = gguf.GGUFReader(source)
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(target, architecture)
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        kind, *inner = field.types
        writer.add_key_value(field.name, field.contents(), kind, inner[-1] if inner else None)
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        writer.add_tensor(tensor.name, values.astype(np.float16 if values.ndim > 1 else np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
