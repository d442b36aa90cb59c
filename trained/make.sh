#!/usr/bin/env bash
# Trains the runs that come with the app, each into a folder beside this file; one that is there is kept.
# First: python -m explorer data mnist && python -m explorer data fashion-mnist
set -euo pipefail
cd "$(dirname "$0")/.."
export EXPLORER_RUNS=trained

# A ladder and the AE beside it: one network, narrow, so that the decoders of ten rungs are at most 4 MB. The AE is trained
# for as long as the ladder is by KL weight 1: its first rung, and six more of a quarter as many epochs.
pair() {
  local dataset=$1 width=$2 epochs=$3
  python -m explorer train --dataset $dataset --model ae --width $width --epochs $((epochs * 5 / 2)) --run $dataset-ae-2d
  python -m explorer train --dataset $dataset --model ladder --width $width --epochs $epochs --run $dataset-ladder-2d
}
pair digits 200 200
pair moons 100 100
pair mnist 200 40
pair fashion-mnist 200 40
for dataset in digits moons; do
  python -m explorer train --dataset $dataset --model vae --latent-dim 2 --run $dataset-vae-2d
done
for dataset in mnist fashion-mnist; do
  for latent_dim in 2 16; do
    python -m explorer train --dataset $dataset --model vae --latent-dim $latent_dim --epochs 60 --run $dataset-vae-${latent_dim}d
  done
done
# One network under three losses, with their replays: distortion alone, the rate so heavy that it all but stands alone, and both.
objective() {
  python -m explorer train --dataset digits --model vae --width 200 --beta $2 --run digits-vae-2d-$1
}
objective recon-only 0
objective kl-only 1000
objective both 1
python -m explorer train --dataset digits --model vqvae --latent-dim 8 --n-codes 32 --width 200 --run digits-vqvae
# Faces: three small networks in two dimensions, and one in twelve that keeps all ten factors
faces() {
  local name=$1
  shift
  python -m explorer train --dataset faces --network conv "$@" --run faces-$name
}
faces ae-2d --model ae --width 8 --epochs 30
faces vae-2d --model vae --width 8 --epochs 30
faces ladder-2d --model ladder --width 8 --epochs 12 --rung-epochs 3
faces vae-12d --model vae --width 16 --latent-dim 12 --likelihood gaussian --sigma 0.2 --batch-size 64 --epochs 40
# Their replays, in colour, would take tens of megabytes.
rm -f trained/faces-*/replay.safetensors
for dataset in digits moons mnist fashion-mnist; do
  python -m explorer classifier $dataset-vae-2d  # trained anew each time, in seconds
done
for dataset in moons faces; do
  python -m explorer regressor $dataset-vae-2d  # trained anew each time, in a minute or two
done
