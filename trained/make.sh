#!/usr/bin/env bash
# Trains the runs that come with the app, each into a folder beside this file; one that is there is kept.
# First: python -m explorer data mnist && python -m explorer data fashion-mnist
set -euo pipefail
cd "$(dirname "$0")/.."
export EXPLORER_RUNS=trained

# AE, VAE and ladder of one network, which is small, so that the decoders of ten rungs are at most 4 MB. AE and VAE are
# trained as long as the ladder is by KL weight 1: its first rung, and six more of a quarter as many epochs.
two_dimensional() {
  local dataset=$1 epochs=$2
  for model in ae vae; do
    python -m explorer train --dataset $dataset --model $model --width 200 --epochs $((epochs * 5 / 2)) --run $dataset-$model-2d
  done
  python -m explorer train --dataset $dataset --model ladder --width 200 --epochs $epochs --run $dataset-ladder-2d
}
two_dimensional digits 200
two_dimensional moons 100
two_dimensional mnist 40
two_dimensional fashion-mnist 40
for dataset in mnist fashion-mnist; do
  python -m explorer train --dataset $dataset --model vae --latent-dim 16 --epochs 60 --run $dataset-vae-16d
done
for dataset in digits moons mnist fashion-mnist; do
  python -m explorer classifier $dataset-vae-2d  # trained anew each time, in seconds
done
