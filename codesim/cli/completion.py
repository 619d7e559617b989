"""`codesim completion`: the script that teaches a shell to complete codesim's commands, flags and values."""

from __future__ import annotations

import click

VARIABLE = "_CODESIM_COMPLETE"
"""Click's own name for it: set, it makes codesim answer a shell's question and do nothing else."""


@click.command("completion", short_help="Print the script that completes codesim's commands and flags in a shell.")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    r"""Print the completion script for SHELL.

    \b
    bash  codesim completion bash > ~/.local/share/bash-completion/completions/codesim
    zsh   codesim completion zsh > ~/.zfunc/_codesim    (with ~/.zfunc in fpath, before compinit)
    fish  codesim completion fish > ~/.config/fish/completions/codesim.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:  # a click without this shell
        raise click.UsageError(f"the installed click knows no completion for {shell}")
    click.echo(kind(ctx.find_root().command, {}, "codesim", VARIABLE).source())
