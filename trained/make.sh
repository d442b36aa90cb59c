#!/usr/bin/env bash
# Trains the runs that come with the app, each into a folder beside this file; one that is there is kept.
# First: python -m explorer data mnist && python -m explorer data fashion-mnist
set -euo pipefail
cd "$(dirname "$0")/.."
export EXPLORER_RUNS=trained

for dataset in digits moons; do
  for model in ae vae; do
    python -m explorer train --dataset $dataset --model $model --latent-dim 2 --run $dataset-$model-2d
  done
done
for dataset in mnist fashion-mnist; do
  for model in ae vae; do
    python -m explorer train --dataset $dataset --model $model --latent-dim 2 --epochs 60 --run $dataset-$model-2d
  done
  python -m explorer train --dataset $dataset --model vae --latent-dim 16 --epochs 60 --run $dataset-vae-16d
done
for dataset in digits moons mnist fashion-mnist; do
  python -m explorer classifier $dataset-vae-2d  # trained anew each time, in seconds
done
