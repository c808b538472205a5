package unix

import "unsafe"

func getcwd(buf []byte) error {
	_, err := libcCwd(buf)
	return err
}

// ReadDirent reads entries of a folder, for [ParseDirent].
func ReadDirent(fd int, buf []byte) (n int, err error) { return Getdirentries(fd, buf, new(uintptr)) }

// Getdirentries reads entries of a folder. The C library offers no call that does, so they are read one by one
// through a second descriptor; where the first one stands is how many there were, and *basep stays as it is.
func Getdirentries(fd int, buf []byte, basep *uintptr) (n int, err error) {
	const fromStart, fromHere = 0, 1 // SEEK_SET and SEEK_CUR of stdio.h
	done, err := Seek(fd, 0, fromHere)
	if err != nil {
		return 0, err
	}
	again, err := Openat(fd, ".", O_RDONLY|O_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	dir, err := fdopendir(again)
	if err != nil {
		_ = Close(again)
		return 0, err
	}
	defer func() { _ = closedir(dir) }()
	for i := int64(0); ; i++ {
		var entry Dirent
		var more *Dirent
		if e := readdirInto(dir, &entry, &more); e != 0 {
			return n, Errno(e)
		}
		if more == nil {
			break
		}
		if i < done {
			continue
		}
		size := int(entry.Reclen)
		if size > len(buf)-n {
			break
		}
		n += copy(buf[n:], unsafe.Slice((*byte)(unsafe.Pointer(&entry)), size))
		done++
	}
	if _, err := Seek(fd, done, fromStart); err != nil {
		return n, err
	}
	return n, nil
}

// Sendfile is sendfile(2): count bytes of the file infd from *offset on go to the socket outfd. It returns how many
// went, also with an error.
func Sendfile(outfd int, infd int, offset *int64, count int) (written int, err error) {
	if offset == nil {
		return -1, EINVAL
	}
	if raceEnabled {
		raceReleaseMerge()
	}
	size := int64(count)
	err = sendfile(infd, outfd, *offset, &size, nil, 0)
	return int(size), err
}

// FcntlFstore is fcntl(2) for F_PREALLOCATE: it allots space to a file.
func FcntlFstore(fd uintptr, cmd int, fstore *Fstore_t) error {
	_, err := fcntlPointer(fd, cmd, unsafe.Pointer(fstore))
	return err
}

// IoctlCtlInfo finds the id of the kernel control that ctlInfo names: CTLIOCGINFO. See [SockaddrCtl].
func IoctlCtlInfo(fd int, ctlInfo *CtlInfo) error {
	return ioctlPointer(fd, CTLIOCGINFO, unsafe.Pointer(ctlInfo))
}

// IfreqMTU is the structure ifreq with an interface's MTU.
type IfreqMTU struct {
	Name [IFNAMSIZ]byte
	MTU  int32
}

// ifreq is what the kernel reads and writes for an [IfreqMTU].
type ifreq struct {
	IfreqMTU
	_ [12]byte
}

// IoctlGetIfreqMTU returns the MTU of an interface: SIOCGIFMTU.
func IoctlGetIfreqMTU(fd int, ifname string) (*IfreqMTU, error) {
	var r ifreq
	copy(r.Name[:], ifname)
	err := ioctlPointer(fd, SIOCGIFMTU, unsafe.Pointer(&r))
	return &r.IfreqMTU, err
}

// IoctlSetIfreqMTU sets the MTU of an interface: SIOCSIFMTU.
func IoctlSetIfreqMTU(fd int, mtu *IfreqMTU) error {
	r := ifreq{IfreqMTU: *mtu}
	return ioctlPointer(fd, SIOCSIFMTU, unsafe.Pointer(&r))
}

// GetsockoptTCPConnectionInfo is getsockopt(2) for TCP_CONNECTION_INFO.
func GetsockoptTCPConnectionInfo(fd, level, opt int) (*TCPConnectionInfo, error) {
	v := new(TCPConnectionInfo)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// Connectx is connectx(2): it connects, from the interface srcIf (0 for any) and srcAddr (nil for any), and sends iov
// at once if a flag asks for that. It returns how many bytes were taken. connid may be nil.
func Connectx(fd int, srcIf uint32, srcAddr, dstAddr Sockaddr, associd SaeAssocID, flags uint32, iov []Iovec,
	connid *SaeConnID) (n uintptr, err error) {
	ends := SaEndpoints{Srcif: srcIf}
	if srcAddr != nil {
		p, size, err := srcAddr.sockaddr()
		if err != nil {
			return 0, err
		}
		ends.Srcaddr, ends.Srcaddrlen = (*RawSockaddr)(p), size
	}
	if dstAddr != nil {
		p, size, err := dstAddr.sockaddr()
		if err != nil {
			return 0, err
		}
		ends.Dstaddr, ends.Dstaddrlen = (*RawSockaddr)(p), size
	}
	err = connectx(fd, &ends, associd, flags, iov, &n, connid)
	return n, err
}

// SysctlKinfoProc returns the kernel's description of one process, as for "kern.proc.pid" and its id.
func SysctlKinfoProc(name string, args ...int) (*KinfoProc, error) {
	v := new(KinfoProc)
	if err := sysctlAt(name, args, unsafe.Pointer(v), unsafe.Sizeof(*v)); err != nil {
		return nil, err
	}
	return v, nil
}

// SysctlKinfoProcSlice returns the kernel's descriptions of processes, as for "kern.proc.all".
func SysctlKinfoProcSlice(name string, args ...int) ([]KinfoProc, error) {
	b, err := SysctlRaw(name, args...)
	if err != nil {
		return nil, err
	}
	if len(b)%SizeofKinfoProc != 0 {
		return nil, EIO
	}
	procs := make([]KinfoProc, len(b)/SizeofKinfoProc)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(procs))), len(b)), b)
	return procs, nil
}

// SysvShmGet is shmget(2). It returns the segment's id.
func SysvShmGet(key, size, flag int) (id int, err error) { return shmget(key, size, flag) }
