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
# Home and Compare begin with these: their decoders travel in 8 bits.
python -m trained.round_decoders {mnist,fashion-mnist}-{vae,ae,ladder}-2d
# An AE and a ladder of sixteen dimensions. At large KL weights its rungs are long, and close enough for interpolated weights.
# The AE is trained for as long as the ladder is by KL weight 1. `python -m trained.measure_starts` trains the VAEs beside it, of
# other seeds too.
sixteen() {
  local dataset=$1 settings="--latent-dim 16 --width 128 --batch-size 512 --lr 0.004"
  python -m explorer train --dataset $dataset --model ae $settings --epochs 50 --run $dataset-ae-16d
  python -m explorer train --dataset $dataset --model ladder $settings --epochs 30 --rung-epochs 20 --betas 0.1,1,2:40,2.8:30,4:100,5.6:40,8:40 --run $dataset-ladder-16d
  python -m trained.trim 400 $dataset-ae-16d $dataset-ladder-16d
}
sixteen mnist
sixteen fashion-mnist
# Other networks, for fewer epochs, as they take longer.
python -m explorer train --dataset mnist --model vae --network conv --width 16 --epochs 15 --batch-size 256 --lr 0.004 --run mnist-vae-conv-2d
python -m explorer train --dataset mnist --model vae --network gru --epochs 15 --batch-size 256 --lr 0.004 --run mnist-vae-gru-2d
python -m trained.trim 400 mnist-vae-conv-2d mnist-vae-gru-2d
# Conditional VAEs, with the networks of the ladders.
for dataset in digits mnist; do
  python -m explorer train --dataset $dataset --model cvae --width 200 --run $dataset-cvae-2d
done
python -m trained.trim 400 mnist-cvae-2d
# One network under three losses, with their replays: distortion alone, the rate so heavy that it all but stands alone, and both.
objective() {
  python -m explorer train --dataset digits --model vae --width 200 --beta $2 --run digits-vae-2d-$1
}
objective recon-only 0
objective kl-only 1000
objective both 1
python -m explorer train --dataset digits --model vqvae --latent-dim 8 --n-codes 32 --width 200 --run digits-vqvae
# Faces: small networks in two dimensions, and one in twelve.
for model in ae vae; do
  python -m explorer train --dataset faces --model $model --network conv --width 8 --depth 4 --epochs 30 --run faces-$model-2d
done
python -m explorer train --dataset faces --model ladder --network conv --width 8 --depth 4 --epochs 24 --betas 0.1,0.3,1,3,10 --rung-epochs 8 --run faces-ladder-2d
python -m explorer train --dataset faces --model vae --network conv --width 16 --depth 3 --latent-dim 12 --batch-size 64 --epochs 40 --run faces-vae-12d
# Their replays, in colour, would take tens of megabytes.
rm -f trained/faces-*/replay.safetensors
for dataset in digits moons mnist fashion-mnist; do
  python -m explorer classifier $dataset-vae-2d  # trained anew each time, in seconds
done
for dataset in moons faces; do
  python -m explorer regressor $dataset-vae-2d  # trained anew each time, in a minute or two
done
for run in mnist-ae-2d mnist-ae-16d; do
  python -m explorer gaps $run --density all  # keeps the densities that it fits with the run
done
python -m trained.keep_copying
# The terms of the rates, which are measured once and kept with the runs.
for run in digits-vae-2d{,-both,-kl-only,-recon-only} moons-vae-2d {mnist,fashion-mnist}-vae-{2,16}d {digits,moons,faces,mnist,fashion-mnist}-ladder-2d \
  {mnist,fashion-mnist}-ladder-16d mnist-vae-{conv,gru}-2d {digits,mnist}-cvae-2d faces-vae-{2,12}d; do
  python -m explorer show $run --surgery
done
