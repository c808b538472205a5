//go:build linux

// Memory: where it is, that it stays there, and who provides it.

package unix

//sys	getMempolicy(mode *int32, mask unsafe.Pointer, bits uintptr, addr unsafe.Pointer, flags int) (err error) = SYS_GET_MEMPOLICY
//sys	mapShadowStack(addr uintptr, size uintptr, flags uint) (at uintptr, err error) = SYS_MAP_SHADOW_STACK
//sys	mbind(addr unsafe.Pointer, length int, mode int, mask unsafe.Pointer, bits uintptr, flags int) (err error)
//sys	migratePages(pid int, bits uintptr, from unsafe.Pointer, to unsafe.Pointer) (n int, err error) = SYS_MIGRATE_PAGES
//sys	mincore(addr unsafe.Pointer, length int, vec *byte) (err error)
// Mlock2 is mlock2(2), Linux 4.4: Mlock that with MLOCK_ONFAULT locks what is in memory now, and the rest when it
// comes there.
//sys	Mlock2(b []byte, flags int) (err error) = SYS_MLOCK2
//sys	movePages(pid int, count int, pages *uintptr, nodes *int32, status *int32, flags int) (n int, err error) = SYS_MOVE_PAGES
// Readahead is readahead(2): it has count bytes of a file read into the page cache.
//sys	Readahead(fd int, offset int64, count int) (err error)
// RemapFilePages is remap_file_pages(2): it maps the pages of the mapped file from page on at b, a part of a shared
// mapping. prot must be 0. Since Linux 4.0 it makes a mapping of its own for that: mmap(2) is as good.
//sys	RemapFilePages(b []byte, prot int, page uintptr, flags int) (err error) = SYS_REMAP_FILE_PAGES
// SetMemPolicyHomeNode is set_mempolicy_home_node(2), Linux 5.17: the NUMA node from which memory for b is taken
// first, if the policy of [Mbind] is MPOL_BIND or MPOL_PREFERRED_MANY. flags must be 0.
//sys	SetMemPolicyHomeNode(b []byte, node int, flags uint) (err error) = SYS_SET_MEMPOLICY_HOME_NODE
// Userfaultfd is userfaultfd(2), Linux 4.3: a descriptor that reports page faults, to be resolved by the program.
// flags are O_CLOEXEC, O_NONBLOCK and UFFD_USER_MODE_ONLY (Linux 5.11), without which it takes CAP_SYS_PTRACE on most
// systems. The functions IoctlUffdio… do the rest; read(2) returns values of [UffdMsg].
//
// A goroutine that waits for a page keeps its thread and, unlike in a system call, its turn to run Go code: the
// garbage collector cannot start while it waits. The thread that resolves faults must neither allocate nor wait for it
// meanwhile; best it is another process.
//sysnb	Userfaultfd(flags int) (fd int, err error)
