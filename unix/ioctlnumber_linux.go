package unix

import "unsafe"

// Requests of ioctl(2) that store or read a number do so in one of 1, 2, 4 or 8 bytes. Most of their own numbers say
// how many, in _IOC_SIZE; but many are older than that, and some say a wrong size and have to go on saying it. The
// table in ioctlNumberSize is of those two kinds, by what the kernel's source does.

// ioctlSize returns how many bytes the number of a request says that it stores or reads, 0 where it does not say.
func ioctlSize(req uint) int { return int(req >> IOC_SIZESHIFT & IOC_SIZEMASK) }

// ioctlNumberSize returns how many bytes the number has that a request stores or reads, and whether a C program would
// find a sign in it. What is in no list and says nothing, as FIONREAD, is a C int.
func ioctlNumberSize(req uint) (size int, signed bool) {
	const long = int(unsafe.Sizeof(uintptr(0)))
	switch req {
	case BLKGETSIZE, BLKRAGET, BLKFRAGET,
		CDROM_LAST_WRITTEN, CDROM_NEXT_WRITABLE, I2C_FUNCS,
		HDIO_GET_32BIT, HDIO_GET_ACOUSTIC, HDIO_GET_ADDRESS, HDIO_GET_BUSSTATE, HDIO_GET_DMA, HDIO_GET_KEEPSETTINGS,
		HDIO_GET_MULTCOUNT, HDIO_GET_NICE, HDIO_GET_NOWERR, HDIO_GET_QDMA, HDIO_GET_UNMASKINTR, HDIO_GET_WCACHE:
		return long, true
	case FIOQSIZE,
		BLKGETSIZE64,      // says that it is a size_t
		PERF_EVENT_IOC_ID: // says that it is a pointer
		return 8, true
	case BLKBSZGET, BLKBSZSET, // these say that it is a size_t
		PMU_IOC_CAN_SLEEP, PMU_IOC_GET_BACKLIGHT, PMU_IOC_GET_MODEL, PMU_IOC_GRAB_BACKLIGHT, PMU_IOC_HAS_ADB,
		PMU_IOC_SET_BACKLIGHT,
		EXT4_IOC_GETVERSION, EXT4_IOC_SETVERSION, // and these, a long
		FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_IOC_GETVERSION, FS_IOC_SETVERSION,
		PPS_GETCAP, PPS_GEN_SETENABLE, PPS_GEN_USESYSTEMCLOCK, // and these, a pointer
		NS_GET_OWNER_UID:
		return 4, false
	case BLKROTATIONAL, BLKSECTGET:
		return 2, false
	case KDGETLED, KDGKBLED, KDGKBTYPE:
		return 1, false
	}
	switch size := ioctlSize(req); size {
	case 1, 2:
		return size, false
	case 8:
		return size, true
	}
	return 4, true
}

// ioctlStackRoom is what no request stores more of that says nothing about its size, but for those of ioctlRoom: 512
// bytes are HDIO_GET_IDENTITY's.
const ioctlStackRoom = 512

// ioctlRoom returns how much memory a request may write to or read from: at least 8 bytes.
func ioctlRoom(req uint) int {
	size := ioctlSize(req)
	if size == 0 {
		size = ioctlStackRoom
		switch uint8(req >> 8) { // _IOC_TYPE
		case 'K': // the console: GIO_FONT
			size = 8192
		case 'S': // compact discs: CDROMREADALL has 2646
			size = 4096
		}
	}
	switch req { // structures of requests that say something else
	case TUNGETIFF, TUNSETIFF, TUNSETQUEUE:
		size = int(unsafe.Sizeof(Ifreq{}))
	case PPS_GETPARAMS, PPS_SETPARAMS:
		size = int(unsafe.Sizeof(PPSKParams{}))
	case PPS_FETCH:
		size = int(unsafe.Sizeof(PPSFData{}))
	}
	return max(size, 8)
}

// ioctlNumber makes an ioctl(2) with a pointer to the number in, and returns the number that it holds afterwards. Its
// memory is as much as the request may use, whatever the number has.
func ioctlNumber(fd int, req uint, in int64) (out int64, err error) {
	var words [ioctlStackRoom / 8]uint64
	room := words[:]
	if n := ioctlRoom(req); n > ioctlStackRoom {
		room = make([]uint64, (n+7)/8)
	}
	return ioctlNumberIn(fd, req, in, unsafe.Pointer(&room[0]))
}

// ioctlNumberIn is [ioctlNumber] with the memory at p.
func ioctlNumberIn(fd int, req uint, in int64, p unsafe.Pointer) (out int64, err error) {
	size, signed := ioctlNumberSize(req)
	switch size {
	case 1:
		*(*uint8)(p) = uint8(in)
	case 2:
		*(*uint16)(p) = uint16(in)
	case 4:
		*(*uint32)(p) = uint32(in)
	default:
		*(*int64)(p) = in
	}
	_, err = ioctlPtr(fd, req, p)
	switch {
	case size == 1:
		out = int64(*(*uint8)(p))
	case size == 2:
		out = int64(*(*uint16)(p))
	case size == 4 && signed:
		out = int64(*(*int32)(p))
	case size == 4:
		out = int64(*(*uint32)(p))
	default:
		out = *(*int64)(p)
	}
	return out, err
}

// IoctlGetInt makes an ioctl(2) that stores a number: a C int, or what the request's number says (_IOC_SIZE) or the
// kernel is known to store, as a long for BLKGETSIZE and 64 bits for BLKGETSIZE64. EOVERFLOW says that an int has too
// few bits for it, which on architectures of 32 bits can be; [IoctlGetUint64] has enough. For requests whose answer
// is the result of the call, there is [IoctlRetInt].
func IoctlGetInt(fd int, req uint) (int, error) {
	v, err := ioctlNumber(fd, req, 0)
	if size, _ := ioctlNumberSize(req); size == 8 && int64(int(v)) != v && err == nil {
		return 0, EOVERFLOW
	}
	return int(v), err
}

// IoctlGetUint32 makes an ioctl(2) that stores a number, as [IoctlGetInt] does. EOVERFLOW says that it takes more
// than 32 bits.
func IoctlGetUint32(fd int, req uint) (uint32, error) {
	v, err := ioctlNumber(fd, req, 0)
	if size, _ := ioctlNumberSize(req); size == 8 && int64(uint32(v)) != v && err == nil {
		return 0, EOVERFLOW
	}
	return uint32(v), err
}

// IoctlGetUint64 makes an ioctl(2) that stores a number of up to 64 bits, on every architecture: BLKGETSIZE64, the
// bytes of a block device; BLKGETDISKSEQ; PERF_EVENT_IOC_ID; NS_GET_ID; a bit mask of features. Of a shorter number,
// as a C int, the rest is 0.
func IoctlGetUint64(fd int, req uint) (uint64, error) {
	v, err := ioctlNumber(fd, req, 0)
	if size, _ := ioctlNumberSize(req); size == 4 {
		return uint64(uint32(v)), err
	}
	return uint64(v), err
}

// IoctlSetPointerInt makes an ioctl(2) that reads a number, in as many bytes as [IoctlGetInt] stores.
func IoctlSetPointerInt(fd int, req uint, value int) error {
	_, err := ioctlNumber(fd, req, int64(value))
	return err
}
