//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

import "unsafe"

// sysctlMIB returns the numbers of a name, with more of them behind.
func sysctlMIB(name string, args []int) ([]int32, error) {
	mib, err := nameToMIB(name)
	if err != nil {
		return nil, err
	}
	for _, a := range args {
		mib = append(mib, int32(a))
	}
	return mib, nil
}

// sysctlAt reads what must have just that size.
func sysctlAt(name string, args []int, v unsafe.Pointer, size uintptr) error {
	mib, err := sysctlMIB(name, args)
	if err != nil {
		return err
	}
	n := size
	if err := sysctl(mib, (*byte)(v), &n, nil, 0); err != nil {
		return err
	}
	if n != size {
		return EIO
	}
	return nil
}

// Sysctl returns a text of the system, as "kern.ostype"; see sysctl(3) for this and the next ones.
func Sysctl(name string) (string, error) { return SysctlArgs(name) }

// SysctlArgs is [Sysctl] of a name and numbers behind it, as that of a process.
func SysctlArgs(name string, args ...int) (string, error) {
	b, err := SysctlRaw(name, args...)
	if n := len(b); n > 0 && b[n-1] == 0 {
		b = b[:n-1]
	}
	return string(b), err
}

// SysctlUint32 returns a number of 32 bits.
func SysctlUint32(name string) (uint32, error) { return SysctlUint32Args(name) }

// SysctlUint32Args is [SysctlUint32] of a name and numbers behind it.
func SysctlUint32Args(name string, args ...int) (uint32, error) {
	var v uint32
	if err := sysctlAt(name, args, unsafe.Pointer(&v), unsafe.Sizeof(v)); err != nil {
		return 0, err
	}
	return v, nil
}

// SysctlUint64 returns a number of 64 bits.
func SysctlUint64(name string, args ...int) (uint64, error) {
	var v uint64
	if err := sysctlAt(name, args, unsafe.Pointer(&v), unsafe.Sizeof(v)); err != nil {
		return 0, err
	}
	return v, nil
}

// SysctlClockinfo returns "kern.clockrate".
func SysctlClockinfo(name string) (*Clockinfo, error) {
	v := new(Clockinfo)
	if err := sysctlAt(name, nil, unsafe.Pointer(v), unsafe.Sizeof(*v)); err != nil {
		return nil, err
	}
	return v, nil
}

// SysctlTimeval returns a time, as "kern.boottime".
func SysctlTimeval(name string) (*Timeval, error) {
	v := new(Timeval)
	if err := sysctlAt(name, nil, unsafe.Pointer(v), unsafe.Sizeof(*v)); err != nil {
		return nil, err
	}
	return v, nil
}

// SysctlRaw returns the bytes of what a name, and numbers behind it, stand for; nil for none. What grows while it is
// read is read again.
func SysctlRaw(name string, args ...int) ([]byte, error) {
	mib, err := sysctlMIB(name, args)
	if err != nil {
		return nil, err
	}
	for range sysctlTries {
		n := uintptr(0)
		if err := sysctl(mib, nil, &n, nil, 0); err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, nil
		}
		buf := make([]byte, n)
		err := sysctl(mib, &buf[0], &n, nil, 0)
		if err == nil {
			return buf[:n], nil
		}
		if err != ENOMEM {
			return nil, err
		}
	}
	return nil, ENOMEM
}

// sysctlTries is how often something that keeps growing is read.
const sysctlTries = 8
