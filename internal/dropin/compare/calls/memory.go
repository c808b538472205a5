package main

import (
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

// region is memory that ends where a page without access begins. In front of what an argument has are bytes of a
// pattern.
type region struct {
	mem []byte
	at  int
}

var regions []region

var pageSize = os.Getpagesize()

const pattern = 0xa5

// guarded returns size bytes at the end of accessible memory, all zero.
func guarded(size int) unsafe.Pointer {
	usable := (size + 256 + pageSize - 1) / pageSize * pageSize
	mem, err := syscall.Mmap(-1, 0, usable+pageSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|
		syscall.MAP_ANON)
	check("mmap", err)
	check("mprotect", syscall.Mprotect(mem[usable:], syscall.PROT_NONE))
	m := region{mem, usable - size}
	for i := m.at - 256; i < m.at; i++ {
		mem[i] = pattern
	}
	regions = append(regions, m)
	if size == 0 {
		return unsafe.Pointer(&mem[usable-1]) // never used
	}
	return unsafe.Pointer(&mem[m.at])
}

// check records what was written in front of an argument.
func (m region) check(r *recorder) {
	defer func() { _ = recover() }() // the call may have taken the access away
	for i := m.at - 256; i < m.at; i++ {
		if m.mem[i] != pattern {
			r.leaf("memory."+strconv.Itoa(i-m.at), strconv.Itoa(int(m.mem[i])))
		}
	}
}

func freeRegions() {
	for _, m := range regions {
		_, _, _ = syscall.RawSyscall(syscall.SYS_MUNMAP, uintptr(unsafe.Pointer(unsafe.SliceData(m.mem))),
			uintptr(len(m.mem)), 0)
	}
}
