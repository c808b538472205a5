package ip

import (
	"errors"
	"os"
	"strings"

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
		return f.terminated(c, c.Dump(f.request(), func(m wire.Message) error {
			if r := readRoute(m); f.allows(r) {
				showRoute(c, r, f)
				return c.Spill()
			}
			return nil
		}))
	})
}

// Terminated is the error of a dump of routes. The main table is made with a
// namespace's first address: until then it is empty.
func (f *routeFilter) terminated(c *cli.Command, err error) error {
	if f.table == uapi.RT_TABLE_MAIN && errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return Terminated(c, "Dump", cli.StatusKernel, err)
}

// Terminated is the error of a table that could not be read, which has an exit
// status of its own in some commands.
func Terminated(c *cli.Command, what string, code int, err error) error {
	if err == nil {
		return nil
	}
	text, _ := c.Explain(err)
	if kernel, ok := errors.AsType[*wire.Error](err); ok && kernel.Message == "" && errors.Is(err, os.ErrNotExist) {
		text = "" // ip has no words for it either
	}
	return cli.Exit(code, "%s", strings.TrimPrefix(text+"\n"+what+" terminated", "\n"))
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
			deletes = append(deletes, r.request(m, uapi.RTM_DELROUTE, 0))
			if c.Stats > 1 {
				showRoute(c, r, f)
			}
		}
		return deletes, Terminated(c, "Flush", cli.StatusKernel, err)
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
	if len(requests) == 0 {
		return nil
	}
	conn, err := c.DialTo(requests[0].Protocol)
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
