"""The encoder as a torch module: one unit vector per program dependence graph.

In: the fields of `GraphBatch` as int64 tensors. Out: (g, DIM) rows of unit length. A node is its kind plus the mean
of its sub-tokens; three shallow rounds of typed message passing follow; every round's output is carried to the
read-out, because deep or last-layer-only read-outs over-smooth. What a function calls and names says much of what it
is for, so the read-out also sees its words as a weighted sum, as TF-IDF would. Names of locals are in that sum alone:
the messages do not see them, so a renamed copy has the same node states.

The vector has two parts of their own unit length. `purpose` learns what a function is for, from twins, texts and tasks;
`behaviour` learns what exactly it does, from twins against mutants. One part for both learned neither mutants nor more.

Source: relu(h + edge) messages after Hu et al., Strategies for Pre-training Graph Neural Networks, 2020 (GINE);
every layer to the read-out after Xu et al., Jumping Knowledge Networks, 2018; attention pooling after Li et al.,
Gated Graph Sequence Neural Networks, 2016. Sizes, damping and the two parts are our own.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from codesim.embed import GraphBatch
from codesim.embed.features import IS_LOCAL, NODE_KINDS, RELATIONS, TOKEN_BUCKETS
from codesim.train.passing import MessageForm, plain_form

HIDDEN = 112
TOKEN_WIDTH = 96
LAYERS = 3
DIM = 256
PURPOSE_DIM = 192
"""The first numbers of a vector; the rest is the part for behaviour."""
BEHAVIOUR_WIDTH = 96
BEHAVIOUR_SHARE = 0.1
"""How much the cosine of the second part counts in the whole, in [0, 1]: more brings mutants apart, and tasks too."""
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
    """The graph encoder.

    form: how messages are summed; it has no weights of its own. layers: rounds of message passing, at least 1; what
    ships has `LAYERS`. carried: how many of the last states of a node the read-out sees, 1 to layers + 1; 0 for all.
    """

    def __init__(self, form: MessageForm = plain_form, layers: int = LAYERS, carried: int = 0) -> None:
        super().__init__()
        if layers < 1 or not 0 <= carried <= layers + 1:
            raise ValueError(f"an encoder has at least one round and carries some of its states: {layers}, {carried}")
        self.form = form
        self.shown: Tensor
        self.carried = carried or layers + 1
        self.kinds = nn.Embedding(NODE_KINDS, HIDDEN)
        self.tokens = nn.Embedding(TOKEN_BUCKETS, TOKEN_WIDTH, padding_idx=0)
        self.salience = nn.Embedding(TOKEN_BUCKETS, 1)  # how much a sub-token weighs in the sum of words
        nn.init.ones_(self.salience.weight)
        self.words = nn.LayerNorm(TOKEN_WIDTH)
        self.widen = nn.Linear(TOKEN_WIDTH, HIDDEN, bias=False)
        self.start = nn.LayerNorm(HIDDEN)
        self.rounds = nn.ModuleList(Round() for _ in range(layers))
        self.gate = nn.Linear(HIDDEN * self.carried, 1)
        self.project = nn.Linear(2 * HIDDEN * self.carried + TOKEN_WIDTH, PURPOSE_DIM)
        self.behaviour = Behaviour(HIDDEN * self.carried)
        self.register_buffer("shown", torch.from_numpy(~IS_LOCAL).to(torch.float32).unsqueeze(1), persistent=False)

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
        states = self.node_states(kind, tokens, edge_index, edge_kind, sizes)
        layers = torch.cat(states[-self.carried :], dim=1)  # (n, carried HIDDEN)
        words = self.word_sum(tokens, batch, sizes)  # (g, TOKEN_WIDTH)
        mean = mean_pool(layers, batch, sizes)  # (g, carried HIDDEN)
        attended = attend(self.gate(layers), layers, batch, sizes)  # (g, carried HIDDEN)
        purpose = unit(self.project(torch.cat([attended, mean, words], dim=1)))  # (g, PURPOSE_DIM)
        behaviour = unit(self.behaviour(layers, mean, batch, sizes))  # (g, DIM - PURPOSE_DIM)
        parts = [(1 - BEHAVIOUR_SHARE) ** 0.5 * purpose, BEHAVIOUR_SHARE**0.5 * behaviour]
        return torch.cat(parts, dim=1)  # (g, DIM)

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
        told = self.widen(token_mean) * functional.embedding(kind, self.shown)  # (n, HIDDEN), 0 for locals
        hidden = self.start(functional.embedding(kind, self.kinds.weight) + told)  # (n, HIDDEN)
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


class Behaviour(nn.Module):
    """The read-out of the second part: attention of its own, and a layer that can make a small difference large."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gate = nn.Linear(width, 1)
        self.norm = nn.LayerNorm(2 * width)
        self.inner = nn.Linear(2 * width, BEHAVIOUR_WIDTH)
        self.outer = nn.Linear(BEHAVIOUR_WIDTH, DIM - PURPOSE_DIM)

    def forward(self, layers: Tensor, mean: Tensor, batch: Tensor, sizes: Tensor) -> Tensor:
        """Read nodes (n, w), their mean (g, w), and the graph of each: (g, DIM - PURPOSE_DIM), of any length."""
        pooled = self.norm(torch.cat([attend(self.gate(layers), layers, batch, sizes), mean], dim=1))  # (g, 2w)
        return self.outer(functional.relu(self.inner(pooled)))  # type: ignore[no-any-return]


def attend(score: Tensor, rows: Tensor, batch: Tensor, sizes: Tensor) -> Tensor:
    """Pool by softmax attention over each graph's own nodes: (n, 1), (n, w), (n,), (g,) to (g, w)."""
    score = score.squeeze(1)  # (n,)
    floor = torch.full((sizes.shape[0],), -torch.inf, dtype=score.dtype, device=score.device)
    # the largest score of each graph is taken off before exp, so that no score can overflow
    top = floor.scatter_reduce(0, batch, score.detach(), reduce="amax")  # (g,)
    weight = (score - top[batch]).exp()  # (n,)
    total = torch.zeros_like(top).scatter_add(0, batch, weight)  # (g,)
    return segment_sum(rows * weight.unsqueeze(1), batch, sizes) / total.unsqueeze(1)  # (g, w)


def unit(rows: Tensor) -> Tensor:
    """Scale rows to unit length: (g, w) to (g, w)."""
    return rows / (rows.square().sum(dim=1, keepdim=True).sqrt() + EPSILON)


def split(vectors: Tensor) -> tuple[Tensor, Tensor]:
    """Return both parts of vectors, purpose and behaviour, each of unit length: (g, DIM) to (g, w) each."""
    return unit(vectors[:, :PURPOSE_DIM]), unit(vectors[:, PURPOSE_DIM:])


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
