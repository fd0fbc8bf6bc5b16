#!/bin/sh
# A run as an array of Slurm, and the merge that begins when all its jobs have ended well. Called in a directory that all nodes
# share; --shards N is the number of jobs, what follows is what `bench run` takes:
#   sh slurm-submit.sh --shards 7 --dataset apps --model oci-gzip --model catar
set -eu
if [ "${1-}" != --shards ] || [ $# -lt 2 ]; then
  echo "usage: slurm-submit.sh --shards N [what bench run takes]" >&2
  exit 2
fi
shards=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
array=$(sbatch --parsable --array="1-$shards" "$here/slurm-shard.sbatch" "$@")
sbatch --dependency="afterok:$array" --kill-on-invalid-dep=yes "$here/slurm-merge.sbatch" "$shards"
