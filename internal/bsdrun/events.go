//go:build linux && amd64

package main

import (
	"encoding/binary"
	"fmt"
	"slices"

	"kern.sys/unix"
)

// kqueue is what an epoll descriptor stands in for. Descriptors are watched by epoll itself; timers are timerfds and
// events of the user eventfds of the program.
type kqueue struct {
	notes map[note]*knote
	polls map[int]bool // descriptors that epoll has
}

type note struct {
	ident  uint64
	filter string
}

type knote struct {
	fd      int // that epoll watches
	flags   uint64
	fflags  uint64
	udata   uint64
	ext     []byte
	enabled bool
	fired   uint64 // fflags of an event of the user
}

var filters = []string{"EVFILT_READ", "EVFILT_WRITE", "EVFILT_TIMER", "EVFILT_USER"}

// Both systems define these flags as those of open(2).
var (
	eventFlags = names{"O_CLOEXEC=EFD_CLOEXEC", "O_NONBLOCK=EFD_NONBLOCK", "EFD_SEMAPHORE"}
	timerFlags = names{"O_CLOEXEC=TFD_CLOEXEC", "O_NONBLOCK=TFD_NONBLOCK"}
)

var eventCalls = map[string]handler{
	"kqueue":  func(c *call) (uint64, unix.Errno) { return c.kqueue(0) },
	"kqueue1": func(c *call) (uint64, unix.Errno) { return c.kqueue(c.args[0]) },
	"kqueuex": func(c *call) (uint64, unix.Errno) { return c.kqueue(c.args[0]) },
	"kevent":  kevent,
	"poll":    pass(unix.SYS_POLL),
	"ppoll":   func(c *call) (uint64, unix.Errno) { return c.do(unix.SYS_PPOLL, c.args[0], c.args[1], c.args[2], 0, 8) },
	"pollts":  func(c *call) (uint64, unix.Errno) { return c.do(unix.SYS_PPOLL, c.args[0], c.args[1], c.args[2], 0, 8) },
	"select": func(c *call) (uint64, unix.Errno) {
		timeout := uint64(0)
		if c.args[4] != 0 { // Linux stores the rest of the time there
			timeout = c.scratch()
			c.write64(timeout, c.read64(c.args[4]))
			c.write64(timeout+8, c.read64(c.args[4]+8))
		}
		return c.do(unix.SYS_SELECT, c.args[0], c.args[1], c.args[2], c.args[3], timeout)
	},
	"pselect": func(c *call) (uint64, unix.Errno) {
		timeout := uint64(0)
		if c.args[4] != 0 {
			timeout = c.scratch()
			c.write64(timeout, c.read64(c.args[4]))
			c.write64(timeout+8, c.read64(c.args[4]+8))
		}
		return c.do(unix.SYS_PSELECT6, c.args[0], c.args[1], c.args[2], c.args[3], timeout, 0)
	},
	"epoll_create1": pass(unix.SYS_EPOLL_CREATE1, flags(names{"EPOLL_CLOEXEC"})),
	// NetBSD's event is not packed, as Linux's is on amd64.
	"epoll_ctl": func(c *call) (uint64, unix.Errno) {
		event := c.args[3]
		if event != 0 {
			b, ok := c.read(event, 16)
			if !ok {
				return 0, unix.EFAULT
			}
			event = c.scratch()
			c.write(event, append(b[:4], b[8:]...))
		}
		return c.do(unix.SYS_EPOLL_CTL, c.args[0], c.args[1], c.args[2], event)
	},
	"epoll_pwait2": func(c *call) (uint64, unix.Errno) {
		events := c.scratch()
		most := min(max(int32(c.args[2]), 0), slotSize/unix.SizeofEpollEvent)
		n, e := c.do(unix.SYS_EPOLL_PWAIT2, c.args[0], events, uint64(most), c.args[3], 0, 8)
		for i := range n {
			if e != 0 {
				break
			}
			b, _ := c.read(events+i*unix.SizeofEpollEvent, unix.SizeofEpollEvent)
			e = c.write(c.args[1]+i*16, slices.Concat(b[:4], make([]byte, 4), b[4:]))
		}
		return n, e
	},
	"eventfd": func(c *call) (uint64, unix.Errno) {
		f, ok := c.bits(eventFlags, c.args[1])
		if !ok {
			return 0, unix.EINVAL
		}
		return c.do(unix.SYS_EVENTFD2, c.args[0], f)
	},
	// FreeBSD's eventfd and inotify_init: kind, arguments (the value and flags, or flags), their size
	"specialfd": func(c *call) (uint64, unix.Errno) {
		if c.args[0] == specialInotify && c.args[2] == 4 {
			f, ok := c.bits(timerFlags, uint64(c.read32(c.args[1])))
			if !ok {
				return 0, unix.EINVAL
			}
			return c.do(unix.SYS_INOTIFY_INIT1, f)
		}
		if c.args[0] != specialEventfd || c.args[2] != 8 {
			c.unanswered("kind")
			return 0, unix.EINVAL
		}
		f, ok := c.bits(eventFlags, uint64(c.read32(c.args[1]+4)))
		if !ok {
			return 0, unix.EINVAL
		}
		return c.do(unix.SYS_EVENTFD2, uint64(c.read32(c.args[1])), f)
	},
	"timerfd_create": func(c *call) (uint64, unix.Errno) {
		id, ok := clock(c, c.args[0])
		f, ok2 := c.bits(timerFlags, c.args[1])
		if !ok || !ok2 {
			return 0, unix.EINVAL
		}
		return c.do(unix.SYS_TIMERFD_CREATE, id, f)
	},
	"timerfd_settime": pass(unix.SYS_TIMERFD_SETTIME, nil, flags(names{"TFD_TIMER_ABSTIME"})),
	"timerfd_gettime": pass(unix.SYS_TIMERFD_GETTIME),
	"inotify_add_watch_at": func(c *call) (uint64, unix.Errno) {
		if int32(c.args[1]) != unix.AT_FDCWD {
			c.unanswered("beside a descriptor")
			return 0, unix.ENOSYS
		}
		return c.do(unix.SYS_INOTIFY_ADD_WATCH, c.args[0], c.args[2], c.args[3])
	},
	"memfd_create": pass(unix.SYS_MEMFD_CREATE, nil, flags(names{"MFD_CLOEXEC", "MFD_ALLOW_SEALING"})),
	"semget": func(c *call) (uint64, unix.Errno) {
		f, ok := c.bits(names{"IPC_CREAT", "IPC_EXCL"}, c.args[2]&^0o777)
		if !ok {
			return 0, unix.EINVAL
		}
		return c.do(unix.SYS_SEMGET, c.args[0], c.args[1], f|c.args[2]&0o777)
	},
	// Operations have Linux's structure and flags.
	"semop":      pass(unix.SYS_SEMOP),
	"semtimedop": pass(unix.SYS_SEMTIMEDOP),
	"semctl": func(c *call) (uint64, unix.Errno) {
		cmd, ok := c.one(names{"GETVAL", "SETVAL", "GETPID", "GETNCNT", "GETZCNT", "IPC_RMID"}, c.args[2])
		if !ok {
			c.unanswered(fmt.Sprint("command ", c.args[2]))
			return 0, unix.EINVAL
		}
		return c.do(unix.SYS_SEMCTL, c.args[0], c.args[1], cmd, uint64(c.read32(c.args[3])))
	},
	"inotify_rm_watch": pass(unix.SYS_INOTIFY_RM_WATCH),
}

// The kinds of FreeBSD's sys/specialfd.h, which is not among the facts.
const (
	specialEventfd = 1 // SPECIALFD_EVENTFD
	specialInotify = 2 // SPECIALFD_INOTIFY
)

func (c *call) kqueue(f uint64) (uint64, unix.Errno) {
	linux := uint64(0)
	if f&^(kqueueCloexec) != 0 {
		if v, ok := openFlags(c, f); ok {
			linux = v & unix.O_CLOEXEC
		} else {
			return 0, unix.EINVAL
		}
	} else if f != 0 {
		linux = unix.EPOLL_CLOEXEC
	}
	fd, e := c.do(unix.SYS_EPOLL_CREATE1, linux)
	if e == 0 {
		c.t.kqueues[int(fd)] = &kqueue{map[note]*knote{}, map[int]bool{}}
	}
	return fd, e
}

// kqueueCloexec is KQUEUE_CLOEXEC, which FreeBSD has for kqueuex(2).
const kqueueCloexec = 1

func kevent(c *call) (uint64, unix.Errno) {
	kq := c.t.kqueues[int(c.args[0])]
	if kq == nil {
		return 0, unix.EBADF
	}
	size := uint64(c.layout("struct kevent").size)
	changes, nchanges, events, room := c.args[1], c.args[2], c.args[3], c.args[4]
	stored := uint64(0)
	for i := range nchanges {
		r, e := c.load(changes+i*size, "struct kevent")
		if e != 0 {
			return 0, e
		}
		e = c.change(kq, r)
		receipt := r.get("flags")&c.bit("EV_RECEIPT") != 0
		switch {
		case (e != 0 || receipt) && stored < room: // it is said in an event
			r.put("flags", c.n("EV_ERROR"))
			r.put("data", c.errnos[e])
			c.write(events+stored*size, r.b)
			stored++
		case e != 0:
			return 0, e
		}
	}
	if stored > 0 || room == 0 {
		return stored, 0
	}
	return c.events(kq, events, min(room, 64), size)
}

// bit is a flag that not every system has.
func (c *call) bit(name string) uint64 {
	v, _ := value(c.foreign, name)
	return v
}

// change makes one change.
func (c *call) change(kq *kqueue, r record) unix.Errno {
	flags := r.get("flags")
	filter := ""
	for _, name := range filters {
		f := record{r.layout, make([]byte, len(r.b))}
		f.put("filter", c.n(name))
		if f.get("filter") == r.get("filter") {
			filter = name
		}
	}
	if filter == "" {
		c.unanswered(fmt.Sprintf("filter %#x", r.get("filter")))
		return unix.EINVAL
	}
	key := note{r.get("ident"), filter}
	k := kq.notes[key]
	switch {
	case flags&c.n("EV_DELETE") != 0:
		if k == nil {
			return unix.ENOENT
		}
		return c.remove(kq, key, k)
	case k == nil && flags&c.n("EV_ADD") == 0:
		return unix.ENOENT
	case k == nil:
		var e unix.Errno
		if k, e = c.newNote(key); e != 0 {
			return e
		}
	}
	k.flags |= flags & (c.n("EV_CLEAR") | c.n("EV_ONESHOT"))
	if flags&c.n("EV_ADD") != 0 {
		k.fflags, k.udata = r.get("fflags"), r.get("udata")
		if f, ok := r.fields["ext"]; ok {
			k.ext = append([]byte{}, r.b[f.off:f.off+f.size]...)
		}
		k.enabled = flags&c.n("EV_DISABLE") == 0
		if filter == "EVFILT_TIMER" {
			if e := c.arm(k, r.get("data"), r.get("fflags")); e != 0 {
				return e
			}
		}
	}
	switch {
	case flags&c.n("EV_ENABLE") != 0:
		k.enabled = true
	case flags&c.n("EV_DISABLE") != 0:
		k.enabled = false
	}
	kq.notes[key] = k
	if trigger := c.n("NOTE_TRIGGER"); filter == "EVFILT_USER" && r.get("fflags")&trigger != 0 {
		k.fired = r.get("fflags") &^ trigger
		c.write64(c.scratch(), 1)
		if _, e := c.do(unix.SYS_WRITE, uint64(k.fd), c.scratch(), 8); e != 0 {
			return e
		}
	}
	e := c.watch(kq, k.fd, key)
	if e != 0 {
		delete(kq.notes, key)
	}
	return e
}

func (c *call) newNote(key note) (*knote, unix.Errno) {
	fd, e := key.ident, unix.Errno(0)
	switch key.filter {
	case "EVFILT_TIMER":
		fd, e = c.do(unix.SYS_TIMERFD_CREATE, unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	case "EVFILT_USER":
		fd, e = c.do(unix.SYS_EVENTFD2, 0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	}
	return &knote{fd: int(fd)}, e
}

func (c *call) remove(kq *kqueue, key note, k *knote) unix.Errno {
	delete(kq.notes, key)
	e := c.watch(kq, k.fd, key)
	if key.filter == "EVFILT_TIMER" || key.filter == "EVFILT_USER" {
		delete(kq.polls, k.fd)
		_, e = c.do(unix.SYS_CLOSE, uint64(k.fd))
	}
	return e
}

// arm starts a timer. Its time is in milliseconds unless a flag says otherwise.
func (c *call) arm(k *knote, data, fflags uint64) unix.Errno {
	unit := uint64(1e6)
	for name, ns := range map[string]uint64{"NOTE_SECONDS": 1e9, "NOTE_MSECONDS": 1e6, "NOTE_USECONDS": 1e3,
		"NOTE_NSECONDS": 1} {
		if f := c.bit(name); f != 0 && fflags&f != 0 {
			unit = ns
		}
	}
	ns := max(data*unit, 1)
	it := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(ns))}
	if k.flags&c.n("EV_ONESHOT") == 0 {
		it.Interval = it.Value
	}
	c.write(c.scratch(), bytesOf(&it))
	_, e := c.do(unix.SYS_TIMERFD_SETTIME, uint64(k.fd), 0, c.scratch(), 0)
	return e
}

// watch makes epoll watch a descriptor for what the notes about it want.
func (c *call) watch(kq *kqueue, fd int, changed note) unix.Errno {
	var mask uint32
	clearing := true
	for key, k := range kq.notes {
		if k.fd != fd || !k.enabled {
			continue
		}
		mask |= unix.EPOLLIN
		if key.filter == "EVFILT_WRITE" {
			mask = mask&^unix.EPOLLIN | unix.EPOLLOUT
		}
		if k.flags&c.n("EV_CLEAR") == 0 {
			clearing = false
		}
	}
	if read := kq.notes[note{changed.ident, "EVFILT_READ"}]; read != nil && read.enabled {
		mask |= unix.EPOLLIN | unix.EPOLLRDHUP
	}
	if clearing && mask != 0 && changed.filter != "EVFILT_USER" && changed.filter != "EVFILT_TIMER" {
		mask |= unix.EPOLLET
	}
	op := uint64(unix.EPOLL_CTL_MOD)
	switch {
	case mask == 0 && !kq.polls[fd]:
		return 0
	case mask == 0:
		op = unix.EPOLL_CTL_DEL
	case !kq.polls[fd]:
		op = unix.EPOLL_CTL_ADD
	}
	ev := unix.EpollEvent{Events: mask, Fd: int32(fd)}
	c.write(c.scratch(), bytesOf(&ev))
	_, e := c.do(unix.SYS_EPOLL_CTL, c.args[0], op, uint64(fd), c.scratch())
	if op == unix.EPOLL_CTL_MOD && e == unix.ENOENT { // closed and opened since
		_, e = c.do(unix.SYS_EPOLL_CTL, c.args[0], unix.EPOLL_CTL_ADD, uint64(fd), c.scratch())
	}
	if op == unix.EPOLL_CTL_ADD && e == unix.EEXIST {
		_, e = c.do(unix.SYS_EPOLL_CTL, c.args[0], unix.EPOLL_CTL_MOD, uint64(fd), c.scratch())
	}
	kq.polls[fd] = mask != 0 && e == 0
	// a file, which is always ready
	if e == unix.EPERM && (changed.filter == "EVFILT_READ" || changed.filter == "EVFILT_WRITE") {
		return unix.EINVAL
	}
	return e
}

// events waits and stores what happened.
func (c *call) events(kq *kqueue, to, room, size uint64) (uint64, unix.Errno) {
	const evSize = 12
	at := c.scratch() + 4096
	timeout := uint64(0)
	if c.args[5] != 0 {
		timeout = c.scratch() + 2048
		b, ok := c.read(c.args[5], 16)
		if !ok {
			return 0, unix.EFAULT
		}
		c.write(timeout, b)
	}
	for {
		n, e := c.do(unix.SYS_EPOLL_PWAIT2, c.args[0], at, room, timeout, 0)
		if e != 0 {
			return 0, e
		}
		b, _ := c.read(at, int(n)*evSize)
		stored := uint64(0)
		for ; len(b) > 0; b = b[evSize:] {
			mask, fd := binary.LittleEndian.Uint32(b), int(int32(binary.LittleEndian.Uint32(b[4:])))
			for key, k := range kq.notes {
				if k.fd != fd || !k.enabled || stored == room || !ready(key.filter, mask) {
					continue
				}
				e := c.write(to+stored*size, c.event(kq, key, k, mask).b)
				if e != 0 {
					return 0, e
				}
				stored++
			}
		}
		if stored > 0 || n == 0 {
			return stored, 0
		}
	}
}

// ready reports whether what epoll says is for a filter.
func ready(filter string, mask uint32) bool {
	if filter == "EVFILT_WRITE" {
		return mask&(unix.EPOLLOUT|unix.EPOLLERR|unix.EPOLLHUP) != 0
	}
	return mask&(unix.EPOLLIN|unix.EPOLLERR|unix.EPOLLHUP|unix.EPOLLRDHUP) != 0
}

// event makes the event of a note.
func (c *call) event(kq *kqueue, key note, k *knote, mask uint32) record {
	r := c.record("struct kevent")
	r.put("ident", key.ident)
	r.put("filter", c.n(key.filter))
	r.put("flags", k.flags)
	r.put("udata", k.udata)
	if k.ext != nil {
		copy(r.bytes("ext"), k.ext)
	}
	if mask&(unix.EPOLLHUP|unix.EPOLLRDHUP) != 0 {
		r.put("flags", k.flags|c.n("EV_EOF"))
	}
	switch key.filter {
	case "EVFILT_READ":
		if _, e := c.do(unix.SYS_IOCTL, uint64(k.fd), unix.FIONREAD, c.scratch()); e == 0 {
			r.put("data", uint64(c.read32(c.scratch())))
		}
	case "EVFILT_TIMER":
		if _, e := c.do(unix.SYS_READ, uint64(k.fd), c.scratch(), 8); e == 0 {
			r.put("data", c.read64(c.scratch()))
		}
	case "EVFILT_USER":
		r.put("fflags", k.fired)
		if k.flags&c.n("EV_CLEAR") != 0 {
			c.do(unix.SYS_READ, uint64(k.fd), c.scratch(), 8)
		}
	}
	if k.flags&c.n("EV_ONESHOT") != 0 {
		c.remove(kq, key, k)
	}
	return r
}
