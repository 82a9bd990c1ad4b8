#!/usr/bin/env bash
# What the benchmarks compare with: ONNX Runtime behind a thin C program, and the models both sides run. Never a dependency of the product.
#
#   tests/Benchmarks/peer.sh [REGEX]     REGEX: which models to generate, . for all; the judged networks (2.5 GB) and single operators when left out
#
# Everything lands in artifacts/peer. LATHE_SHARED: the folder that holds tools/ and models/, beside this repository unless set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
shared=${LATHE_SHARED:-../shared}
peer=$PWD/artifacts/peer
models=${1:-'^(resnet.*|mobilenet_v2|efficientnet_b0|squeezenet1_1|unet_256|espcn_x3|bert_base_128|bert_mini_128|vit_b16|deit_tiny|mlp_mixer_s16|.*_decode|dlrm_ctr_b1|lstm_2x512|gru_2x512|op_.*)$'}

fail() { echo "peer.sh: $*" >&2; exit 1; }
[ -f "$shared/tools/ort-peer.c" ] || fail "no tools/ort-peer.c under $shared; set LATHE_SHARED"
command -v npm >/dev/null || fail "npm is missing (Debian package npm)"
command -v cc >/dev/null || fail "a C compiler is missing (Debian packages gcc libc6-dev)"
mkdir -p "$peer"

library() { find "$peer/node_modules/onnxruntime-node/bin" -path "*linux/$1/libonnxruntime.so.1" 2>/dev/null | sort | tail -n 1; }
case $(uname -m) in x86_64) machine=x64 ;; aarch64) machine=arm64 ;; *) fail "onnxruntime-node has no library for $(uname -m)" ;; esac
if [ -z "$(library $machine)" ]; then
  # Without its scripts the package fetches nothing beyond itself: the CPU library is inside.
  npm install --silent --no-fund --no-audit --ignore-scripts --prefix "$peer" onnxruntime-node >/dev/null
fi
[ -n "$(library $machine)" ] || fail 'onnxruntime-node came without libonnxruntime.so.1'
ln -sfn "$(library $machine)" "$peer/libonnxruntime.so.1"
[ "$peer/ort-peer" -nt "$shared/tools/ort-peer.c" ] || cc -O2 -o "$peer/ort-peer" "$shared/tools/ort-peer.c" -ldl

python=python3
/usr/bin/python3 -c 'import onnx, numpy' 2>/dev/null && python=/usr/bin/python3
"$python" -c 'import onnx, numpy' 2>/dev/null || fail 'the generator of models needs python3-onnx and python3-numpy (Debian packages)'
"$python" "$shared/tools/generate_bench_models.py" "$peer/models" --only "$models"
