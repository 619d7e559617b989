"""Train: corpus, examples, model, losses, loop and export of the encoder; needs the extra `train`.

In order: `manifest` pins packages, `packages` fetches them, `build` reads their functions into `shards`; `recipe`
chooses among these and makes `examples`, with views that `augment` rewrites and texts that the `teacher` understands;
`loop` trains the `model` on `batches` of them; `export` writes the ONNX file that a scan runs. `codesim train` is the
way in. This is the only room that knows torch and DGL; importing `model`, `loop`, `batches`, `loss`, `passing`,
`teacher` and `recipe` imports torch, `export` onnx as well, `shards` and `build` pyarrow.
"""
