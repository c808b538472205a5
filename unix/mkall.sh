#!/bin/sh
# Generates every z* file of this package, or with -n prints the commands that would.
cd "$(dirname "$0")/.." && exec go run ./internal/abi/emit "$@"
