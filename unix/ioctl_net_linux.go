package unix

import "unsafe"

// IoctlIfreq makes an ioctl(2) about a network interface; see netdevice(7).
func IoctlIfreq(fd int, req uint, value *Ifreq) error { return ioctlSet(fd, req, value) }

// ioctlIfreqData makes an ioctl(2) about a network interface that has more to say than an [Ifreq] holds.
func ioctlIfreqData[T any](fd int, req uint, ifname string, value *T) error {
	ifr, err := NewIfreq(ifname)
	if err != nil {
		return err
	}
	p := ifreqPointer{name: ifr.name, data: unsafe.Pointer(value)}
	return ioctlSet(fd, req, &p)
}

// IoctlGetEthtoolDrvinfo returns information about the driver of a network interface: ETHTOOL_GDRVINFO.
func IoctlGetEthtoolDrvinfo(fd int, ifname string) (*EthtoolDrvinfo, error) {
	value := &EthtoolDrvinfo{Cmd: ETHTOOL_GDRVINFO}
	return value, ioctlIfreqData(fd, SIOCETHTOOL, ifname, value)
}

// IoctlGetEthtoolTsInfo returns the time stamps that a network interface can put on packets: ETHTOOL_GET_TS_INFO.
func IoctlGetEthtoolTsInfo(fd int, ifname string) (*EthtoolTsInfo, error) {
	value := &EthtoolTsInfo{Cmd: ETHTOOL_GET_TS_INFO}
	return value, ioctlIfreqData(fd, SIOCETHTOOL, ifname, value)
}

// IoctlGetHwTstamp returns the time stamps that a network interface puts on packets: SIOCGHWTSTAMP.
func IoctlGetHwTstamp(fd int, ifname string) (*HwTstampConfig, error) {
	value := &HwTstampConfig{}
	return value, ioctlIfreqData(fd, SIOCGHWTSTAMP, ifname, value)
}

// IoctlSetHwTstamp selects the time stamps that a network interface puts on packets: SIOCSHWTSTAMP. cfg receives the
// effective settings.
func IoctlSetHwTstamp(fd int, ifname string, cfg *HwTstampConfig) error {
	return ioctlIfreqData(fd, SIOCSHWTSTAMP, ifname, cfg)
}

// IoctlKCMClone makes another socket of a kernel connection multiplexor.
func IoctlKCMClone(fd int) (*KCMClone, error) { return ioctlGet[KCMClone](fd, SIOCKCMCLONE) }

// IoctlKCMAttach gives a TCP socket to a kernel connection multiplexor.
func IoctlKCMAttach(fd int, info KCMAttach) error { return ioctlSet(fd, SIOCKCMATTACH, &info) }

// IoctlKCMUnattach takes a TCP socket from a kernel connection multiplexor.
func IoctlKCMUnattach(fd int, info KCMUnattach) error { return ioctlSet(fd, SIOCKCMUNATTACH, &info) }
