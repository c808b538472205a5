package unix

import (
	"unsafe"
)

// IoctlGetRTCTime reads a real-time clock; see rtc(4).
func IoctlGetRTCTime(fd int) (*RTCTime, error) { return ioctlGet[RTCTime](fd, RTC_RD_TIME) }

// IoctlSetRTCTime sets a real-time clock; see rtc(4).
func IoctlSetRTCTime(fd int, value *RTCTime) error { return ioctlSet(fd, RTC_SET_TIME, value) }

// IoctlGetRTCWkAlrm reads the alarm of a real-time clock; see rtc(4).
func IoctlGetRTCWkAlrm(fd int) (*RTCWkAlrm, error) { return ioctlGet[RTCWkAlrm](fd, RTC_WKALM_RD) }

// IoctlSetRTCWkAlrm sets the alarm of a real-time clock; see rtc(4).
func IoctlSetRTCWkAlrm(fd int, value *RTCWkAlrm) error { return ioctlSet(fd, RTC_WKALM_SET, value) }

// IoctlGetWatchdogInfo returns information about a watchdog.
func IoctlGetWatchdogInfo(fd int) (*WatchdogInfo, error) {
	return ioctlGet[WatchdogInfo](fd, WDIOC_GETSUPPORT)
}

// IoctlWatchdogKeepalive resets a watchdog's timer.
func IoctlWatchdogKeepalive(fd int) error {
	_, err := ioctl(fd, WDIOC_KEEPALIVE, 0)
	return err
}

// IoctlHIDGetDesc reads the report descriptor of a hidraw device, of which value.Size says how many bytes.
func IoctlHIDGetDesc(fd int, value *HIDRawReportDescriptor) error {
	return ioctlSet(fd, HIDIOCGRDESC, value)
}

// IoctlHIDGetRawInfo returns bus, vendor and product of a hidraw device.
func IoctlHIDGetRawInfo(fd int) (*HIDRawDevInfo, error) {
	return ioctlGet[HIDRawDevInfo](fd, HIDIOCGRAWINFO)
}

// IoctlHIDGetRawName returns the name of a hidraw device.
func IoctlHIDGetRawName(fd int) (string, error) { return hidString(fd, 4, 128) }

// IoctlHIDGetRawPhys returns where a hidraw device is plugged in.
func IoctlHIDGetRawPhys(fd int) (string, error) { return hidString(fd, 5, 64) }

// IoctlHIDGetRawUniq returns what distinguishes a hidraw device from others of its kind, such as a serial number.
func IoctlHIDGetRawUniq(fd int) (string, error) { return hidString(fd, 8, 64) }

// hidString makes the request of the given number for size bytes. Requests carry the size of their argument in 14
// bits from the 17th; HIDIOCGRDESCSIZE is the first, reads an int, and has the rest in common with these.
func hidString(fd int, number, size uint) (string, error) {
	const shape = HIDIOCGRDESCSIZE - (uint(unsafe.Sizeof(int32(0)))<<16 | 1)
	buf := make([]byte, size)
	_, err := ioctlPtr(fd, shape|size<<16|number, unsafe.Pointer(&buf[0]))
	return ByteSliceToString(buf), err
}

// IoctlPtpClockGetcaps returns the capabilities of a PTP clock; see Documentation/driver-api/ptp.rst.
func IoctlPtpClockGetcaps(fd int) (*PtpClockCaps, error) {
	return ioctlGet[PtpClockCaps](fd, PTP_CLOCK_GETCAPS2)
}

// IoctlPtpSysOffsetPrecise reads a PTP clock and the system's at the same moment, where the hardware can.
func IoctlPtpSysOffsetPrecise(fd int) (*PtpSysOffsetPrecise, error) {
	return ioctlGet[PtpSysOffsetPrecise](fd, PTP_SYS_OFFSET_PRECISE2)
}

// IoctlPtpSysOffsetExtended reads a PTP clock, and the system's before and after, as often as samples says.
func IoctlPtpSysOffsetExtended(fd int, samples uint) (*PtpSysOffsetExtended, error) {
	value := &PtpSysOffsetExtended{Samples: uint32(samples)}
	return value, ioctlSet(fd, PTP_SYS_OFFSET_EXTENDED2, value)
}

// IoctlPtpPinGetfunc returns the use of a pin of a PTP clock.
func IoctlPtpPinGetfunc(fd int, index uint) (*PtpPinDesc, error) {
	value := &PtpPinDesc{Index: uint32(index)}
	return value, ioctlSet(fd, PTP_PIN_GETFUNC2, value)
}

// IoctlPtpPinSetfunc sets the use of a pin of a PTP clock.
func IoctlPtpPinSetfunc(fd int, pd *PtpPinDesc) error { return ioctlSet(fd, PTP_PIN_SETFUNC2, pd) }

// IoctlPtpPeroutRequest makes a PTP clock give out a periodic signal.
func IoctlPtpPeroutRequest(fd int, r *PtpPeroutRequest) error {
	return ioctlSet(fd, PTP_PEROUT_REQUEST2, r)
}

// IoctlPtpExttsRequest makes a PTP clock take the time of signals that come in.
func IoctlPtpExttsRequest(fd int, r *PtpExttsRequest) error {
	return ioctlSet(fd, PTP_EXTTS_REQUEST2, r)
}
