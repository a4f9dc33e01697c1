"""Models in several files, made from one by the gguf package."""

from __future__ import annotations

from pathlib import Path

import gguf


def split_model(whole: Path, stem: Path, n_tensors: int) -> list[Path]:
    """Write a model again as `stem-00001-of-…`, so many tensors a file; its files, in order."""
    reader = gguf.GGUFReader(whole)
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(None, architecture, split_max_tensors=n_tensors)
    for field in reader.fields.values():
        if field.name == "general.architecture" or field.name.startswith("GGUF."):
            continue
        kinds = [*field.types, None]
        writer.add_key_value(field.name, field.contents(), kinds[0], kinds[1])
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file(path=stem.with_name(f"{stem.name}.gguf"))
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return sorted(stem.parent.glob(f"{stem.name}-*.gguf"))
