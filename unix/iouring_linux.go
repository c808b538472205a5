package unix

import "unsafe"

// IoUringEnter is io_uring_enter(2), Linux 5.1: it submits toSubmit entries and, with IORING_ENTER_GETEVENTS, waits
// for minComplete completions. sigmask is the mask of signals for that time, nil for the thread's own. n is how many
// entries the kernel took.
//
// An [IoUringSqe] names memory by its address, in a number: the kernel uses it after the call has returned, and the
// garbage collector does not know of it. What an entry points to must be kept by a [runtime.Pinner] until its
// completion is there, or not be the collector's, as what [Mmap] returns.
func IoUringEnter(fd int, toSubmit, minComplete, flags uint32, sigmask *Sigset_t) (n int, err error) {
	return ioUringEnter(fd, toSubmit, minComplete, flags, unsafe.Pointer(sigmask), sigsetSize)
}

// IoUringEnterArg is [IoUringEnter] with IORING_ENTER_EXT_ARG, Linux 5.11: arg has a timeout, too, as a pointer to a
// [KernelTimespec], and Sigmask_sz must be 8 (16 on MIPS) where it has signals. ETIME says that the time is over.
func IoUringEnterArg(fd int, toSubmit, minComplete, flags uint32, arg *IoUringGeteventsArg) (n int, err error) {
	return ioUringEnter(fd, toSubmit, minComplete, flags|IORING_ENTER_EXT_ARG, unsafe.Pointer(arg), unsafe.Sizeof(*arg))
}

// IoUringEnterReg is [IoUringEnter] with IORING_ENTER_EXT_ARG_REG, Linux 6.12: an [IoUringRegWait] at an offset in the
// memory that was registered by IORING_REGISTER_MEM_REGION has the arguments.
func IoUringEnterReg(fd int, toSubmit, minComplete, flags uint32, offset uintptr) (n int, err error) {
	const flag = IORING_ENTER_EXT_ARG | IORING_ENTER_EXT_ARG_REG
	return ioUringEnterAt(fd, toSubmit, minComplete, flags|flag, offset, unsafe.Sizeof(IoUringRegWait{}))
}

// SetCmdOp stores the command of IORING_OP_URING_CMD, where Off is for others.
func (sqe *IoUringSqe) SetCmdOp(op uint32) {
	*(*[2]uint32)(unsafe.Pointer(&sqe.Off)) = [2]uint32{op}
}

// SetSockopt stores the level and the name of a socket's option, where Addr is for others.
func (sqe *IoUringSqe) SetSockopt(level, name uint32) {
	*(*[2]uint32)(unsafe.Pointer(&sqe.Addr)) = [2]uint32{level, name}
}

// IoSubmit is io_submit(2). n is how many of the operations it began. The kernel uses what Aio_buf points to until the
// operation has ended: see [IoUringEnter]. It has the operation's address in Obj of [IoEvent], so that what belongs to
// it is better found by Data.
func IoSubmit(ctx AioContext_t, iocbs []*Iocb) (n int, err error) {
	return ioSubmit(ctx, len(iocbs), unsafe.Pointer(unsafe.SliceData(iocbs)))
}

// IoCancel is io_cancel(2), of an operation by the address that it was submitted by, which a variable on a stack does
// not keep: pin it. EINPROGRESS says that it is being cancelled and its event comes by [IoGetevents], as for all that
// can be cancelled on Linux 4.18 and later.
func IoCancel(ctx AioContext_t, iocb *Iocb, result *IoEvent) error {
	return ioCancel(ctx, iocb, result)
}

// IoGetevents is io_getevents(2): it waits until at least min operations have ended, for a time if timeout is not nil.
// n is how many events there are. On architectures of 32 bits it takes Linux 5.1.
func IoGetevents(ctx AioContext_t, min int, events []IoEvent, timeout *KernelTimespec) (n int, err error) {
	return ioGetevents(ctx, min, len(events), unsafe.Pointer(unsafe.SliceData(events)), timeout)
}

// IoPgetevents is io_pgetevents(2), Linux 4.18 (5.1 on architectures of 32 bits): [IoGetevents] with a mask of signals
// for the time of the call, nil for the thread's own.
func IoPgetevents(ctx AioContext_t, min int, events []IoEvent, timeout *KernelTimespec, sigmask *Sigset_t) (n int,
	err error) {
	return ioPgetevents(ctx, min, len(events), unsafe.Pointer(unsafe.SliceData(events)), timeout,
		&sigsetAndSize{sigmask, sigsetSize})
}
