package unix_test

import (
	"fmt"
	"os"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

func TestTerminal(t *testing.T) {
	master, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		nstest.Need(t, "pseudo-terminals", "", err)
	}
	ok(t, err)
	defer unix.Close(master)
	ok(t, unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetUint32(master, unix.TIOCGPTN)
	ok(t, err)
	n2, err := unix.IoctlGetInt(master, unix.TIOCGPTN)
	if n2 != int(n) || err != nil {
		t.Errorf("%d, %d, %v", n, n2, err)
	}
	tty := opened(t, fmt.Sprintf("/dev/pts/%d", n), unix.O_RDWR|unix.O_NOCTTY)
	want := unix.Winsize{Row: 11, Col: 22, Xpixel: 33, Ypixel: 44}
	ok(t, unix.IoctlSetWinsize(master, unix.TIOCSWINSZ, &want))
	got, err := unix.IoctlGetWinsize(tty, unix.TIOCGWINSZ)
	if err != nil || *got != want {
		t.Errorf("%+v, %v", got, err)
	}
	tio, err := unix.IoctlGetTermios(tty, unix.TCGETS)
	ok(t, err)
	if tio.Lflag&unix.ECHO == 0 || tio.Cc[unix.VINTR] != 3 {
		t.Errorf("%+v", tio)
	}
	tio.Lflag &^= unix.ECHO
	ok(t, unix.IoctlSetTermios(tty, unix.TCSETS, tio))
	again, err := unix.IoctlGetTermios(tty, unix.TCGETS)
	if err != nil || *again != *tio {
		t.Errorf("%+v, %v; want %+v", again, err, tio)
	}
	if _, err := unix.IoctlRetInt(tty, unix.TIOCEXCL); err != nil {
		t.Error(err)
	}
	ok(t, unix.IoctlSetInt(tty, unix.TCSBRK, 1))
	_, err = unix.IoctlGetTermios(opened(t, "/dev/null", unix.O_RDONLY), unix.TCGETS)
	fails(t, err, unix.ENOTTY)
}

func TestIfreq(t *testing.T) {
	s := socket(t, unix.AF_INET, unix.SOCK_DGRAM, 0)
	ifr, err := unix.NewIfreq("lo")
	ok(t, err)
	if ifr.Name() != "lo" {
		t.Errorf("%q", ifr.Name())
	}
	ok(t, unix.IoctlIfreq(s, unix.SIOCGIFINDEX, ifr))
	if ifr.Uint32() != 1 {
		t.Errorf("index %d", ifr.Uint32())
	}
	ok(t, unix.IoctlIfreq(s, unix.SIOCGIFFLAGS, ifr))
	if ifr.Uint16()&unix.IFF_LOOPBACK == 0 {
		t.Errorf("flags %#x", ifr.Uint16())
	}
	if err := unix.IoctlIfreq(s, unix.SIOCGIFADDR, ifr); err == nil {
		if a, err := ifr.Inet4Addr(); fmt.Sprint(a) != "[127 0 0 1]" || err != nil {
			t.Errorf("%v, %v", a, err)
		}
	} else {
		fails(t, err, unix.EADDRNOTAVAIL)
	}
	ok(t, ifr.SetInet4Addr([]byte{10, 0, 0, 1}))
	if a, err := ifr.Inet4Addr(); fmt.Sprint(a) != "[10 0 0 1]" || err != nil {
		t.Errorf("%v, %v", a, err)
	}
	fails(t, ifr.SetInet4Addr(make([]byte, 16)), unix.EINVAL)
	ifr.SetUint16(0x1234)
	if _, err := ifr.Inet4Addr(); err != unix.EINVAL || ifr.Uint16() != 0x1234 {
		t.Errorf("%v, %x", err, ifr.Uint16())
	}
	ifr.SetUint32(0x12345678)
	if ifr.Uint32() != 0x12345678 {
		t.Errorf("%x", ifr.Uint32())
	}
	_, err = unix.NewIfreq("0123456789abcdef")
	fails(t, err, unix.EINVAL)
	_, err = unix.NewIfreq("0123456789abcde")
	ok(t, err)

	onKernel(t, "SIOCETHTOOL")
	if _, err := unix.IoctlGetEthtoolDrvinfo(s, "no-such-link"); err != unix.ENODEV {
		t.Error(err)
	}
	info, err := unix.IoctlGetEthtoolTsInfo(s, "lo")
	if err != unix.EOPNOTSUPP {
		ok(t, err)
		if info.Cmd != unix.ETHTOOL_GET_TS_INFO || info.So_timestamping == 0 {
			t.Errorf("%+v", info)
		}
	}
	if _, err := unix.IoctlGetHwTstamp(s, "lo"); err == nil {
		t.Error("a clock in the loopback")
	}
	if err := unix.IoctlSetHwTstamp(s, "lo", new(unix.HwTstampConfig)); err == nil {
		t.Error("a clock in the loopback")
	}
}

// What needs a device is asked of a file that is none.
func TestDevices(t *testing.T) {
	onKernel(t, "unknown requests of ioctl")
	fd := opened(t, "/dev/null", unix.O_RDWR)
	for name, err := range map[string]error{
		"RTCTime":           second(unix.IoctlGetRTCTime(fd)),
		"SetRTCTime":        unix.IoctlSetRTCTime(fd, new(unix.RTCTime)),
		"RTCWkAlrm":         second(unix.IoctlGetRTCWkAlrm(fd)),
		"SetRTCWkAlrm":      unix.IoctlSetRTCWkAlrm(fd, new(unix.RTCWkAlrm)),
		"WatchdogInfo":      second(unix.IoctlGetWatchdogInfo(fd)),
		"WatchdogKeepalive": unix.IoctlWatchdogKeepalive(fd),
		"HIDGetDesc":        unix.IoctlHIDGetDesc(fd, new(unix.HIDRawReportDescriptor)),
		"HIDGetRawInfo":     second(unix.IoctlHIDGetRawInfo(fd)),
		"HIDGetRawName":     second(unix.IoctlHIDGetRawName(fd)),
		"HIDGetRawPhys":     second(unix.IoctlHIDGetRawPhys(fd)),
		"HIDGetRawUniq":     second(unix.IoctlHIDGetRawUniq(fd)),
		"PtpClockGetcaps":   second(unix.IoctlPtpClockGetcaps(fd)),
		"PtpPrecise":        second(unix.IoctlPtpSysOffsetPrecise(fd)),
		"PtpExtended":       second(unix.IoctlPtpSysOffsetExtended(fd, 1)),
		"PtpPinGetfunc":     second(unix.IoctlPtpPinGetfunc(fd, 0)),
		"PtpPinSetfunc":     unix.IoctlPtpPinSetfunc(fd, new(unix.PtpPinDesc)),
		"PtpPerout":         unix.IoctlPtpPeroutRequest(fd, new(unix.PtpPeroutRequest)),
		"PtpExtts":          unix.IoctlPtpExttsRequest(fd, new(unix.PtpExttsRequest)),
		"LoopGetStatus64":   second(unix.IoctlLoopGetStatus64(fd)),
		"LoopSetStatus64":   unix.IoctlLoopSetStatus64(fd, new(unix.LoopInfo64)),
		"LoopConfigure":     unix.IoctlLoopConfigure(fd, new(unix.LoopConfig)),
		"KCMClone":          second(unix.IoctlKCMClone(fd)),
		"KCMAttach":         unix.IoctlKCMAttach(fd, unix.KCMAttach{}),
		"KCMUnattach":       unix.IoctlKCMUnattach(fd, unix.KCMUnattach{}),
		"PidfdInfo":         unix.IoctlPidfdInfo(fd, new(unix.PidfdInfo)),
		"SetString":         unix.IoctlSetString(fd, 0x1234, "text"),
	} {
		if err != unix.ENOTTY {
			t.Errorf("%s: %v, want ENOTTY", name, err)
		}
	}
	if os.Getuid() != 0 {
		return
	}
	rtc, err := unix.Open("/dev/rtc0", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(rtc)
	if tm, err := unix.IoctlGetRTCTime(rtc); err != nil || tm.Year < 100 {
		t.Errorf("%+v, %v", tm, err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestSharedParts(t *testing.T) {
	onKernel(t, "FICLONE")
	src, dst := opened(t, temp(t, "same"), unix.O_RDWR), opened(t, temp(t, "same"), unix.O_RDWR)
	if err := unix.IoctlFileClone(dst, src); err != nil && err != unix.EOPNOTSUPP {
		t.Error(err)
	}
	if err := unix.IoctlFileCloneRange(dst, &unix.FileCloneRange{Src_fd: int64(src)}); err != nil &&
		err != unix.EOPNOTSUPP {
		t.Error(err)
	}
	dedupe := unix.FileDedupeRange{Src_length: 4,
		Info: []unix.FileDedupeRangeInfo{{Dest_fd: int64(dst)}, {Dest_fd: closed}}}
	err := unix.IoctlFileDedupeRange(src, &dedupe)
	switch {
	case err == unix.EOPNOTSUPP:
	case err != nil:
		t.Error(err)
	case dedupe.Info[1].Status != -int32(unix.EBADF):
		t.Errorf("%+v", dedupe)
	}
	fails(t, unix.IoctlFileDedupeRange(src, &unix.FileDedupeRange{Info: make([]unix.FileDedupeRangeInfo, 1<<16)}),
		unix.EINVAL)
}
