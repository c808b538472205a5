// Package bpf loads programs of eBPF for commands, from object files (ELF) as clang writes them. It is the only one
// that imports github.com/cilium/ebpf. See bpf(2) and tc-bpf(8).
package bpf
