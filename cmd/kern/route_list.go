package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// listRoutes is "route show".
func (c *command) listRoutes() error {
	f, err := c.nextRouteFilter()
	if err != nil {
		return err
	}
	return c.array(func() error {
		return c.terminated("Dump", statusKernel, c.dump(f.request(), func(m wire.Message) error {
			if r := readRoute(m); f.allows(r) {
				c.showRoute(r, f)
				return c.spill()
			}
			return nil
		}))
	})
}

// terminated is the error of a table that could not be read, which has an exit
// status of its own in some commands.
func (c *command) terminated(what string, code int, err error) error {
	if err == nil {
		return nil
	}
	text, _ := c.explain(err)
	return exit(code, "%s\n%s terminated", text, what)
}

// flushRoutes is "route flush".
func (c *command) flushRoutes() error {
	if !c.More() {
		return exit(statusFailed, "\"%s route flush\" requires arguments.", c.name)
	}
	f, err := c.nextRouteFilter()
	if err != nil {
		return err
	}
	if f.cached && f.family != uapi.AF_INET6 {
		if err := c.flushRouteCache(); err != nil {
			return err
		}
		if c.stats != 0 {
			c.p.Text("*** IPv4 routing cache is flushed.\n")
		}
		if f.family == uapi.AF_INET {
			return nil
		}
	}
	return c.flushRounds(func() ([]*wire.Request, error) {
		var deletes []*wire.Request
		all, err := c.list(f.request())
		for _, m := range all {
			r := readRoute(m)
			if !f.allows(r) {
				continue
			}
			deletes = append(deletes, changed(m, uapi.RTM_DELROUTE, 0, uapi.SizeofRtmsg))
			if c.stats > 1 {
				c.showRoute(r, f)
			}
		}
		return deletes, c.terminated("Flush", statusKernel, err)
	})
}

// flushRouteCache makes the kernel forget what it learnt of IPv4 destinations.
func (c *command) flushRouteCache() error {
	const file = "/proc/sys/net/ipv4/route/flush"
	write := func() error { return os.WriteFile(file, []byte("-1"), 0) }
	var err error
	if c.ns.IsOpen() {
		err = netns.Do(c.ns, write)
	} else {
		err = write()
	}
	if err != nil {
		return exit(statusFailed, "Cannot flush routing cache: %s", cause(err))
	}
	return nil
}

// changed is a message that the kernel sent, as a request of another type: for
// a dump to be deleted or restored. header is the size of the family's header.
func changed(m wire.Message, typ, flags uint16, header int) *wire.Request {
	r := wire.NewRequest(typ, flags)
	n := min(header, len(m.Data))
	copy(r.Header(header), m.Data[:n])
	copy(r.Raw(len(m.Data)-n), m.Data[n:])
	return r
}

// flushRounds deletes what find finds until it finds nothing, at most as often
// as -loops says.
func (c *command) flushRounds(find func() ([]*wire.Request, error)) error {
	for round := 1; ; round++ {
		deletes, err := find()
		if err != nil {
			return err
		}
		if len(deletes) == 0 {
			if c.stats != 0 {
				switch round {
				case 1:
					c.p.Text("Nothing to flush.\n")
				case 2:
					c.p.Text("*** Flush is complete after 1 round ***\n")
				default:
					c.p.Text("*** Flush is complete after %d rounds ***\n", round-1)
				}
			}
			return nil
		}
		if c.stats != 0 {
			c.p.Text("\n*** Round %d, deleting %d entries ***\n", round, len(deletes))
		}
		if err := c.sendAll(deletes); err != nil {
			return err
		}
		if c.loops != 0 && round >= c.loops {
			return exit(statusFailed, "*** Flush not complete bailing out after %d rounds", c.loops)
		}
		if err := c.flush(); err != nil {
			return err
		}
	}
}

// sendAll sends requests in few system calls. What is not there any more was
// deleted by someone else, or along with another object.
func (c *command) sendAll(requests []*wire.Request) error {
	conn, err := c.dial()
	if err != nil {
		return err
	}
	b := conn.NewBatch()
	for _, r := range requests {
		b.Add(r)
	}
	for _, err := range b.Flush(c.ctx) {
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// What "save" writes begins with a number that tells what follows.
const (
	routeMagic = 0x45311224
	ruleMagic  = 0x71706986
)

// saveRoutes is "route save": the kernel's messages as they are.
func (c *command) saveRoutes() error {
	f, err := c.nextRouteFilter()
	if err != nil {
		return err
	}
	return c.saveDump(f.request(), routeMagic, func(m wire.Message) bool { return f.allows(readRoute(m)) })
}

// saveDump writes a table to standard output for restore.
func (c *command) saveDump(r *wire.Request, magic uint32, wanted func(wire.Message) bool) error {
	if isTerminal(c.stdout) {
		return exit(statusUsage, "Not sending a binary stream to stdout")
	}
	w := bufio.NewWriter(c.stdout)
	b := native.AppendUint32(nil, magic)
	err := c.dump(r, func(m wire.Message) error {
		if wanted(m) {
			b = appendMessage(b, m)
		}
		_, err := w.Write(b)
		b = b[:0]
		return err
	})
	if err == nil {
		_, err = w.Write(b)
	}
	return errors.Join(err, w.Flush())
}

// appendMessage appends a message as the kernel sent it.
func appendMessage(b []byte, m wire.Message) []byte {
	h := uapi.Nlmsghdr{Len: uint32(uapi.SizeofNlmsghdr + len(m.Data)), Type: m.Type, Flags: m.Flags, Seq: m.Seq, Pid: m.PID}
	var header [uapi.SizeofNlmsghdr]byte
	h.Put(header[:])
	b = append(append(b, header[:]...), m.Data...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// readDump reads what saveDump wrote from standard input.
func (c *command) readDump(magic uint32, each func(wire.Message) error) error {
	in := bufio.NewReader(c.stdin)
	var b [4]byte
	elems := 1
	if _, err := io.ReadFull(in, b[:]); err != nil {
		b, elems = [4]byte{}, 0
	}
	if native.Uint32(b[:]) != magic {
		return exit(statusUsage, "Magic mismatch (%d elems, %x magic)", elems, native.Uint32(b[:]))
	}
	return readMessages(in, each)
}

// readMessages reads netlink messages, one behind the other, to the end.
func readMessages(in io.Reader, each func(wire.Message) error) error {
	for {
		var b [uapi.SizeofNlmsghdr]byte
		if _, err := io.ReadFull(in, b[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("read message: %w", err)
		}
		var h uapi.Nlmsghdr
		h.Decode(b[:])
		const most = 1 << 20 // far more than the kernel makes
		if h.Len < uapi.SizeofNlmsghdr || h.Len > most {
			return fmt.Errorf("read message: %w", wire.ErrMalformed)
		}
		data := make([]byte, (h.Len+3)&^3-uapi.SizeofNlmsghdr)
		if _, err := io.ReadFull(in, data); err != nil {
			return fmt.Errorf("read message: %w", err)
		}
		m := wire.Message{Type: h.Type, Flags: h.Flags, Seq: h.Seq, PID: h.Pid, Data: data[:h.Len-uapi.SizeofNlmsghdr]}
		if err := each(m); err != nil {
			return err
		}
	}
}

// restoreRoutes is "route restore". Routes that lead through a gateway come
// after those that make it reachable; what is there already stays.
func (c *command) restoreRoutes() error {
	var direct, others []wire.Message
	err := c.readDump(routeMagic, func(m wire.Message) error {
		r := readRoute(m)
		gateway, _ := r.gateway()
		_, multipath := r.attrs[uapi.RTA_MULTIPATH]
		if gateway == nil && !multipath {
			direct = append(direct, m)
		} else {
			others = append(others, m)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, m := range append(direct, others...) {
		err := c.exec(changed(m, uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, uapi.SizeofRtmsg))
		if err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

// showRouteDump is "route showdump".
func (c *command) showRouteDump() error {
	f := &routeFilter{}
	return c.array(func() error {
		return c.readDump(routeMagic, func(m wire.Message) error {
			c.showRoute(readRoute(m), f)
			return c.spill()
		})
	})
}
