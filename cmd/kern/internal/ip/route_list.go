package ip

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// listRoutes is "route show".
func listRoutes(c *cli.Command) error {
	f, err := nextRouteFilter(c)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		return terminated(c, "Dump", cli.StatusKernel, c.Dump(f.request(), func(m wire.Message) error {
			if r := readRoute(m); f.allows(r) {
				showRoute(c, r, f)
				return c.Spill()
			}
			return nil
		}))
	})
}

// terminated is the error of a table that could not be read, which has an exit
// status of its own in some commands.
func terminated(c *cli.Command, what string, code int, err error) error {
	if err == nil {
		return nil
	}
	text, _ := c.Explain(err)
	return cli.Exit(code, "%s\n%s terminated", text, what)
}

// flushRoutes is "route flush".
func flushRoutes(c *cli.Command) error {
	if !c.More() {
		return cli.Exit(cli.StatusFailed, "\"%s route flush\" requires arguments.", c.Name)
	}
	f, err := nextRouteFilter(c)
	if err != nil {
		return err
	}
	if f.cached && f.family != uapi.AF_INET6 {
		if err := flushRouteCache(c); err != nil {
			return err
		}
		if c.Stats != 0 {
			c.Out.Text("*** IPv4 routing cache is flushed.\n")
		}
		if f.family == uapi.AF_INET {
			return nil
		}
	}
	return flushRounds(c, func() ([]*wire.Request, error) {
		var deletes []*wire.Request
		all, err := c.List(f.request())
		for _, m := range all {
			r := readRoute(m)
			if !f.allows(r) {
				continue
			}
			deletes = append(deletes, changed(m, uapi.RTM_DELROUTE, 0, uapi.SizeofRtmsg))
			if c.Stats > 1 {
				showRoute(c, r, f)
			}
		}
		return deletes, terminated(c, "Flush", cli.StatusKernel, err)
	})
}

// flushRouteCache makes the kernel forget what it learnt of IPv4 destinations.
func flushRouteCache(c *cli.Command) error {
	const file = "/proc/sys/net/ipv4/route/flush"
	write := func() error { return os.WriteFile(file, []byte("-1"), 0) }
	var err error
	if c.NS.IsOpen() {
		err = netns.Do(c.NS, write)
	} else {
		err = write()
	}
	if err != nil {
		return cli.Exit(cli.StatusFailed, "Cannot flush routing cache: %s", cli.Cause(err))
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
func flushRounds(c *cli.Command, find func() ([]*wire.Request, error)) error {
	for round := 1; ; round++ {
		deletes, err := find()
		if err != nil {
			return err
		}
		if len(deletes) == 0 {
			if c.Stats != 0 {
				switch round {
				case 1:
					c.Out.Text("Nothing to flush.\n")
				case 2:
					c.Out.Text("*** Flush is complete after 1 round ***\n")
				default:
					c.Out.Text("*** Flush is complete after %d rounds ***\n", round-1)
				}
			}
			return nil
		}
		if c.Stats != 0 {
			c.Out.Text("\n*** Round %d, deleting %d entries ***\n", round, len(deletes))
		}
		if err := sendAll(c, deletes); err != nil {
			return err
		}
		if c.Loops != 0 && round >= c.Loops {
			return cli.Exit(cli.StatusFailed, "*** Flush not complete bailing out after %d rounds", c.Loops)
		}
		if err := c.Flush(); err != nil {
			return err
		}
	}
}

// sendAll sends requests in few system calls. What is not there any more was
// deleted by someone else, or along with another object.
func sendAll(c *cli.Command, requests []*wire.Request) error {
	conn, err := c.Dial()
	if err != nil {
		return err
	}
	b := conn.NewBatch()
	for _, r := range requests {
		b.Add(r)
	}
	for _, err := range b.Flush(c.Ctx) {
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
func saveRoutes(c *cli.Command) error {
	f, err := nextRouteFilter(c)
	if err != nil {
		return err
	}
	return saveDump(c, f.request(), routeMagic, func(m wire.Message) bool { return f.allows(readRoute(m)) })
}

// saveDump writes a table to standard output for restore.
func saveDump(c *cli.Command, r *wire.Request, magic uint32, wanted func(wire.Message) bool) error {
	if cli.IsTerminal(c.Stdout) {
		return cli.Exit(cli.StatusUsage, "Not sending a binary stream to stdout")
	}
	w := bufio.NewWriter(c.Stdout)
	b := native.AppendUint32(nil, magic)
	err := c.Dump(r, func(m wire.Message) error {
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
func readDump(c *cli.Command, magic uint32, each func(wire.Message) error) error {
	in := bufio.NewReader(c.Stdin)
	var b [4]byte
	elems := 1
	if _, err := io.ReadFull(in, b[:]); err != nil {
		b, elems = [4]byte{}, 0
	}
	if native.Uint32(b[:]) != magic {
		return cli.Exit(cli.StatusUsage, "Magic mismatch (%d elems, %x magic)", elems, native.Uint32(b[:]))
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
func restoreRoutes(c *cli.Command) error {
	var direct, others []wire.Message
	err := readDump(c, routeMagic, func(m wire.Message) error {
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
		err := c.Exec(changed(m, uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, uapi.SizeofRtmsg))
		if err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

// showRouteDump is "route showdump".
func showRouteDump(c *cli.Command) error {
	f := &routeFilter{}
	return c.Array(func() error {
		return readDump(c, routeMagic, func(m wire.Message) error {
			showRoute(c, readRoute(m), f)
			return c.Spill()
		})
	})
}
