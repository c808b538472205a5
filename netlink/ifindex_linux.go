package netlink

import "kern.sys/unix"

// interfaceIndex asks by SIOCGIFINDEX, see netdevice(7).
func interfaceIndex(fd int, name string) (int, error) {
	ifr, err := unix.NewIfreq(name)
	if err == nil {
		err = unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, ifr)
	}
	if err != nil {
		return 0, err
	}
	return int(int32(ifr.Uint32())), nil
}

// interfaceName asks by SIOCGIFNAME.
func interfaceName(fd, index int) (string, error) {
	var ifr unix.Ifreq
	ifr.SetUint32(uint32(index))
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFNAME, &ifr); err != nil {
		return "", err
	}
	return ifr.Name(), nil
}
