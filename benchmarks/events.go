package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/jsimonetti/rtnetlink/v2"
	mdlayher "github.com/mdlayher/netlink"
	peer "github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

// events counts the CPU time of this process: another adds the routes.
var events = workload{
	chart: "hear of # routes, CPU time",
	name:  "events/routes", title: "hear of all routes while another process adds them in batches of 64; CPU time",
	each: "event", objects: 100_000, lossy: true, after: dropRoutes,
	goals: []goal{{row: kern, of: floor, times: 1.3, seen: 1}},
	contenders: []contender{
		{floor, hear(floorEvents(128<<20, 64))},
		{floor + ", recv", hear(floorEvents(128<<20, 1))},
		{floor + ", default buffer", hear(floorEvents(0, 64))},
		{kern, hear(kernWatch(0, nil))},
		{kern + ", 4 MiB", hear(kernWatch(4<<20, nil))},
		{kern + ", RouteSubscribe", hear(kernEvents)},
		{vishvananda, hear(peerEvents(0))},
		{vishvananda + ", 4 MiB", hear(peerEvents(4 << 20))},
		{rtnetlink2, hear(rtnetlinkEvents(0))},
		{rtnetlink2 + ", 4 MiB", hear(rtnetlinkEvents(4 << 20))},
		{iproute2, hearIP},
	},
}

// stalled has readers that stand still until all routes were added, with buffers
// that hold a part of the events.
var stalled = workload{
	name: "events/stalled", title: "hear of all routes though the reader stood still while they were added; 4 MiB " +
		"buffers; CPU time",
	each: "event", objects: 100_000, lossy: true, after: dropRoutes,
	goals: []goal{{row: kern, seen: 1}},
	contenders: []contender{
		{floor, func(w *world) (op, error) { // what reading the table again costs at least
			s, err := openRaw(w, true)
			return func() (int, error) {
				f, err := startFeeder(w)
				if err == nil {
					err = f.run()
				}
				if err != nil {
					return 0, err
				}
				cpu := cpuTime()
				n, err := s.dump(routeDump())
				w.own = cpuTime() - cpu
				return n, err
			}, err
		}},
		{kern, func(w *world) (op, error) {
			var lost atomic.Int64
			hear, err := hearLate(kernWatch(4<<20, &lost))(w)
			return func() (int, error) {
				lost.Store(0)
				n, err := hear()
				if times := lost.Load(); err == nil && times != 1 && w.n > 50_000 {
					err = fmt.Errorf("%d overruns were told of, want one", times)
				}
				return n, err
			}, err
		}},
		{vishvananda, hearLate(peerEvents(4 << 20))},
		{rtnetlink2, hearLate(rtnetlinkEvents(4 << 20))},
	},
}

// listen begins to hear of routes, and calls got with the number of each. stop
// ends that.
type listen func(w *world, got func(i int)) (stop func(), err error)

// hear is the operation: every route counts once, however often it is heard of.
func hear(l listen) func(*world) (op, error) {
	return func(w *world) (op, error) {
		return func() (int, error) {
			t := newTally(w.n)
			stop, err := l(w, t.got)
			if err != nil {
				return 0, err
			}
			defer stop()
			f, err := startFeeder(w)
			if err != nil {
				return 0, err
			}
			cpu := cpuTime()
			if err := f.run(); err != nil {
				return 0, err
			}
			n := t.wait()
			w.own = cpuTime() - cpu
			return n, nil
		}, nil
	}
}

// hearLate is hear by a reader that stands still at the first event until all routes
// were added.
func hearLate(l listen) func(*world) (op, error) {
	return func(w *world) (op, error) {
		return func() (int, error) {
			t, added := newTally(w.n), make(chan struct{})
			stop, err := l(w, func(i int) {
				<-added
				t.got(i)
			})
			if err != nil {
				close(added)
				return 0, err
			}
			defer stop()
			f, err := startFeeder(w)
			if err == nil {
				err = f.run()
			}
			cpu := cpuTime()
			close(added)
			if err != nil {
				return 0, err
			}
			n := t.wait()
			w.own = cpuTime() - cpu
			return n, nil
		}, nil
	}
}

// tally counts what one goroutine hears.
type tally struct {
	seen []bool
	n    atomic.Int64
	all  chan struct{}
}

func newTally(n int) *tally { return &tally{seen: make([]bool, n), all: make(chan struct{})} }

func (t *tally) got(i int) {
	if i < 0 || i >= len(t.seen) || t.seen[i] {
		return
	}
	t.seen[i] = true
	if t.n.Add(1) == int64(len(t.seen)) {
		close(t.all)
	}
}

// wait ends when all was heard, or nothing for a while: nothing shows that no
// more will come.
func (t *tally) wait() int {
	for last := int64(-1); t.n.Load() != last; {
		last = t.n.Load()
		select {
		case <-t.all:
		case <-time.After(300 * time.Millisecond):
		}
	}
	return int(t.n.Load())
}

// feeder is the process that adds routes.
type feeder struct {
	cmd *exec.Cmd
	in  io.Closer
}

// startFeeder returns when the process is ready.
func startFeeder(w *world) (*feeder, error) {
	t := task{Workload: w.name, Feed: true, N: w.n, Link: w.link, Tools: *w.tools}
	cmd, err := t.command()
	if err != nil {
		return nil, err
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		return nil, err
	}
	return &feeder{cmd, in}, nil
}

// run lets it add them.
func (f *feeder) run() error {
	f.in.Close()
	return f.cmd.Wait()
}

// feed is the other side.
func feed(w *world) error {
	s, err := openRaw(w, false)
	if err != nil {
		return err
	}
	datagrams := rawBatches(w, 64, func(w *world, i int) []byte { return rawRoute(w, i, 0) })
	fmt.Println("ready")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	for _, d := range datagrams {
		if err := s.batch(d.bytes, d.last); err != nil {
			return err
		}
	}
	return nil
}

// floorEvents receives up to many datagrams at once and only finds the number of
// each route, which is its first attribute but one at the most.
func floorEvents(buffer, many int) listen {
	return func(w *world, got func(int)) (func(), error) {
		fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
		if err != nil {
			return nil, err
		}
		if buffer != 0 && unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, buffer) != nil {
			_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, buffer)
		}
		err = unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: unix.RTMGRP_IPV4_ROUTE})
		if err == nil {
			err = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 50_000})
		}
		if err != nil {
			unix.Close(fd)
			return nil, err
		}
		var stopped atomic.Bool
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			receiveMany(fd, many, &stopped, got)
		}()
		return func() {
			stopped.Store(true)
			<-ended
			unix.Close(fd)
		}, nil
	}
}

// mmsghdr is struct mmsghdr, see recvmmsg(2).
type mmsghdr struct {
	unix.Msghdr
	n uint32
	_ uint32
}

func receiveMany(fd, many int, stopped *atomic.Bool, got func(int)) {
	const size = 8 << 10
	heads, vecs, buf := make([]mmsghdr, many), make([]unix.Iovec, many), make([]byte, many*size)
	for i := range heads {
		vecs[i].Base = &buf[i*size]
		vecs[i].SetLen(size)
		heads[i].Iov = &vecs[i]
		heads[i].SetIovlen(1)
	}
	for !stopped.Load() {
		n, _, e := syscall.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&heads[0])), uintptr(many),
			unix.MSG_WAITFORONE, 0, 0)
		if e != 0 {
			continue // nothing there, or some were lost
		}
		for i := range int(n) {
			eachRoute(buf[i*size:i*size+int(heads[i].n)], got)
		}
	}
}

// eachRoute finds the destinations in a datagram.
func eachRoute(b []byte, got func(int)) {
	for len(b) >= uapi.SizeofNlmsghdr {
		n := int(binary.NativeEndian.Uint32(b))
		if n < uapi.SizeofNlmsghdr || n > len(b) {
			return
		}
		for a := b[uapi.SizeofNlmsghdr+uapi.SizeofRtmsg : n]; len(a) >= 8; {
			if binary.NativeEndian.Uint16(a[2:]) == uapi.RTA_DST {
				got(number(a[4:8]))
				break
			}
			a = a[min(max(int(binary.NativeEndian.Uint16(a)+3)&^3, 4), len(a)):]
		}
		b = b[min((n+3)&^3, len(b)):]
	}
}

// kernWatch counts what was lost too, with lost.
func kernWatch(buffer int, lost *atomic.Int64) listen {
	return func(w *world, got func(int)) (func(), error) {
		h, err := openKern(w)
		if err != nil {
			return nil, err
		}
		if buffer != 0 {
			if err := h.SetSocketReceiveBufferSize(buffer, true); err != nil {
				return nil, err
			}
		}
		before, err := members()
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for ev := range h.Watch(ctx, netlink.RouteTable) {
				switch ev := ev.(type) {
				case netlink.RouteEvent:
					if ev.New != nil {
						got(number(ev.New.Dst.IP))
					}
				case netlink.LostEvent:
					if lost != nil {
						lost.Add(1)
					}
				}
			}
		}()
		stop := func() {
			cancel()
			<-ended
		}
		if err := awaitMember(before); err != nil {
			stop()
			return nil, err
		}
		return stop, nil
	}
}

func kernEvents(w *world, got func(int)) (func(), error) {
	h, err := openKern(w)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	ch, done := make(chan netlink.RouteUpdate, 64), make(chan struct{})
	if err := h.WithContext(ctx).RouteSubscribe(ch, done); err != nil {
		cancel()
		return nil, err
	}
	go func() {
		defer close(ended)
		for u := range ch {
			got(number(u.Dst.IP))
		}
	}()
	return func() {
		close(done)
		<-ended
		cancel()
	}, nil
}

func peerEvents(buffer int) listen {
	return func(w *world, got func(int)) (func(), error) {
		ch, done := make(chan peer.RouteUpdate, 64), make(chan struct{})
		err := peer.RouteSubscribeWithOptions(ch, done,
			peer.RouteSubscribeOptions{ReceiveBufferSize: buffer, ReceiveBufferForceSize: buffer != 0})
		if err != nil {
			return nil, err
		}
		go func() {
			for u := range ch {
				if u.Dst != nil {
					got(number(u.Dst.IP))
				}
			}
		}()
		// Its goroutine ends with the next event, of the routes that are dropped.
		return func() { close(done) }, nil
	}
}

func rtnetlinkEvents(buffer int) listen {
	return func(w *world, got func(int)) (func(), error) {
		c, err := mdlayher.Dial(unix.NETLINK_ROUTE, &mdlayher.Config{Groups: unix.RTMGRP_IPV4_ROUTE})
		if err != nil {
			return nil, err
		}
		if buffer != 0 {
			if err := c.SetReadBuffer(buffer); err != nil {
				return nil, err
			}
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for {
				ms, err := c.Receive()
				if errors.Is(err, unix.ENOBUFS) {
					continue
				}
				if err != nil {
					return
				}
				for _, m := range ms {
					var r rtnetlink.RouteMessage
					if r.UnmarshalBinary(m.Data) == nil && r.Attributes.Dst != nil {
						got(number(r.Attributes.Dst))
					}
				}
			}
		}()
		return func() {
			c.Close()
			<-ended
		}, nil
	}
}

// hearIP is ip monitor, whose lines are counted.
func hearIP(w *world) (op, error) {
	if w.tools.IP == "" {
		return nil, errNoIP
	}
	return func() (int, error) {
		before, err := members()
		if err != nil {
			return 0, err
		}
		cmd := exec.Command(w.tools.IP, "-4", "monitor", "route")
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return 0, err
		}
		if err := cmd.Start(); err != nil {
			return 0, err
		}
		t := newTally(w.n)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			lines := bufio.NewScanner(out)
			for i := 0; lines.Scan(); i++ {
				t.got(i)
			}
		}()
		n, err := feedIP(w, before, t)
		if err == nil {
			w.peak, err = memory(cmd.Process.Pid, "VmHWM")
		}
		_ = cmd.Process.Kill()
		<-ended
		_ = cmd.Wait()
		w.own = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		return n, err
	}, nil
}

func feedIP(w *world, before int, t *tally) (int, error) {
	f, err := startFeeder(w)
	if err != nil {
		return 0, err
	}
	if err := awaitMember(before); err != nil {
		return 0, err
	}
	if err := f.run(); err != nil {
		return 0, err
	}
	return t.wait(), nil
}

// members is how many sockets in this namespace hear of anything.
func members() (n int, err error) {
	b, err := os.ReadFile("/proc/net/netlink")
	for line := range bytes.Lines(b) {
		// sk, Eth, Pid, Groups, …
		if f := bytes.Fields(line); len(f) > 3 && len(bytes.Trim(f[3], "0")) != 0 {
			n++
		}
	}
	return n, err
}

// awaitMember waits until there is one more. No event announces that.
func awaitMember(before int) error {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if n, err := members(); err != nil || n > before {
			return err
		}
	}
	return errors.New("nobody listens")
}
