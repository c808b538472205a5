//go:build linux

// io_uring(7), and the asynchronous input and output that was before it.

package unix

//sys	ioCancel(ctx AioContext_t, iocb *Iocb, result *IoEvent) (err error) = SYS_IO_CANCEL
// IoDestroy is io_destroy(2). It waits for what cannot be cancelled.
//sys	IoDestroy(ctx AioContext_t) (err error) = SYS_IO_DESTROY
// IoSetup is io_setup(2): a context for n operations at a time. *ctx must be 0 before.
//sys	IoSetup(n uint, ctx *AioContext_t) (err error) = SYS_IO_SETUP
//sys	ioSubmit(ctx AioContext_t, n int, iocbs unsafe.Pointer) (done int, err error) = SYS_IO_SUBMIT
//sys	ioUringEnter(fd int, toSubmit uint32, minComplete uint32, flags uint32, arg unsafe.Pointer, size uintptr) (n int, err error) = SYS_IO_URING_ENTER
//sys	ioUringEnterAt(fd int, toSubmit uint32, minComplete uint32, flags uint32, offset uintptr, size uintptr) (n int, err error) = SYS_IO_URING_ENTER
// IoUringRegister is io_uring_register(2), Linux 5.1: op is IORING_REGISTER_… or IORING_UNREGISTER_…, n the number of
// what arg points to. fd may be -1 for what needs no ring. What the kernel goes on using after the call, as
// IORING_REGISTER_BUFFERS, must stay where it is: see [IoUringSqe].
//sys	IoUringRegister(fd int, op uint, arg unsafe.Pointer, n uint) (ret int, err error) = SYS_IO_URING_REGISTER
// IoUringSetup is io_uring_setup(2), Linux 5.1: a ring with room for at least that many entries. It fills params,
// whose offsets say where in the mappings of fd (IORING_OFF_…) everything is. EPERM if kernel.io_uring_disabled says
// so.
//sys	IoUringSetup(entries uint32, params *IoUringParams) (fd int, err error) = SYS_IO_URING_SETUP
