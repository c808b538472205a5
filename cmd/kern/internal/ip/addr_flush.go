package ip

import (
	"errors"
	"os"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// addrFlush is ip address flush: it deletes what the filter selects until
// nothing is left, since the kernel may promote a secondary address when the
// primary one goes.
func addrFlush(c *cli.Command) error {
	if !c.More() {
		return cli.Exit(cli.StatusFailed, "Flush requires arguments.")
	}
	f, err := parseFilter(c)
	if err != nil {
		return err
	}
	c.Out.Reset()
	for round := 1; c.Loops == 0 || round <= c.Loops; round++ {
		deleted, err := flushAddrs(c, f)
		if err != nil {
			return err
		}
		if deleted == 0 {
			flushDone(c, round-1)
			return nil
		}
		if c.Stats > 0 {
			c.Out.Raw("\n")
			c.Out.Rawf("*** Round %d, deleting %d addresses ***\n", round, deleted)
			if err := c.Flush(); err != nil {
				return err
			}
		}
	}
	return cli.Exit(cli.StatusFailed, "*** Flush remains incomplete after %d rounds. ***", c.Loops)
}

// flushDone prints with -statistics how many rounds were needed.
func flushDone(c *cli.Command, rounds int) {
	switch {
	case c.Stats == 0:
	case rounds == 0:
		c.Out.Raw("Nothing to flush.\n")
	case rounds == 1:
		c.Out.Raw("*** Flush is complete after 1 round ***\n")
	default:
		c.Out.Rawf("*** Flush is complete after %d rounds ***\n", rounds)
	}
}

// flushAddrs does one round and returns how many addresses were to be deleted.
func flushAddrs(c *cli.Command, f *filter) (int, error) {
	messages, err := c.List(f.addrDump())
	if err != nil {
		return 0, err
	}
	conn, err := c.Dial()
	if err != nil {
		return 0, err
	}
	batch := conn.NewBatch()
	for _, m := range messages {
		a := readAddr(m)
		info := c.Link(int(a.ifa.Index))
		if info == nil || !f.addr(a, info.Name) || f.up && info.Flags&uapi.IFF_UP == 0 {
			continue
		}
		if c.Stats > 1 {
			showAddr(c.Session, a, true)
			c.Out.Text("\n")
		}
		batch.Add(deleteAddr(a))
	}
	n := batch.Len()
	for _, err := range batch.Flush(c.Ctx) {
		// It may have gone together with another.
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return n, err
		}
	}
	return n, nil
}

// deleteAddr is the request that deletes an address that was listed.
func deleteAddr(a *addrMessage) *wire.Request {
	r := wire.NewRequest(uapi.RTM_DELADDR, 0)
	ifa := uapi.Ifaddrmsg{Family: a.ifa.Family, Prefixlen: a.ifa.Prefixlen, Index: a.ifa.Index}
	ifa.Put(r.Header(uapi.SizeofIfaddrmsg))
	for _, typ := range []uint16{uapi.IFA_LOCAL, uapi.IFA_ADDRESS} {
		if b, ok := a.attrs[typ]; ok {
			r.Data(typ, b)
		}
	}
	return r
}
