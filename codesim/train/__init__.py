"""Train: corpus, transformations, model, loss, loop and export of the encoder; needs the extra `train`.

In order: `corpus` reads functions, `augment` rewrites them, `views` turns them into arrays, `loop` trains the `model`,
`export` writes the ONNX file that a scan runs. This is the only room that knows torch and DGL; importing its modules
`model`, `loop`, `batches`, `loss` and `passing` imports torch, importing `export` imports onnx as well.
"""
