"""The encoder as a torch module: one unit vector per program dependence graph.

In: the fields of `GraphBatch` as int64 tensors. Out: (g, DIM) rows of unit length. A node is its kind plus the mean
of its sub-tokens; three shallow rounds of typed message passing follow; every round's output is carried to the
read-out, because deep or last-layer-only read-outs over-smooth. Beside it the read-out sees the graph's words as a
weighted sum, as TF-IDF would: what a function calls and names says much of what it is for.

Source: relu(h + edge) messages after Hu et al., Strategies for Pre-training Graph Neural Networks, 2020 (GINE);
every layer to the read-out after Xu et al., Jumping Knowledge Networks, 2018; attention pooling after Li et al.,
Gated Graph Sequence Neural Networks, 2016. Sizes and damping are our own.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from codesim.embed import GraphBatch
from codesim.embed.features import NODE_KINDS, RELATIONS, TOKEN_BUCKETS
from codesim.train.passing import MessageForm, plain_form

HIDDEN = 128
TOKEN_WIDTH = 96
LAYERS = 3
DIM = 256
EPSILON = 1e-6


class Round(nn.Module):
    """One round of message passing: damped typed sum, two-layer perceptron, residual, layer norm."""

    def __init__(self) -> None:
        super().__init__()
        self.relation = nn.Embedding(RELATIONS, HIDDEN)
        self.inner = nn.Linear(HIDDEN, HIDDEN)
        self.outer = nn.Linear(HIDDEN, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN)

    def forward(self, hidden: Tensor, incoming: Tensor, damping: Tensor) -> Tensor:
        """Update the nodes from the sum of their incoming messages.

        Args:
            hidden: (n, HIDDEN) float32.
            incoming: (n, HIDDEN) float32, sum of the messages of the incoming edges.
            damping: (n, 1) float32, 1 / sqrt(1 + in-degree).

        Returns:
            (n, HIDDEN) float32.
        """
        mixed = hidden + incoming * damping  # (n, HIDDEN)
        update = self.outer(functional.relu(self.inner(mixed)))  # (n, HIDDEN)
        return self.norm(hidden + update)  # type: ignore[no-any-return]  # (n, HIDDEN)


class Encoder(nn.Module):
    """The graph encoder; `form` chooses how messages are summed and has no weights of its own."""

    def __init__(self, form: MessageForm = plain_form) -> None:
        super().__init__()
        self.form = form
        self.kinds = nn.Embedding(NODE_KINDS, HIDDEN)
        self.tokens = nn.Embedding(TOKEN_BUCKETS, TOKEN_WIDTH, padding_idx=0)
        self.salience = nn.Embedding(TOKEN_BUCKETS, 1)  # how much a sub-token weighs in the sum of words
        nn.init.ones_(self.salience.weight)
        self.words = nn.LayerNorm(TOKEN_WIDTH)
        self.widen = nn.Linear(TOKEN_WIDTH, HIDDEN, bias=False)
        self.start = nn.LayerNorm(HIDDEN)
        self.rounds = nn.ModuleList(Round() for _ in range(LAYERS))
        self.gate = nn.Linear(HIDDEN * (LAYERS + 1), 1)
        self.project = nn.Linear(2 * HIDDEN * (LAYERS + 1) + TOKEN_WIDTH, DIM)

    def forward(  # noqa: PLR0917  # the arrays of a GraphBatch, in its order
        self, kind: Tensor, tokens: Tensor, edge_index: Tensor, edge_kind: Tensor, batch: Tensor, sizes: Tensor
    ) -> Tensor:
        """Embed a disjoint union of graphs.

        Args:
            kind: (n,) int64 in [0, NODE_KINDS).
            tokens: (n, TOKENS_PER_NODE) int64 in [0, TOKEN_BUCKETS), 0 is padding.
            edge_index: (2, m) int64, row 0 the sources, row 1 the targets.
            edge_kind: (m,) int64 in [0, RELATIONS).
            batch: (n,) int64, the graph of each node, ascending.
            sizes: (g,) int64, nodes per graph, each at least 1.

        Returns:
            (g, DIM) float32, rows of unit length.
        """
        layers = torch.cat(self.node_states(kind, tokens, edge_index, edge_kind, sizes), dim=1)  # (n, 4 HIDDEN)
        words = self.word_sum(tokens, batch, sizes)  # (g, TOKEN_WIDTH)
        pooled = torch.cat([self.attend(layers, batch, sizes), mean_pool(layers, batch, sizes), words], dim=1)
        vectors = self.project(pooled)  # (g, DIM)
        norm = vectors.square().sum(dim=1, keepdim=True).sqrt()  # (g, 1)
        return vectors / (norm + EPSILON)  # type: ignore[no-any-return]  # (g, DIM)

    def word_sum(self, tokens: Tensor, batch: Tensor, sizes: Tensor) -> Tensor:
        """Sum the weighted sub-tokens of each graph: (n, t), (n,), (g,) to (g, TOKEN_WIDTH), each row normalised."""
        word = functional.embedding(tokens, self.tokens.weight, padding_idx=0)  # (n, t, TOKEN_WIDTH)
        weighted = word * functional.embedding(tokens, self.salience.weight)  # (n, t, TOKEN_WIDTH)
        return self.words(segment_sum(weighted.sum(dim=1), batch, sizes))  # type: ignore[no-any-return]

    def node_states(
        self, kind: Tensor, tokens: Tensor, edge_index: Tensor, edge_kind: Tensor, sizes: Tensor
    ) -> list[Tensor]:
        """Return the states of the nodes before and after each round, (n, HIDDEN) float32 each."""
        present = (tokens != 0).to(torch.float32)  # (n, t)
        token_sum = functional.embedding(tokens, self.tokens.weight, padding_idx=0).sum(dim=1)  # (n, TOKEN_WIDTH)
        token_mean = token_sum / present.sum(dim=1, keepdim=True).clamp(min=1.0)  # (n, TOKEN_WIDTH)
        hidden = self.start(functional.embedding(kind, self.kinds.weight) + self.widen(token_mean))  # (n, HIDDEN)
        ones = torch.ones(edge_kind.shape[0], dtype=hidden.dtype, device=hidden.device)  # (m,)
        degree = torch.zeros(kind.shape[0], dtype=hidden.dtype, device=hidden.device)
        degree = degree.scatter_add(0, edge_index[1], ones)  # (n,)
        damping = (1.0 + degree).rsqrt().unsqueeze(1)  # (n, 1)
        typed_sum = self.form(edge_index, edge_kind, sizes)
        states = [hidden]
        for layer in self.rounds:
            assert isinstance(layer, Round)  # noqa: S101  # nn.ModuleList forgets the type
            hidden = layer(hidden, typed_sum(hidden, layer.relation.weight), damping)  # (n, HIDDEN)
            states.append(hidden)
        return states

    def attend(self, layers: Tensor, batch: Tensor, sizes: Tensor) -> Tensor:
        """Pool by softmax attention over each graph's own nodes: (n, w), (n,), (g,) to (g, w)."""
        score = self.gate(layers).squeeze(1)  # (n,)
        floor = torch.full((sizes.shape[0],), -torch.inf, dtype=score.dtype, device=score.device)
        # the largest score of each graph is taken off before exp, so that no score can overflow
        top = floor.scatter_reduce(0, batch, score.detach(), reduce="amax")  # (g,)
        weight = (score - top[batch]).exp()  # (n,)
        total = torch.zeros_like(top).scatter_add(0, batch, weight)  # (g,)
        return segment_sum(layers * weight.unsqueeze(1), batch, sizes) / total.unsqueeze(1)  # (g, w)


def segment_sum(rows: Tensor, batch: Tensor, sizes: Tensor) -> Tensor:
    """Sum the rows of each graph: (n, w), (n,), (g,) to (g, w)."""
    total = torch.zeros((sizes.shape[0], rows.shape[1]), dtype=rows.dtype, device=rows.device)  # (g, w)
    return total.scatter_add(0, batch.unsqueeze(1).expand_as(rows), rows)  # (g, w)


def mean_pool(rows: Tensor, batch: Tensor, sizes: Tensor) -> Tensor:
    """Average the rows of each graph: (n, w), (n,), (g,) to (g, w)."""
    return segment_sum(rows, batch, sizes) / sizes.to(rows.dtype).unsqueeze(1)  # (g, w)


def batch_tensors(batch: GraphBatch) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Turn a batch into the arguments of `Encoder.forward`, in order, int64 each."""
    arrays = (batch.kind, batch.tokens, batch.edge_index, batch.edge_kind, batch.batch, batch.sizes)
    kind, tokens, edge_index, edge_kind, owner, sizes = (torch.from_numpy(array) for array in arrays)
    return kind, tokens, edge_index, edge_kind, owner, sizes
