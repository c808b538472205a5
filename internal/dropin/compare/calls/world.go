package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix" // for constants only
)

// The world that a call finds: descriptors of many kinds at fixed numbers, and files in the working directory.
const (
	fdFile   = 100 + iota // "file", with a hundred bytes
	fdDir                 // the working directory
	fdStream              // a socket whose peer has sent three bytes
	fdStreamPeer
	fdDgram // the same of datagrams
	fdDgramPeer
	fdPackets // the same of packets in sequence
	fdPacketsPeer
	fdPipe // a pipe that holds four bytes
	fdPipeWrite
	fdEpoll
	fdEvent
	fdTimer
	fdInotify
	fdTerminal
	fdTerminalMaster
	fdUDP
	fdListener
	fdNetlink
	fdPacket // AF_PACKET
	fdPath   // O_PATH
	fdNull
	fdUnixUnbound
)

// fdWatch is for watching this process itself. No call gets it, or any above: descriptors that take long to close are
// kept there.
const (
	fdWatch = 900
	fdRoot  = 901 // where the directories of calls are
	fdSlash = 902 // the root directory
)

var fdNames = []string{"file", "dir", "stream", "streamPeer", "dgram", "dgramPeer", "packets", "packetsPeer",
	"pipe", "pipeWrite", "epoll", "eventfd", "timerfd", "inotify", "terminal", "master", "udp", "listener", "netlink",
	"packet", "path", "null", "unbound"}

// fdClosed is no descriptor.
const fdClosed = 1 << 20

var (
	root   string // where the directories of calls are
	worlds int
)

func check(what string, err error) {
	if err != nil {
		fatal(what + ": " + err.Error())
	}
}

// enterWorld makes a file system of its own in dir the working directory, and what else no call should find outside.
func enterWorld(dir string) {
	root = dir
	check("mount /", syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""))
	check("mount tmpfs", syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m,nr_inodes=40000,mode=777"))
	// not allowed where part of /proc is hidden; the other one does, too
	_ = syscall.Mount("proc", "/proc", "proc", 0, "")
	check("chdir", syscall.Chdir(dir))
	check("mkdir", syscall.Mkdir("pts", 0o755))
	check("mount devpts", syscall.Mount("devpts", "pts", "devpts", 0, "newinstance,ptmxmode=0666"))
	// By default the session's keys are those of who runs the driver.
	_, _, _ = syscall.Syscall(unix.SYS_KEYCTL, unix.KEYCTL_JOIN_SESSION_KEYRING, 0, 0)
	raiseLoopback()
	for at, path := range map[int]string{fdRoot: dir, fdSlash: "/"} {
		fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
		place(fd, at, err)
	}
	syscall.Umask(0o022)
}

// raiseLoopback sets IFF_UP of lo.
func raiseLoopback() {
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	check("socket", err)
	var req [40]byte
	copy(req[:], "lo")
	req[16] = syscall.IFF_UP
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(s), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&req)))
	if errno != 0 {
		fatal("lo up: " + errno.Error())
	}
	check("close", syscall.Close(s))
}

func place(fd, at int, err error) {
	if err != nil {
		fatal(fmt.Sprintf("descriptor %d: %v", at, err))
	}
	check("dup3", syscall.Dup3(fd, at, syscall.O_CLOEXEC))
	check("close", syscall.Close(fd))
}

// group are descriptors that are made together.
type group struct {
	fds   []int
	renew func()
}

var groups = []group{
	{[]int{fdFile, fdDir, fdPath}, newFiles},
	{[]int{fdStream, fdStreamPeer}, func() { newPair(syscall.SOCK_STREAM, fdStream) }},
	{[]int{fdDgram, fdDgramPeer}, func() { newPair(syscall.SOCK_DGRAM, fdDgram) }},
	{[]int{fdPackets, fdPacketsPeer}, func() { newPair(syscall.SOCK_SEQPACKET, fdPackets) }},
	{[]int{fdPipe, fdPipeWrite}, newPipe},
	{[]int{fdEpoll}, func() {
		fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
		place(fd, fdEpoll, err)
	}},
	{[]int{fdEvent}, func() {
		place(rawFD(syscall.RawSyscall(unix.SYS_EVENTFD2, 0, syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)), fdEvent, nil)
	}},
	{[]int{fdTimer}, func() {
		place(rawFD(syscall.RawSyscall(unix.SYS_TIMERFD_CREATE, unix.CLOCK_MONOTONIC, syscall.O_NONBLOCK|syscall.O_CLOEXEC,
			0)), fdTimer, nil)
	}},
	{[]int{fdInotify}, func() {
		again(fdInotify, func() (int, error) { return syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC) })
	}},
	{[]int{fdTerminalMaster, fdTerminal}, func() { again(fdTerminalMaster, newMaster); again(fdTerminal, newTerminal) }},
	{[]int{fdUDP}, func() {
		newSocket(syscall.AF_INET, syscall.SOCK_DGRAM, fdUDP)
		check("bind", syscall.Bind(fdUDP, &syscall.SockaddrInet4{Port: 4000, Addr: [4]byte{127, 0, 0, 1}}))
	}},
	{[]int{fdListener}, func() {
		newSocket(syscall.AF_INET6, syscall.SOCK_STREAM, fdListener)
		check("reuse", syscall.SetsockoptInt(fdListener, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1))
		check("listen", syscall.Listen(fdListener, 1))
	}},
	{[]int{fdNetlink}, func() { newSocket(syscall.AF_NETLINK, syscall.SOCK_RAW, fdNetlink) }},
	{[]int{fdPacket}, func() {
		again(fdPacket, func() (int, error) {
			return syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
		})
	}},
	{[]int{fdNull}, func() {
		again(fdNull, func() (int, error) { return syscall.Open("/dev/null", syscall.O_RDWR|syscall.O_CLOEXEC, 0) })
	}},
	{[]int{fdUnixUnbound}, func() { newSocket(syscall.AF_UNIX, syscall.SOCK_DGRAM, fdUnixUnbound) }},
}

// newWorld makes what a call may have changed again: the descriptors that it had, all if it may have had any or was
// never made, and files in a directory of their own.
func newWorld(had []int, all bool) {
	all = all || worlds == 0
	last := uintptr(fdFile - 1)
	if all {
		last = fdWatch - 1
	}
	if _, _, errno := syscall.RawSyscall(unix.SYS_CLOSE_RANGE, 3, last, 0); errno != 0 {
		for fd := 3; fd <= int(last); fd++ {
			_ = syscall.Close(fd)
		}
	}
	worlds++
	for i, g := range groups {
		if all || i == 0 || slices.ContainsFunc(g.fds, func(fd int) bool { return slices.Contains(had, fd) }) {
			g.renew()
		}
	}
}

func newFiles() {
	check("fchdir", syscall.Fchdir(fdSlash))
	_ = syscall.Chroot(".") // only needed, and only possible, where a call changed it
	check("fchdir", syscall.Fchdir(fdRoot))
	dir := worldName()
	check("mkdir", syscall.Mkdir(dir, 0o755))
	check("chdir", syscall.Chdir(dir))
	fd, err := syscall.Open("file", syscall.O_RDWR|syscall.O_CREAT|syscall.O_EXCL|syscall.O_CLOEXEC, 0o644)
	check("file", err)
	_, err = syscall.Write(fd, []byte(strings.Repeat("0123456789", 10)))
	check("file", err)
	_, err = syscall.Seek(fd, 0, 0)
	place(fd, fdFile, err)
	check("mkdir", syscall.Mkdir("dir", 0o755))
	check("mkdir", syscall.Mkdir("dir/in", 0o755))
	check("symlink", syscall.Symlink("file", "link"))
	fd, err = syscall.Open(".", syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	place(fd, fdDir, err)
	fd, err = syscall.Open("file", unix.O_PATH|syscall.O_CLOEXEC, 0)
	place(fd, fdPath, err)
}

// newPair makes connected sockets, and sends three bytes from the second.
func newPair(typ, at int) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, typ|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	place(pair[0], at, err)
	place(pair[1], at+1, err)
	_, err = syscall.Write(at+1, []byte("abc"))
	check("peer", err)
}

func newPipe() {
	var p [2]int
	err := syscall.Pipe2(p[:], syscall.O_NONBLOCK|syscall.O_CLOEXEC)
	place(p[0], fdPipe, err)
	place(p[1], fdPipeWrite, err)
	_, err = syscall.Write(fdPipeWrite, []byte("pipe"))
	check("pipe", err)
}

func newSocket(domain, typ, at int) {
	fd, err := syscall.Socket(domain, typ|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	place(fd, at, err)
}

// again places the descriptor that open returned for the first world.
func again(at int, open func() (int, error)) {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_FCNTL, uintptr(fdWatch+at), syscall.F_GETFD, 0); errno != 0 {
		fd, err := open()
		place(fd, fdWatch+at, err)
	}
	check("dup3", syscall.Dup3(fdWatch+at, at, syscall.O_CLOEXEC))
}

func rawFD(r1, _ uintptr, errno syscall.Errno) int {
	if errno != 0 {
		fatal("descriptor: " + errno.Error())
	}
	return int(r1)
}

func newMaster() (int, error) {
	return syscall.Open(root+"/pts/ptmx", syscall.O_RDWR|syscall.O_NONBLOCK|syscall.O_NOCTTY|syscall.O_CLOEXEC, 0)
}

func newTerminal() (int, error) {
	var unlock, n int32
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fdTerminalMaster, syscall.TIOCSPTLCK,
		uintptr(unsafe.Pointer(&unlock)))
	if errno == 0 {
		_, _, errno = syscall.Syscall(syscall.SYS_IOCTL, fdTerminalMaster, syscall.TIOCGPTN, uintptr(unsafe.Pointer(&n)))
	}
	if errno != 0 {
		return -1, errno
	}
	return syscall.Open(root+"/pts/"+strconv.Itoa(int(n)), syscall.O_RDWR|syscall.O_NONBLOCK|syscall.O_NOCTTY|
		syscall.O_CLOEXEC, 0)
}

func worldName() string { return "w" + strconv.Itoa(worlds) }

// world records what a call may have changed outside its arguments.
func (r *recorder) world() {
	names := ""
	if d, err := syscall.Openat(fdRoot, worldName(), syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC,
		0); err == nil {
		buf := make([]byte, 4096)
		n, _ := syscall.ReadDirent(d, buf)
		_, _, list := syscall.ParseDirent(buf[:max(n, 0)], -1, nil)
		names = fmt.Sprintf("%q", list)
		_ = syscall.Close(d)
	}
	r.leaf("world.names", names)
	var st syscall.Stat_t
	if err := syscall.Fstat(fdFile, &st); err == nil {
		at, _ := syscall.Seek(fdFile, 0, 1)
		r.leaf("world.file", fmt.Sprintf("mode %o, links %d, size %d, at %d, owner %d", st.Mode, st.Nlink, st.Size, at,
			st.Uid))
	}
	fds := ""
	for fd := 3; fd < 12; fd++ {
		if flags, _, errno := syscall.RawSyscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0); errno == 0 {
			status, _, _ := syscall.RawSyscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFL, 0)
			fds += fmt.Sprintf("%d: %#x %#x ", fd, flags, status)
		}
	}
	r.leaf("world.fds", fds)
	for i := range 3 {
		var data, oob [300]byte
		n, oobn, flags, _, err := syscall.Recvmsg(fdStreamPeer+2*i, data[:], oob[:], syscall.MSG_DONTWAIT|syscall.MSG_PEEK)
		r.leaf("world.received"+strconv.Itoa(i), fmt.Sprintf("%q %d %#x %v", data[:max(n, 0)], oobn, flags, err))
	}
}
