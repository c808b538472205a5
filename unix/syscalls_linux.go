package unix

import (
	"iter"
	"sort"
)

// Syscalls gives the names and numbers of the running architecture's system calls, by number: those of the
// kernel's headers, "openat" and not "OPENAT". They are the SYS_ constants, less the names that stand for others.
func Syscalls() iter.Seq2[string, uintptr] {
	return func(yield func(string, uintptr) bool) {
		for i := range syscalls {
			if !yield(syscalls[i].name, syscalls[i].num) {
				return
			}
		}
	}
}

// SyscallName returns the name of a system call of the running architecture, "" where the number is of none.
func SyscallName(num uintptr) string {
	i := sort.Search(len(syscalls), func(i int) bool { return syscalls[i].num >= num })
	if i == len(syscalls) || syscalls[i].num != num {
		return ""
	}
	return syscalls[i].name
}

// SyscallNumber returns the number of a system call of the running architecture, and whether there is one of the name.
func SyscallNumber(name string) (num uintptr, ok bool) {
	for i := range syscalls {
		if syscalls[i].name == name {
			return syscalls[i].num, true
		}
	}
	return 0, false
}
