package unix_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"kern.sys/unix"
)

// ring is an io_uring, mapped.
type ring struct {
	fd             int
	sqTail         *uint32
	sqMask         uint32
	sqArray        []uint32
	sqes           []unix.IoUringSqe
	cqHead, cqTail *uint32
	cqMask         uint32
	cqes           []unix.IoUringCqe
}

func newRing(t *testing.T, flags uint32) *ring {
	t.Helper()
	p := unix.IoUringParams{Flags: flags}
	fd, err := unix.IoUringSetup(8, &p)
	if err == unix.EPERM {
		t.Skip("feature io_uring: kernel.io_uring_disabled is set")
	}
	need(t, "io_uring", "5.1", err)
	t.Cleanup(func() { ok(t, unix.Close(fd)) })
	if p.Sq_entries != 8 || p.Cq_entries != 16 {
		t.Fatalf("%+v", p)
	}
	mapped := func(offset int64, size uint32) unsafe.Pointer {
		b, err := unix.Mmap(fd, offset, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
		ok(t, err)
		t.Cleanup(func() { ok(t, unix.Munmap(b)) })
		return unsafe.Pointer(&b[0])
	}
	sq := mapped(unix.IORING_OFF_SQ_RING, p.Sq_off.Array+4*p.Sq_entries)
	cq := mapped(unix.IORING_OFF_CQ_RING, p.Cq_off.Cqes+unix.SizeofIoUringCqe*p.Cq_entries)
	word := func(ring unsafe.Pointer, offset uint32) *uint32 { return (*uint32)(unsafe.Add(ring, offset)) }
	return &ring{
		fd:     fd,
		sqTail: word(sq, p.Sq_off.Tail), sqMask: *word(sq, p.Sq_off.Ring_mask),
		sqArray: unsafe.Slice(word(sq, p.Sq_off.Array), p.Sq_entries),
		sqes: unsafe.Slice((*unix.IoUringSqe)(mapped(unix.IORING_OFF_SQES, unix.SizeofIoUringSqe*p.Sq_entries)),
			p.Sq_entries),
		cqHead: word(cq, p.Cq_off.Head), cqTail: word(cq, p.Cq_off.Tail), cqMask: *word(cq, p.Cq_off.Ring_mask),
		cqes: unsafe.Slice((*unix.IoUringCqe)(unsafe.Add(cq, p.Cq_off.Cqes)), p.Cq_entries),
	}
}

func (r *ring) push(sqe unix.IoUringSqe) {
	tail := atomic.LoadUint32(r.sqTail)
	i := tail & r.sqMask
	r.sqes[i], r.sqArray[i] = sqe, i
	atomic.StoreUint32(r.sqTail, tail+1)
}

// pop returns the next completion, if there is one.
func (r *ring) pop() (unix.IoUringCqe, bool) {
	head := atomic.LoadUint32(r.cqHead)
	if head == atomic.LoadUint32(r.cqTail) {
		return unix.IoUringCqe{}, false
	}
	cqe := r.cqes[head&r.cqMask]
	atomic.StoreUint32(r.cqHead, head+1)
	return cqe, true
}

// do submits one entry and returns its completion.
func (r *ring) do(t *testing.T, sqe unix.IoUringSqe) unix.IoUringCqe {
	t.Helper()
	r.push(sqe)
	if n, err := unix.IoUringEnter(r.fd, 1, 1, unix.IORING_ENTER_GETEVENTS, nil); n != 1 || err != nil {
		t.Fatalf("submitted %d, %v", n, err)
	}
	cqe, ok := r.pop()
	if !ok || cqe.User_data != sqe.User_data {
		t.Fatalf("completion %+v, %v", cqe, ok)
	}
	return cqe
}

func TestIoUring(t *testing.T) {
	r := newRing(t, 0)
	if cqe := r.do(t, unix.IoUringSqe{Opcode: unix.IORING_OP_NOP, User_data: 1<<63 | 17}); cqe.Res != 0 {
		t.Errorf("nothing to do: %+v", cqe)
	}
	if _, ok := r.pop(); ok {
		t.Error("a completion of nothing")
	}
	fd := opened(t, temp(t, "some text"), unix.O_RDONLY)
	var pin runtime.Pinner
	defer pin.Unpin()
	buf := make([]byte, 16)
	pin.Pin(&buf[0])
	read := unix.IoUringSqe{Opcode: unix.IORING_OP_READ, Fd: int32(fd), Addr: uint64(uintptr(unsafe.Pointer(&buf[0]))),
		Len: 16, Off: 5, User_data: 2}
	if cqe := r.do(t, read); cqe.Res == -int32(unix.EINVAL) {
		need(t, "IORING_OP_READ", "5.6", unix.EINVAL)
	} else if cqe.Res != 4 || string(buf[:4]) != "text" {
		t.Errorf("read %q: %+v", buf, cqe)
	}
	read.Fd = closed
	if cqe := r.do(t, read); cqe.Res != -int32(unix.EBADF) {
		t.Errorf("no descriptor: %+v", cqe)
	}
	_, err := unix.IoUringEnter(fd, 0, 0, 0, nil)
	fails(t, err, unix.EOPNOTSUPP)
	_, err = unix.IoUringSetup(8, &unix.IoUringParams{Flags: 1 << 31})
	fails(t, err, unix.EINVAL)
}

func TestIoUringTimeouts(t *testing.T) {
	r := newRing(t, 0)
	ts := unix.KernelTimespec{Nsec: 1_000_000}
	arg := unix.IoUringGeteventsArg{Sigmask_sz: unix.SigsetSize}
	arg.Ts.Ptr = (*byte)(ptr(&ts))
	arg.Sigmask.Ptr = (*byte)(ptr(&unix.Sigset_t{}))
	_, err := unix.IoUringEnterArg(r.fd, 0, 1, unix.IORING_ENTER_GETEVENTS, &arg)
	if err != unix.ETIME {
		need(t, "IORING_ENTER_EXT_ARG", "5.11", err)
		t.Error("nothing to wait for: no error")
	}
	arg.Sigmask_sz++
	_, err = unix.IoUringEnterArg(r.fd, 0, 1, unix.IORING_ENTER_GETEVENTS, &arg)
	fails(t, err, unix.EINVAL)
	r.push(unix.IoUringSqe{Opcode: unix.IORING_OP_NOP})
	if n, err := unix.IoUringEnter(r.fd, 1, 1, unix.IORING_ENTER_GETEVENTS, &unix.Sigset_t{}); n != 1 || err != nil {
		t.Errorf("with a mask of signals: %d, %v", n, err)
	}
}

func TestIoUringRegister(t *testing.T) {
	r := newRing(t, 0)
	var probe struct {
		head unix.IoUringProbe
		ops  [128]unix.IoUringProbeOp
	}
	_, err := unix.IoUringRegister(r.fd, unix.IORING_REGISTER_PROBE, ptr(&probe), 128)
	need(t, "IORING_REGISTER_PROBE", "5.6", err)
	if probe.head.Ops_len < 30 || probe.ops[unix.IORING_OP_READ].Op != unix.IORING_OP_READ ||
		probe.ops[unix.IORING_OP_READ].Flags != unix.IO_URING_OP_SUPPORTED {
		t.Errorf("%+v", probe.head)
	}

	sparse := unix.IoUringRsrcRegister{Nr: 4, Flags: unix.IORING_RSRC_REGISTER_SPARSE}
	_, err = unix.IoUringRegister(r.fd, unix.IORING_REGISTER_FILES2, ptr(&sparse), uint(unsafe.Sizeof(sparse)))
	need(t, "sparse tables of files", "5.19", err)
	fds := [2]int32{-1, int32(opened(t, temp(t, "text"), unix.O_RDONLY))}
	update := unix.IoUringFilesUpdate{Offset: 2}
	update.Fds.Ptr = (*byte)(ptr(&fds))
	if n, err := unix.IoUringRegister(r.fd, unix.IORING_REGISTER_FILES_UPDATE, ptr(&update), 2); n != 2 || err != nil {
		t.Fatalf("%d files, %v", n, err)
	}
	var pin runtime.Pinner
	defer pin.Unpin()
	buf := make([]byte, 4)
	pin.Pin(&buf[0])
	read := unix.IoUringSqe{Opcode: unix.IORING_OP_READ, Flags: unix.IOSQE_FIXED_FILE, Fd: 3,
		Addr: uint64(uintptr(unsafe.Pointer(&buf[0]))), Len: 4}
	if cqe := r.do(t, read); cqe.Res != 4 || string(buf) != "text" {
		t.Errorf("the fourth file has %q: %+v", buf, cqe)
	}
	read.Fd = 2
	if cqe := r.do(t, read); cqe.Res != -int32(unix.EBADF) {
		t.Errorf("the third: %+v", cqe)
	}
	_, err = unix.IoUringRegister(r.fd, 1<<20, nil, 0)
	fails(t, err, unix.EINVAL)
}

func TestIoUringSocketCommand(t *testing.T) {
	r := newRing(t, 0)
	fd, _ := pair(t, unix.SOCK_SEQPACKET)
	var pin runtime.Pinner
	defer pin.Unpin()
	value := new(int32)
	pin.Pin(value)
	sqe := unix.IoUringSqe{Opcode: unix.IORING_OP_URING_CMD, Fd: int32(fd), File_index: 4,
		Addr3: uint64(uintptr(unsafe.Pointer(value)))}
	sqe.SetCmdOp(unix.SOCKET_URING_OP_GETSOCKOPT)
	sqe.SetSockopt(unix.SOL_SOCKET, unix.SO_TYPE)
	cqe := r.do(t, sqe)
	if cqe.Res < 0 {
		need(t, "SOCKET_URING_OP_GETSOCKOPT", "6.7", fmt.Errorf("result %d", cqe.Res))
	}
	if cqe.Res != 4 || *value != unix.SOCK_SEQPACKET {
		t.Errorf("%+v, type %d", cqe, *value)
	}
}

func TestIoUringRegisteredWait(t *testing.T) {
	r := newRing(t, unix.IORING_SETUP_R_DISABLED)
	page, err := unix.Mmap(-1, 0, 1<<16, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	ok(t, err)
	defer unix.Munmap(page)
	desc := unix.IoUringRegionDesc{User_addr: uint64(uintptr(unsafe.Pointer(&page[0]))), Size: 1 << 16,
		Flags: unix.IORING_MEM_REGION_TYPE_USER}
	reg := unix.IoUringMemRegionReg{Flags: unix.IORING_MEM_REGION_REG_WAIT_ARG}
	reg.Region_uptr.Ptr = (*byte)(ptr(&desc))
	_, err = unix.IoUringRegister(r.fd, unix.IORING_REGISTER_MEM_REGION, ptr(&reg), 1)
	need(t, "IORING_REGISTER_MEM_REGION", "6.13", err)
	_, err = unix.IoUringRegister(r.fd, unix.IORING_REGISTER_ENABLE_RINGS, nil, 0)
	ok(t, err)
	wait := (*unix.IoUringRegWait)(unsafe.Pointer(&page[128]))
	wait.Ts.Nsec, wait.Flags = 1_000_000, unix.IORING_REG_WAIT_TS
	_, err = unix.IoUringEnterReg(r.fd, 0, 1, unix.IORING_ENTER_GETEVENTS, 128)
	fails(t, err, unix.ETIME)
	_, err = unix.IoUringEnterReg(r.fd, 0, 1, unix.IORING_ENTER_GETEVENTS, 1<<16)
	fails(t, err, unix.EFAULT)
}

// aio returns a context for asynchronous input and output.
func aio(t *testing.T) unix.AioContext_t {
	t.Helper()
	var ctx unix.AioContext_t
	need(t, "aio", "", unix.IoSetup(8, &ctx))
	t.Cleanup(func() { ok(t, unix.IoDestroy(ctx)) })
	return ctx
}

func TestAio(t *testing.T) {
	ctx := aio(t)
	fd := opened(t, temp(t, strings.Repeat("x", 10)+"text"), unix.O_RDONLY)
	var pin runtime.Pinner
	defer pin.Unpin()
	buf := make([]byte, 16)
	pin.Pin(&buf[0])
	read := &unix.Iocb{Data: 17, Lio_opcode: unix.IOCB_CMD_PREAD, Fildes: uint32(fd),
		Buf: uint64(uintptr(unsafe.Pointer(&buf[0]))), Nbytes: 16, Offset: 10}
	bad := &unix.Iocb{Lio_opcode: unix.IOCB_CMD_PREAD, Fildes: closed}
	if n, err := unix.IoSubmit(ctx, []*unix.Iocb{read, bad}); n != 1 || err != nil {
		t.Fatalf("began %d, %v", n, err)
	}
	_, err := unix.IoSubmit(ctx, []*unix.Iocb{bad})
	fails(t, err, unix.EBADF)
	events := make([]unix.IoEvent, 2)
	if n, err := unix.IoGetevents(ctx, 1, events, nil); n != 1 || err != nil {
		t.Fatalf("%d events, %v", n, err)
	}
	if e := events[0]; e.Data != 17 || e.Res != 4 || string(buf[:4]) != "text" {
		t.Errorf("%+v, %q", e, buf)
	}
	began, n := time.Now(), 0
	err = unix.IgnoringEINTR(func() (err error) {
		n, err = unix.IoGetevents(ctx, 1, events, &unix.KernelTimespec{Nsec: 1_000_000})
		return err
	})
	if n != 0 || err != nil || time.Since(began) < time.Millisecond {
		t.Errorf("no more: %d, %v after %v", n, err, time.Since(began))
	}
	for _, mask := range []*unix.Sigset_t{nil, {}} {
		began := time.Now()
		err := unix.IgnoringEINTR(func() (err error) {
			n, err = unix.IoPgetevents(ctx, 1, events, &unix.KernelTimespec{Nsec: 1_000_000}, mask)
			return err
		})
		need(t, "io_pgetevents", "4.18", err)
		if n != 0 || time.Since(began) < time.Millisecond {
			t.Errorf("no more, with a mask: %d after %v", n, time.Since(began))
		}
	}
	_, err = unix.IoGetevents(ctx+1, 0, events, &unix.KernelTimespec{})
	fails(t, err, unix.EINVAL)
	fails(t, unix.IoDestroy(ctx+1), unix.EINVAL)
}

func TestAioCancel(t *testing.T) {
	ctx := aio(t)
	fd, other := pair(t, unix.SOCK_STREAM)
	poll := &unix.Iocb{Data: 18, Lio_opcode: unix.IOCB_CMD_POLL, Fildes: uint32(fd), Buf: unix.POLLIN}
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(poll)
	if _, err := unix.IoSubmit(ctx, []*unix.Iocb{poll}); err != nil {
		need(t, "IOCB_CMD_POLL", "4.18", err)
	}
	var result unix.IoEvent
	fails(t, unix.IoCancel(ctx, poll, &result), unix.EINPROGRESS)
	events := make([]unix.IoEvent, 1)
	if n, err := unix.IoGetevents(ctx, 1, events, nil); n != 1 || err != nil || events[0].Data != 18 ||
		events[0].Res != 0 {
		t.Errorf("%d events, %v, %+v", n, err, events)
	}
	fails(t, unix.IoCancel(ctx, poll, &result), unix.EINVAL) // it is over
	if _, err := unix.IoSubmit(ctx, []*unix.Iocb{poll}); err != nil {
		t.Fatal(err)
	}
	_, err := unix.Write(other, []byte{1})
	ok(t, err)
	if n, err := unix.IoGetevents(ctx, 1, events, nil); n != 1 || err != nil || events[0].Res&unix.POLLIN == 0 {
		t.Errorf("a byte to read: %d, %v, %+v", n, err, events)
	}
}
