//go:build linux

// Restrictions and programs that the kernel checks: seccomp(2), bpf(2), the security modules.

package unix

// Bpf is bpf(2). cmd is BPF_MAP_CREATE, BPF_PROG_LOAD and so on; attr points to what it takes, as [BpfMapCreateAttr],
// and size is the size of that. The result is a descriptor for most commands.
//sys	Bpf(cmd int, attr unsafe.Pointer, size uintptr) (ret int, err error)
//sys	bpfCommon(cmd int, attr unsafe.Pointer, size uintptr, common *BpfCommonAttr, commonSize uintptr) (ret int, err error) = SYS_BPF
//sys	kexecLoad(entry uintptr, n int, segments unsafe.Pointer, flags uint) (err error) = SYS_KEXEC_LOAD
//sys	lsmGetSelfAttr(attr uint, ctx unsafe.Pointer, size *uint32, flags uint32) (n int, err error) = SYS_LSM_GET_SELF_ATTR
//sys	lsmListModules(ids unsafe.Pointer, size *uint32, flags uint32) (n int, err error) = SYS_LSM_LIST_MODULES
//sys	lsmSetSelfAttr(attr uint, ctx unsafe.Pointer, size uint32, flags uint32) (err error) = SYS_LSM_SET_SELF_ATTR
// Seccomp is seccomp(2), Linux 3.17. op is SECCOMP_SET_MODE_FILTER with a [SockFprog] for args, and so on; flags are
// SECCOMP_FILTER_FLAG_…. It is about the calling thread unless SECCOMP_FILTER_FLAG_TSYNC is among them. With
// SECCOMP_FILTER_FLAG_NEW_LISTENER the result is a descriptor for [IoctlSeccompNotifRecv].
//sys	Seccomp(op uint, flags uint, args unsafe.Pointer) (ret int, err error)
// Vhangup is vhangup(2): it hangs up the calling process's terminal.
//sys	Vhangup() (err error)
