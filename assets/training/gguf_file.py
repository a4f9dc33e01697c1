"""The trained decoder as one GGUF, in the form in which llama.cpp reads a llama."""

from __future__ import annotations

import os
from pathlib import Path

import gguf

from assets.training.decoder import Decoder
from loom.worlds.vocabulary import SPECIAL_TOKENS, Vocabulary

# Blocks of 32 weights with a scale each: 8.5 bits a weight.
MATRICES = gguf.GGMLQuantizationType.Q8_0


def write_gguf(
    model: Decoder, vocabulary: Vocabulary, path: Path, description: str, chat_template: str | None
) -> None:
    """Write the model so that a reader sees either the old file or the whole new one.

    With a template the model answers in turns, and the end of a turn ends its text.
    """
    shape = model.shape
    unfinished = path.with_name(path.name + ".part")
    writer = gguf.GGUFWriter(unfinished, "llama")
    writer.add_name(path.stem)
    writer.add_description(description)
    writer.add_languages(["en"])
    writer.add_context_length(shape.n_context)
    writer.add_embedding_length(shape.d_model)
    writer.add_block_count(shape.n_layers)
    writer.add_feed_forward_length(shape.d_ff)
    writer.add_head_count(shape.n_heads)
    writer.add_head_count_kv(shape.n_heads)
    writer.add_layer_norm_rms_eps(shape.norm_eps)
    writer.add_rope_dimension_count(shape.d_model // shape.n_heads)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_vocab_size(shape.n_vocab)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    _write_vocabulary(writer, vocabulary)
    if chat_template is not None:
        writer.add_chat_template(chat_template)
        writer.add_eot_token_id(vocabulary.turn_ends)
    for name, weight in model.state_dict().items():
        # The output matrix is left out: llama.cpp then uses the embedding for both.
        values = weight.float().cpu().numpy()
        if weight.dim() == 2:
            blocks = gguf.quants.quantize(values, MATRICES)
            writer.add_tensor(name, blocks, raw_dtype=MATRICES)
        else:
            writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(unfinished, path)


def _write_vocabulary(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    """The vocabulary with its merges, as a GPT-2 tokenizer."""
    n_plain = len(vocabulary) - len(SPECIAL_TOKENS)
    kinds = [gguf.TokenType.NORMAL] * n_plain + [gguf.TokenType.CONTROL] * len(SPECIAL_TOKENS)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(list(vocabulary.tokens))
    writer.add_token_types(kinds)
    writer.add_token_merges([f"{left} {right}" for left, right in vocabulary.merges])
    writer.add_bos_token_id(vocabulary.end_of_text)
    writer.add_eos_token_id(vocabulary.end_of_text)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
