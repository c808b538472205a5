//go:build linux && (386 || arm || mips || mipsle || ppc)

// The calls whose first versions have times of 32 bits.

package unix

//sys	ioPgetevents(ctx AioContext_t, min int, n int, events unsafe.Pointer, timeout *KernelTimespec, mask *sigsetAndSize) (done int, err error) = SYS_IO_PGETEVENTS_TIME64
//sys	recvmmsg(fd int, msgs []Mmsghdr, flags int, timeout *KernelTimespec) (n int, err error) = SYS_RECVMMSG_TIME64
