//go:build linux && !386 && !arm && !mips && !mipsle && !ppc

package unix

//sys	ioGetevents(ctx AioContext_t, min int, n int, events unsafe.Pointer, timeout *KernelTimespec) (done int, err error) = SYS_IO_GETEVENTS
//sys	ioPgetevents(ctx AioContext_t, min int, n int, events unsafe.Pointer, timeout *KernelTimespec, mask *sigsetAndSize) (done int, err error) = SYS_IO_PGETEVENTS
//sys	recvmmsg(fd int, msgs []Mmsghdr, flags int, timeout *KernelTimespec) (n int, err error)
