package netlink

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// make makes a tun device: the first queue that is opened does it.
func (t *Tuntap) make(h *Handle) error {
	if t.Mode != TUNTAP_MODE_TUN && t.Mode != TUNTAP_MODE_TAP {
		return fmt.Errorf("mode %d is neither tun nor tap", t.Mode)
	}
	if t.Queues < 0 {
		return fmt.Errorf("%d queues are not possible", t.Queues)
	}
	a := t.LinkAttrs
	if a.Name == "" {
		a.Name = t.Mode.String() + "%d"
	}
	if err := checkNewLink(&a); err != nil {
		return err
	}
	flags := t.Flags
	if flags == 0 {
		flags = TUNTAP_DEFAULTS
		if t.Queues > 0 {
			flags = TUNTAP_MULTI_QUEUE_DEFAULTS
		}
	}
	var queues []*os.File
	err := h.inOwnNamespace(func() (err error) {
		queues, a.Name, err = openQueues(a.Name, uint16(flags)|uint16(t.Mode), max(t.Queues, 1))
		return err
	})
	if err != nil {
		return err
	}
	if err := finishTuntap(h, t, &a, queues[0]); err != nil {
		return errors.Join(err, closeAll(queues))
	}
	t.Index, t.Name = a.Index, a.Name
	if t.Queues == 0 && !t.NonPersist {
		return closeAll(queues)
	}
	t.Fds = queues
	return nil
}

// inOwnNamespace calls fn in the namespace of the handle.
func (h *Handle) inOwnNamespace(fn func() error) error {
	if h == nil {
		return errNoHandle
	}
	if h.conns == nil {
		return fn()
	}
	return h.conns.inNamespace(func(ns netns.NsHandle) error { return inNamespace(ns, fn) })
}

// inNamespace calls fn in ns, which takes CAP_SYS_ADMIN only where that is
// another one than the thread's.
func inNamespace(ns netns.NsHandle, fn func() error) error {
	here, err := netns.Get()
	if err != nil {
		return err
	}
	same := here.Equal(ns)
	if err := here.Close(); err != nil {
		return err
	}
	if same {
		return fn()
	}
	return netns.Do(ns, fn)
}

// openQueues opens queues of a device in the namespace of the thread. The
// first may make the device, and learns its name; where one fails, none stays
// open.
func openQueues(name string, flags uint16, count int) (queues []*os.File, got string, err error) {
	for range count {
		q, got, err := openQueue(name, flags)
		if err != nil {
			return nil, "", errors.Join(err, closeAll(queues))
		}
		queues = append(queues, q)
		name = got
		flags &^= unix.IFF_TUN_EXCL // the device is there by now
	}
	return queues, name, nil
}

// openQueue opens one queue of the device, which is made if there is none, and
// returns the device's name.
func openQueue(name string, flags uint16) (*os.File, string, error) {
	fd, err := unix.Open(TUN, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, "", &os.PathError{Op: "open", Path: TUN, Err: err}
	}
	req, err := unix.NewIfreq(name)
	if err == nil {
		req.SetUint16(flags)
		err = ioctlError("TUNSETIFF", unix.IoctlIfreq(fd, unix.TUNSETIFF, req))
	}
	if err != nil {
		if e := unix.Close(fd); e != nil {
			err = errors.Join(err, e)
		}
		return nil, "", err
	}
	// Only now: the runtime's poller gives up on a descriptor without device.
	return os.NewFile(uintptr(fd), TUN), req.Name(), nil
}

// ioctlError names the request, in words: programs compare no numbers here.
func ioctlError(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ioctl(%s): %w", name, err)
}

// finishTuntap sets what the device is to have beyond its existence, and a's
// index. Where it fails the device goes with its queues.
func finishTuntap(h *Handle, t *Tuntap, a *LinkAttrs, queue *os.File) error {
	set := func(request uint, name string, arg uint32) error {
		return control(queue, func(fd int) error {
			return ioctlError(name, unix.IoctlSetInt(fd, request, int(arg)))
		})
	}
	root := t.Owner == 0 && t.Group == 0
	for _, id := range [...]struct {
		request uint
		name    string
		id      uint32
	}{{unix.TUNSETOWNER, "TUNSETOWNER", t.Owner}, {unix.TUNSETGROUP, "TUNSETGROUP", t.Group}} {
		if id.id == math.MaxUint32 || id.id == 0 && !root {
			continue
		}
		if err := set(id.request, id.name, id.id); err != nil {
			return err
		}
	}
	now := *h
	now.batch = nil // the device is there: what is about it cannot wait
	made, err := now.LinkByName(a.Name)
	if err != nil {
		return err
	}
	a.Index = made.Attrs().Index
	rest := &Device{*a}
	rest.Name = ""
	if len(a.AltNames) != 0 {
		if err := now.altNames("link add", uapi.RTM_NEWLINKPROP, altNameFlags, rest, a.AltNames...); err != nil {
			return err
		}
	}
	if err := now.LinkModify(rest); err != nil {
		return err
	}
	if t.NonPersist {
		return nil
	}
	return set(unix.TUNSETPERSIST, "TUNSETPERSIST", 1)
}

// AddQueues opens count more queues of a device with TUNTAP_MULTI_QUEUE that
// has some in Fds, adds them to Fds and returns them. Queues is their number then.
func (t *Tuntap) AddQueues(count int) ([]*os.File, error) {
	object := func() string { return linkObject(t) }
	if len(t.Fds) == 0 {
		return nil, &wire.Error{Op: "tuntap add queues", Object: object(), Err: errors.New("no queue is open")}
	}
	if count < 1 {
		return nil, &wire.Error{Op: "tuntap add queues", Object: object(),
			Err: fmt.Errorf("%d queues are not possible", count)}
	}
	flags := t.Flags&^TUNTAP_TUN_EXCL | TUNTAP_MULTI_QUEUE
	if t.Flags == 0 {
		flags = TUNTAP_MULTI_QUEUE_DEFAULTS
	}
	var queues []*os.File
	err := inDeviceNamespace(t.Fds[0], func() (err error) {
		queues, _, err = openQueues(t.Name, uint16(flags)|uint16(t.Mode), count)
		return err
	})
	if err != nil {
		return nil, pkgHandle.wrap(err, "tuntap add queues", object)
	}
	t.Fds = append(t.Fds, queues...)
	t.Queues = len(t.Fds)
	return queues, nil
}

// inDeviceNamespace calls fn in the namespace of the device that queue belongs
// to, or where the kernel does not report it (before Linux 5.8, or without
// CAP_NET_ADMIN) in that of the thread.
func inDeviceNamespace(queue *os.File, fn func() error) error {
	ns := netns.None()
	err := control(queue, func(fd int) error {
		if n, err := unix.IoctlRetInt(fd, unix.TUNGETDEVNETNS); err == nil {
			ns = netns.NsHandle(n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !ns.IsOpen() {
		return fn()
	}
	err = inNamespace(ns, fn)
	return errors.Join(err, ns.Close())
}

// RemoveQueues detaches queues from the device, closes them and takes them out
// of Fds.
func (t *Tuntap) RemoveQueues(fds ...*os.File) error {
	var errs []error
	for _, q := range slices.Clone(fds) { // may be Fds itself
		err := control(q, func(fd int) error {
			var req unix.Ifreq
			req.SetUint16(unix.IFF_DETACH_QUEUE)
			return ioctlError("TUNSETQUEUE", unix.IoctlIfreq(fd, unix.TUNSETQUEUE, &req))
		})
		if err == nil {
			err = q.Close()
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		t.Fds = slices.DeleteFunc(t.Fds, func(f *os.File) bool { return f == q })
		t.Queues = len(t.Fds)
	}
	return wire.Annotate(errors.Join(errs...), "tuntap remove queues", func() string { return linkObject(t) })
}

// control calls fn with the descriptor of f.
func control(f *os.File, fn func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = fn(int(fd)) }); err != nil {
		return err
	}
	return inner
}

func closeAll(files []*os.File) error {
	var errs []error
	for _, f := range files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
