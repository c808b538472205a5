// Package abi holds the facts about the kernel's binary interface that kern's generated code is made of:
// the values of constants, the layouts of structures and the numbers of system calls, for every
// architecture.
//
// The facts live in text files below internal/abi/facts, one folder a system, written by
// `go run ./internal/abi/extract` from the headers of a pinned release and read by
// `go run ./internal/abi/emit`. They are committed: whoever adds a constant, a type or a system call to a
// package needs Go alone, and a new kernel is a difference in text that a person can review.
//
// A fact is the same on most architectures. So the files give what most of them have once, and then, for
// the others, what they have instead:
//
//	SO_DEBUG asm/socket.h 1 mips,mips64,mips64le,mipsle=1 ...
//
// Architectures go by their Go names; two that Go's own distribution lacks, ppc and sparc64, are there too.
package abi
