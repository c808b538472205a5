// The kernel orders what the two threads do, which the race detector does not see.

//go:build !race

package unix_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

// answering calls f on a thread whose calls of ioctl are not the kernel's to answer: of each, number and the memory
// at its argument are passed to answer, which returns what to store there.
func answering(t *testing.T, answer func(req uint, memory []byte) []byte, f func()) {
	t.Helper()
	var listener int
	var err error
	started, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		program := filter(unix.SYS_IOCTL, unix.SECCOMP_RET_USER_NOTIF)
		listener, err = install(program, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER)
		close(started)
		if err == nil {
			f()
		}
	}()
	<-started
	if err == unix.EBUSY {
		t.Skip("feature seccomp listener: the process has one already")
	}
	need(t, "seccomp listeners", "5.0", err)
	defer func() { ok(t, unix.Close(listener)) }()
	for {
		fds := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
		ok(t, unix.IgnoringEINTR(func() error { _, err := unix.Poll(fds, 60_000); return err }))
		if fds[0].Revents&unix.POLLIN == 0 { // the thread has ended
			<-done
			return
		}
		var req unix.SeccompNotif
		if err := unix.IoctlSeccompNotifRecv(listener, &req); err == unix.ENOENT || err == unix.EINTR {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		resp := unix.SeccompNotifResp{Id: req.Id}
		if err := exchange(uint(req.Data.Args[1]), uintptr(req.Data.Args[2]), answer); err != nil {
			resp.Error = -int32(err.(unix.Errno))
		}
		ok(t, unix.IoctlSeccompNotifSend(listener, &resp))
	}
}

// exchange reads at most 512 bytes of the memory of a call, and stores the answer. It does so through
// the kernel: it sees the end of memory.
func exchange(req uint, addr uintptr, answer func(req uint, memory []byte) []byte) error {
	memory := make([]byte, 512)
	there := 0
	for _, size := range []int{512, 256, 128, 64, 40, 16, 8, 4, 2, 1} {
		remote := []unix.RemoteIovec{{Base: addr, Len: size}}
		n, err := unix.ProcessVMReadv(os.Getpid(), []unix.Iovec{iovec(memory[:size])}, remote, 0)
		if err == nil && n == size {
			there = n
			break
		}
	}
	out := answer(req, memory[:there])
	if len(out) == 0 {
		return nil
	}
	remote := []unix.RemoteIovec{{Base: addr, Len: len(out)}}
	if n, err := unix.ProcessVMWritev(os.Getpid(), []unix.Iovec{iovec(out)}, remote, 0); err != nil || n != len(out) {
		return unix.EFAULT
	}
	return nil
}

func iovec(b []byte) (v unix.Iovec) {
	v.Set(b)
	return v
}

// cLong returns a C long.
func cLong(v int64) any {
	if unsafe.Sizeof(uintptr(0)) == 4 {
		return int32(v)
	}
	return v
}

// numbers are requests and the largest, or the most negative, number that the kernel stores for them, in the type
// that its source has.
var numbers = []struct {
	name   string
	req    uint
	stored any
}{
	{"FIONREAD", unix.FIONREAD, int32(0x7fffffff)},
	{"FIONREAD", unix.FIONREAD, int32(-2)},
	{"TIOCOUTQ", unix.TIOCOUTQ, int32(0x7fffffff)},
	{"FIOGETOWN", unix.FIOGETOWN, int32(-12345)}, // a process group
	{"TIOCGPTN", unix.TIOCGPTN, uint32(0x7fffffff)},
	{"RNDGETENTCNT", unix.RNDGETENTCNT, int32(256)},
	{"FIOQSIZE", unix.FIOQSIZE, int64(1) << 50},
	{"BLKROGET", unix.BLKROGET, int32(1)},
	{"BLKGETSIZE", unix.BLKGETSIZE, cLong(0x7ffffffffffffff)},
	{"BLKGETSIZE64", unix.BLKGETSIZE64, int64(20) << 30},
	{"BLKGETSIZE64", unix.BLKGETSIZE64, int64(1)<<62 + 12345},
	{"BLKGETDISKSEQ", unix.BLKGETDISKSEQ, int64(1)<<33 + 5},
	{"BLKRAGET", unix.BLKRAGET, cLong(256)},
	{"BLKFRAGET", unix.BLKFRAGET, cLong(1 << 40)},
	{"BLKSECTGET", unix.BLKSECTGET, uint16(0xffff)},
	{"BLKROTATIONAL", unix.BLKROTATIONAL, uint16(1)},
	{"BLKBSZGET", unix.BLKBSZGET, int32(4096)},
	{"BLKSSZGET", unix.BLKSSZGET, int32(512)},
	{"BLKIOOPT", unix.BLKIOOPT, uint32(0x7fffffff)},
	{"RTC_IRQP_READ", unix.RTC_IRQP_READ, cLong(8192)},
	{"RTC_EPOCH_READ", unix.RTC_EPOCH_READ, cLong(1 << 40)},
	{"CDROM_LAST_WRITTEN", unix.CDROM_LAST_WRITTEN, cLong(0x12345678)},
	{"CDROM_NEXT_WRITABLE", unix.CDROM_NEXT_WRITABLE, cLong(0x12345678)},
	{"I2C_FUNCS", unix.I2C_FUNCS, cLong(0x7eff0009)},
	{"HDIO_GET_32BIT", unix.HDIO_GET_32BIT, cLong(1)},
	{"PERF_EVENT_IOC_ID", unix.PERF_EVENT_IOC_ID, int64(1)<<40 + 7},
	{"PPS_GETCAP", unix.PPS_GETCAP, int32(0x1133)},
	{"NS_GET_ID", unix.NS_GET_ID, int64(1)<<40 + 9},
	{"NS_GET_OWNER_UID", unix.NS_GET_OWNER_UID, uint32(0xfffffffe)},
	{"FS_IOC_GETFLAGS", unix.FS_IOC_GETFLAGS, uint32(0x80080010)},
	{"FS_IOC_GETVERSION", unix.FS_IOC_GETVERSION, uint32(0xfedcba98)},
	{"EXT4_IOC_GETVERSION", unix.EXT4_IOC_GETVERSION, uint32(0xfedcba98)},
	{"PMU_IOC_GET_BACKLIGHT", unix.PMU_IOC_GET_BACKLIGHT, uint32(9)},
	{"KDGKBTYPE", unix.KDGKBTYPE, uint8(2)},
	{"KDGETLED", unix.KDGETLED, uint8(0xff)},
	{"PPPIOCGFLAGS", unix.PPPIOCGFLAGS, int32(0x7fffffff)},
	{"WDIOC_GETTIMEOUT", unix.WDIOC_GETTIMEOUT, int32(30)},
	{"_IOR('x', 1, __u8)", unix.RTC_VL_READ - 3<<unix.IOC_SIZESHIFT, uint8(0xff)},
	{"_IOR('x', 1, __u16)", unix.RTC_VL_READ - 2<<unix.IOC_SIZESHIFT, uint16(0xffff)},
}

// wanted is what the functions make of a stored number, and whether it fits.
type wanted struct {
	i       int
	fitsInt bool
	u32     uint32
	fits32  bool
	u64     uint64
}

func wants(stored any) wanted {
	switch v := stored.(type) {
	case uint8:
		return wanted{int(v), true, uint32(v), true, uint64(v)}
	case uint16:
		return wanted{int(v), true, uint32(v), true, uint64(v)}
	case uint32: // of 32 bits, a Go int has them as they are
		return wanted{int(v), true, v, true, uint64(v)}
	case int32:
		return wanted{int(v), true, uint32(v), true, uint64(uint32(v))}
	}
	v := stored.(int64)
	return wanted{int(v), v == int64(int(v)), uint32(v), v == int64(uint32(v)), uint64(v)}
}

// TestIoctlNumbers stores what the kernel stores for each request into the memory that the functions give it.
func TestIoctlNumbers(t *testing.T) {
	onKernel(t, "seccomp listeners")
	next := 0
	answer := func(req uint, memory []byte) []byte {
		if req != numbers[next].req {
			t.Errorf("request %#x, want %s", req, numbers[next].name)
		}
		if len(memory) < 8 || strings.Trim(string(memory[:8]), "\x00") != "" {
			t.Errorf("%s finds %x, want 8 zeros", numbers[next].name, memory)
		}
		return native(numbers[next].stored)
	}
	answering(t, answer, func() {
		for i, n := range numbers {
			next = i
			want := wants(n.stored)
			v, err := unix.IoctlGetInt(3, n.req)
			compare(t, "IoctlGetInt of "+n.name, v, err, want.i, want.fitsInt)
			v32, err := unix.IoctlGetUint32(3, n.req)
			compare(t, "IoctlGetUint32 of "+n.name, v32, err, want.u32, want.fits32)
			v64, err := unix.IoctlGetUint64(3, n.req)
			compare(t, "IoctlGetUint64 of "+n.name, v64, err, want.u64, true)
			// The memory itself, in front of what cannot be written.
			room := (unix.IoctlRoom(n.req) + 7) / 8 * 8
			if _, err := unix.IoctlNumberIn(3, n.req, 0, bytesAtEnd(t, room)); err != nil {
				t.Errorf("%s: %d bytes: %v", n.name, room, err)
			}
		}
	})
}

// TestIoctlNumbersOfOrder is TestIoctlNumbers without a thread's filter, which no emulator has, and so for machines
// of the other order of bytes: the number in memory is what a program put there, as no request is made on a closed
// descriptor.
func TestIoctlNumbersOfOrder(t *testing.T) {
	for _, n := range numbers {
		want, err := strconv.ParseInt(fmt.Sprint(n.stored), 10, 64)
		ok(t, err)
		at := bytesAtEnd(t, 8)
		got, err := unix.IoctlNumberIn(closed, n.req, want, at)
		if err != unix.EBADF && !emulated() || err == nil { // an emulator says so of what it does not know
			t.Errorf("%s: %v", n.name, err)
		}
		b := native(n.stored)
		if in := unsafe.Slice((*byte)(at), len(b)); string(in) != string(b) {
			t.Errorf("%s reads %x, want %x", n.name, in, b)
		}
		if got != want {
			t.Errorf("%s: %#x of %T %#[3]x", n.name, got, n.stored)
		}
	}
}

// TestIoctlRoom stores as much as a request does that has more than a number, in memory right in front of what cannot
// be written.
func TestIoctlRoom(t *testing.T) {
	onKernel(t, "seccomp listeners")
	ifreq := int(unsafe.Sizeof(unix.Ifreq{}))
	for req, size := range map[uint]int{
		unix.FS_IOC_GETFSLABEL: 256, unix.PTP_CLOCK_GETCAPS: 80, unix.SIOCGSTAMP_NEW: 16, unix.LOOP_GET_STATUS64: 8,
		unix.PPS_GETPARAMS: int(unsafe.Sizeof(unix.PPSKParams{})), unix.PPS_FETCH: int(unsafe.Sizeof(unix.PPSFData{})),
		unix.TUNGETIFF: ifreq, unix.TUNSETIFF: ifreq, unix.TUNSETQUEUE: ifreq,
		// These are older than sizes: HDIO_GET_IDENTITY, GIO_FONT, KDGKBDIACRUC, CDROMREADALL.
		unix.HDIO_GET_IDENTITY: 512, 0x4b60: 8192, 0x4bfa: 4 + 12*256, 0x5318: 2646,
	} {
		calls := 0
		answering(t, func(uint, []byte) []byte {
			calls++
			return make([]byte, size)
		}, func() {
			at := bytesAtEnd(t, (unix.IoctlRoom(req)+7)/8*8)
			if _, err := unix.IoctlNumberIn(3, req, 0, at); err != nil {
				t.Errorf("%#x stores %d bytes: %v", req, size, err)
			}
			_, err := unix.IoctlGetInt(3, req)
			if err != nil {
				t.Error(err)
			}
		})
		if calls != 2 {
			t.Errorf("%#x: %d calls", req, calls)
		}
	}
}

// TestIoctlSetReads looks at what requests read.
func TestIoctlSetReads(t *testing.T) {
	onKernel(t, "seccomp listeners")
	var memory []byte
	answer := func(_ uint, m []byte) []byte {
		memory = m
		return nil
	}
	answering(t, answer, func() {
		for _, c := range []struct {
			name  string
			req   uint
			value int
			want  any
		}{
			{"FIONBIO", unix.FIONBIO, -1, int32(-1)},
			{"BLKBSZSET", unix.BLKBSZSET, 4096, int32(4096)},
			{"FS_IOC_SETFLAGS", unix.FS_IOC_SETFLAGS, 0x10, int32(0x10)},
			{"PERF_EVENT_IOC_PERIOD", unix.PERF_EVENT_IOC_PERIOD, 0x12345678, int64(0x12345678)},
			{"PERF_EVENT_IOC_PERIOD", unix.PERF_EVENT_IOC_PERIOD, -2, int64(-2)},
		} {
			err := unix.IoctlSetPointerInt(3, c.req, c.value)
			if want := native(c.want); err != nil || len(memory) < 8 || string(memory[:len(want)]) != string(want) {
				t.Errorf("%s reads %x, want %x (%v)", c.name, memory, want, err)
			}
		}
		// A label has 256 bytes for the kernel, however short it is.
		err := unix.IoctlSetString(3, unix.FS_IOC_SETFSLABEL, "label")
		if err != nil || len(memory) < 256 || string(memory[:256]) != "label"+strings.Repeat("\x00", 251) {
			t.Errorf("the kernel reads %q, %v", memory, err)
		}
	})
}

// sizes are the structures of functions for one request each; TestRequestsHaveTheirSize finds all functions Ioctl…
// here.
var sizes = map[string]struct {
	req  uint
	size uintptr
}{
	"IoctlPidfdInfo":            {unix.PIDFD_GET_INFO, unsafe.Sizeof(unix.PidfdInfo{})},
	"IoctlGetRTCTime":           {unix.RTC_RD_TIME, unsafe.Sizeof(unix.RTCTime{})},
	"IoctlSetRTCTime":           {unix.RTC_SET_TIME, unsafe.Sizeof(unix.RTCTime{})},
	"IoctlGetRTCWkAlrm":         {unix.RTC_WKALM_RD, unsafe.Sizeof(unix.RTCWkAlrm{})},
	"IoctlSetRTCWkAlrm":         {unix.RTC_WKALM_SET, unsafe.Sizeof(unix.RTCWkAlrm{})},
	"IoctlGetWatchdogInfo":      {unix.WDIOC_GETSUPPORT, unsafe.Sizeof(unix.WatchdogInfo{})},
	"IoctlHIDGetDesc":           {unix.HIDIOCGRDESC, unsafe.Sizeof(unix.HIDRawReportDescriptor{})},
	"IoctlHIDGetRawInfo":        {unix.HIDIOCGRAWINFO, unsafe.Sizeof(unix.HIDRawDevInfo{})},
	"IoctlPtpClockGetcaps":      {unix.PTP_CLOCK_GETCAPS2, unsafe.Sizeof(unix.PtpClockCaps{})},
	"IoctlPtpSysOffsetPrecise":  {unix.PTP_SYS_OFFSET_PRECISE2, unsafe.Sizeof(unix.PtpSysOffsetPrecise{})},
	"IoctlPtpSysOffsetExtended": {unix.PTP_SYS_OFFSET_EXTENDED2, unsafe.Sizeof(unix.PtpSysOffsetExtended{})},
	"IoctlPtpPinGetfunc":        {unix.PTP_PIN_GETFUNC2, unsafe.Sizeof(unix.PtpPinDesc{})},
	"IoctlPtpPinSetfunc":        {unix.PTP_PIN_SETFUNC2, unsafe.Sizeof(unix.PtpPinDesc{})},
	"IoctlPtpPeroutRequest":     {unix.PTP_PEROUT_REQUEST2, unsafe.Sizeof(unix.PtpPeroutRequest{})},
	"IoctlPtpExttsRequest":      {unix.PTP_EXTTS_REQUEST2, unsafe.Sizeof(unix.PtpExttsRequest{})},
	"IoctlFileCloneRange":       {unix.FICLONERANGE, unsafe.Sizeof(unix.FileCloneRange{})},
	"IoctlFileDedupeRange":      {unix.FIDEDUPERANGE, unsafe.Sizeof(unix.RawFileDedupeRange{})},
	"IoctlUffdioApi":            {unix.UFFDIO_API, unsafe.Sizeof(unix.UffdioApi{})},
	"IoctlUffdioRegister":       {unix.UFFDIO_REGISTER, unsafe.Sizeof(unix.UffdioRegister{})},
	"IoctlUffdioUnregister":     {unix.UFFDIO_UNREGISTER, unsafe.Sizeof(unix.UffdioRange{})},
	"IoctlUffdioWake":           {unix.UFFDIO_WAKE, unsafe.Sizeof(unix.UffdioRange{})},
	"IoctlUffdioCopy":           {unix.UFFDIO_COPY, unsafe.Sizeof(unix.UffdioCopy{})},
	"IoctlUffdioZeropage":       {unix.UFFDIO_ZEROPAGE, unsafe.Sizeof(unix.UffdioZeropage{})},
	"IoctlUffdioWriteprotect":   {unix.UFFDIO_WRITEPROTECT, unsafe.Sizeof(unix.UffdioWriteprotect{})},
	"IoctlUffdioContinue":       {unix.UFFDIO_CONTINUE, unsafe.Sizeof(unix.UffdioContinue{})},
	"IoctlUffdioPoison":         {unix.UFFDIO_POISON, unsafe.Sizeof(unix.UffdioPoison{})},
	"IoctlUffdioMove":           {unix.UFFDIO_MOVE, unsafe.Sizeof(unix.UffdioMove{})},
	"IoctlUffdioRwprotect":      {unix.UFFDIO_RWPROTECT, unsafe.Sizeof(unix.UffdioRwprotect{})},
	"IoctlUffdioSetMode":        {unix.UFFDIO_SET_MODE, unsafe.Sizeof(unix.UffdioSetMode{})},
	"IoctlSeccompNotifRecv":     {unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Sizeof(unix.SeccompNotif{})},
	"IoctlSeccompNotifSend":     {unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Sizeof(unix.SeccompNotifResp{})},
	"IoctlSeccompNotifIdValid":  {unix.SECCOMP_IOCTL_NOTIF_ID_VALID, 8},
	"IoctlSeccompNotifAddfd":    {unix.SECCOMP_IOCTL_NOTIF_ADDFD, unsafe.Sizeof(unix.SeccompNotifAddfd{})},
}

// unsized says of all other functions Ioctl… why they have room for what the kernel stores.
var unsized = map[string]string{
	"IoctlFileClone":            "without memory",
	"IoctlGetEthtoolDrvinfo":    "the command is one of the structure",
	"IoctlGetEthtoolTsInfo":     "the command is one of the structure",
	"IoctlGetHwTstamp":          "a structure that is as it began",
	"IoctlGetInt":               "TestIoctlNumbers",
	"IoctlGetTermios":           "TestTerminalsHaveRoom",
	"IoctlGetUint32":            "TestIoctlNumbers",
	"IoctlGetUint64":            "TestIoctlNumbers",
	"IoctlGetWinsize":           "TestTerminalsHaveRoom",
	"IoctlHIDGetRawName":        "the request is made for the buffer",
	"IoctlHIDGetRawPhys":        "the request is made for the buffer",
	"IoctlHIDGetRawUniq":        "the request is made for the buffer",
	"IoctlIfreq":                "the union is as large as its largest part",
	"IoctlKCMAttach":            "read",
	"IoctlKCMClone":             "an int",
	"IoctlKCMUnattach":          "read",
	"IoctlLoopConfigure":        "read",
	"IoctlLoopGetStatus64":      "TestLoopDevice",
	"IoctlLoopSetStatus64":      "read",
	"IoctlRetInt":               "without memory",
	"IoctlSeccompNotifSetFlags": "without memory",
	"IoctlSetHwTstamp":          "a structure that is as it began",
	"IoctlSetInt":               "without memory",
	"IoctlSetPointerInt":        "TestIoctlSetReads",
	"IoctlSetString":            "TestIoctlSetReads",
	"IoctlSetTermios":           "read",
	"IoctlSetWinsize":           "read",
	"IoctlWatchdogKeepalive":    "without memory",
}

func TestRequestsHaveTheirSize(t *testing.T) {
	for name, s := range sizes {
		if got := unix.IoctlSize(s.req); uintptr(got) != s.size {
			t.Errorf("%s: the kernel has %d bytes, the Go type %d", name, got, s.size)
		}
	}
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		for _, name := range exportedFunctions(s.file) {
			if _, sized := sizes[name]; strings.HasPrefix(name, "Ioctl") && sized == (unsized[name] != "") {
				t.Errorf("%s is in no list of requests and their memory, or in both", name)
			}
		}
	}
}

// TestTerminalsHaveRoom has a terminal store what it has right in front of memory that cannot be written.
func TestTerminalsHaveRoom(t *testing.T) {
	master, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		nstest.Need(t, "pseudo-terminals", "", err)
	}
	ok(t, err)
	defer unix.Close(master)
	// TCGETS2, which not all architectures have, is _IOR('T', 0x2a, struct termios2), and TIOCGPTN _IOR('T', 0x30,
	// unsigned int).
	tcgets2 := unix.TIOCGPTN&^uint(unix.IOC_SIZEMASK<<unix.IOC_SIZESHIFT|0xff) | 0x2a
	tcgets2 |= uint(unsafe.Sizeof(unix.Termios{})) << unix.IOC_SIZESHIFT
	for _, req := range []uint{unix.TCGETS, unix.TIOCGLCKTRMIOS, tcgets2} {
		err := unix.IoctlSetTermios(master, req, atEnd[unix.Termios](t)) // the function that is given its memory
		if err == unix.ENOTTY && req == tcgets2 || req != unix.TCGETS && emulated() {
			continue
		}
		ok(t, err)
	}
	ok(t, unix.IoctlSetWinsize(master, unix.TIOCGWINSZ, atEnd[unix.Winsize](t)))
}

func TestIoctlOfPerf(t *testing.T) {
	onKernel(t, "perf events")
	attr := unix.PerfEventAttr{Type: unix.PERF_TYPE_SOFTWARE, Config: unix.PERF_COUNT_SW_TASK_CLOCK, Sample: 1_000_000,
		Size: uint32(unsafe.Sizeof(unix.PerfEventAttr{})), Bits: unix.PerfBitExcludeKernel | unix.PerfBitDisabled}
	fd, err := unix.PerfEventOpen(&attr, 0, -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err == unix.EACCES {
		nstest.Need(t, "perf events", "", unix.EPERM)
	}
	need(t, "perf events", "", err)
	defer unix.Close(fd)
	n, err := unix.IoctlGetInt(fd, unix.PERF_EVENT_IOC_ID)
	if n == 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	wide, err := unix.IoctlGetUint64(fd, unix.PERF_EVENT_IOC_ID)
	if wide != uint64(n) || err != nil {
		t.Errorf("%d, %d, %v", wide, n, err)
	}
	if id, err := unix.IoctlNumberIn(fd, unix.PERF_EVENT_IOC_ID, 0, bytesAtEnd(t, 8)); id != int64(n) || err != nil {
		t.Errorf("%d, %d, %v", id, n, err)
	}
	ok(t, unix.IoctlSetPointerInt(fd, unix.PERF_EVENT_IOC_PERIOD, 12345))
}

// TestFileFlags asks for what has the size of a long in its number and is an int.
func TestFileFlags(t *testing.T) {
	fd := opened(t, temp(t, "text"), unix.O_RDWR)
	n, err := unix.IoctlGetInt(fd, unix.FS_IOC_GETFLAGS)
	if err != nil {
		nstest.Need(t, "attributes of files in the temporary folder", "", unix.ENOSYS)
	}
	ok(t, unix.IoctlSetPointerInt(fd, unix.FS_IOC_SETFLAGS, n|unix.FS_NODUMP_FL))
	again, err := unix.IoctlGetInt(fd, unix.FS_IOC_GETFLAGS)
	if again != n|unix.FS_NODUMP_FL || err != nil {
		t.Errorf("%#x, %v; want nodump beside %#x", again, err, n)
	}
	if v, err := unix.IoctlGetUint32(fd, unix.FS_IOC_GETFLAGS); int(v) != again || err != nil {
		t.Errorf("%#x, %v", v, err)
	}
}

func TestIoctlOfPipe(t *testing.T) {
	var p [2]int
	ok(t, unix.Pipe2(p[:], unix.O_CLOEXEC))
	defer func() { _, _ = unix.Close(p[0]), unix.Close(p[1]) }()
	_, err := unix.Write(p[1], make([]byte, 0x123))
	ok(t, err)
	n, err := unix.IoctlGetInt(p[0], unix.FIONREAD)
	n32, err2 := unix.IoctlGetUint32(p[0], unix.FIONREAD)
	n64, err3 := unix.IoctlGetUint64(p[0], unix.FIONREAD)
	if n != 0x123 || n32 != 0x123 || n64 != 0x123 || err != nil || err2 != nil || err3 != nil {
		t.Errorf("%#x %v, %#x %v, %#x %v", n, err, n32, err2, n64, err3)
	}
	ok(t, unix.IoctlSetPointerInt(p[0], unix.FIONBIO, 1))
	if flags, err := unix.FcntlInt(uintptr(p[0]), unix.F_GETFL, 0); flags&unix.O_NONBLOCK == 0 || err != nil {
		t.Errorf("%#x, %v", flags, err)
	}
}

// loopDevice returns a block device of a sparse file of the given size, and its name.
func loopDevice(t *testing.T, size int64) (fd int, name string) {
	t.Helper()
	onKernel(t, "loop devices")
	if !capable(t, unix.CAP_SYS_ADMIN) {
		nstest.Need(t, "loop devices", "", unix.EPERM)
	}
	control, err := unix.Open("/dev/loop-control", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("feature loop devices: %v", err)
	}
	defer unix.Close(control)
	file := opened(t, temp(t, ""), unix.O_RDWR)
	ok(t, unix.Ftruncate(file, size))
	for range 20 {
		n, err := unix.IoctlRetInt(control, unix.LOOP_CTL_GET_FREE)
		ok(t, err)
		name = fmt.Sprintf("loop%d", n)
		dev, err := unix.Open("/dev/"+name, unix.O_RDWR|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Skipf("feature loop devices: %v", err)
		}
		info := unix.LoopInfo64{Flags: unix.LO_FLAGS_AUTOCLEAR}
		err = unix.IoctlLoopConfigure(dev, &unix.LoopConfig{Fd: uint32(file), Info: info})
		if err == nil {
			t.Cleanup(func() { ok(t, unix.Close(dev)) })
			return dev, name
		}
		ok(t, unix.Close(dev))
		if err != unix.EBUSY { // another one was faster
			need(t, "LOOP_CONFIGURE", "5.8", err)
		}
	}
	t.Fatal("no loop device stays free")
	return -1, ""
}

// TestLoopDevice asks a block device of 20 GiB for its numbers, and the kernel by other ways.
func TestLoopDevice(t *testing.T) {
	const size = 20 << 30
	dev, name := loopDevice(t, size)
	sys := func(file string) string {
		b, err := os.ReadFile(filepath.Join("/sys/block", name, file))
		ok(t, err)
		return strings.TrimSpace(string(b))
	}
	for _, c := range []struct {
		name string
		req  uint
		want int64
	}{
		{"BLKGETSIZE64", unix.BLKGETSIZE64, size},
		{"BLKGETSIZE", unix.BLKGETSIZE, size / 512},
		{"BLKSSZGET", unix.BLKSSZGET, atoi(t, sys("queue/logical_block_size"))},
		{"BLKPBSZGET", unix.BLKPBSZGET, atoi(t, sys("queue/physical_block_size"))},
		{"BLKIOMIN", unix.BLKIOMIN, atoi(t, sys("queue/minimum_io_size"))},
		{"BLKROTATIONAL", unix.BLKROTATIONAL, atoi(t, sys("queue/rotational"))},
		{"BLKRAGET", unix.BLKRAGET, 2 * atoi(t, sys("queue/read_ahead_kb"))},
		{"BLKROGET", unix.BLKROGET, 0},
	} {
		v, err := unix.IoctlGetInt(dev, c.req)
		compare(t, "IoctlGetInt of "+c.name, v, err, int(c.want), int64(int(c.want)) == c.want)
		v64, err := unix.IoctlGetUint64(dev, c.req)
		compare(t, "IoctlGetUint64 of "+c.name, v64, err, uint64(c.want), true)
		if v, err := unix.IoctlNumberIn(dev, c.req, 0, bytesAtEnd(t, 8)); v != c.want || err != nil {
			t.Errorf("%s: %d, %v in front of memory that cannot be written", c.name, v, err)
		}
	}
	seq, err := unix.IoctlGetUint64(dev, unix.BLKGETDISKSEQ) // Linux 5.15
	if err != unix.ENOTTY && (err != nil || fmt.Sprint(seq) != sys("diskseq")) {
		t.Errorf("BLKGETDISKSEQ: %d, %v; want %s", seq, err, sys("diskseq"))
	}
	block, err := unix.IoctlGetInt(dev, unix.BLKBSZGET)
	if block < 512 || block&(block-1) != 0 || err != nil {
		t.Errorf("BLKBSZGET: %d, %v", block, err)
	}
	info, err := unix.IoctlLoopGetStatus64(dev)
	if err != nil || info.Flags&unix.LO_FLAGS_AUTOCLEAR == 0 {
		t.Errorf("%+v, %v", info, err)
	}
	_, err = unix.IoctlPtrAt(dev, unix.LOOP_GET_STATUS64, unsafe.Pointer(atEnd[unix.LoopInfo64](t)))
	ok(t, err)
}

func atoi(t testing.TB, s string) (n int64) {
	t.Helper()
	_, err := fmt.Sscan(s, &n)
	ok(t, err)
	return n
}
