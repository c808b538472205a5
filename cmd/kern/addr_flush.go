package main

import (
	"errors"
	"os"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// addrFlush is ip address flush: it deletes what the filter selects until
// nothing is left, since the kernel may promote a secondary address when the
// primary one goes.
func addrFlush(c *command) error {
	if !c.More() {
		return exit(statusFailed, "Flush requires arguments.")
	}
	f, err := c.parseFilter()
	if err != nil {
		return err
	}
	c.p.Reset()
	for round := 1; c.loops == 0 || round <= c.loops; round++ {
		deleted, err := c.flushAddrs(f)
		if err != nil {
			return err
		}
		if deleted == 0 {
			c.flushDone(round - 1)
			return nil
		}
		if c.stats > 0 {
			c.p.Raw("\n")
			c.p.Rawf("*** Round %d, deleting %d addresses ***\n", round, deleted)
			if err := c.flush(); err != nil {
				return err
			}
		}
	}
	return exit(statusFailed, "*** Flush remains incomplete after %d rounds. ***", c.loops)
}

// flushDone tells with -statistics how many rounds were needed.
func (c *command) flushDone(rounds int) {
	switch {
	case c.stats == 0:
	case rounds == 0:
		c.p.Raw("Nothing to flush.\n")
	case rounds == 1:
		c.p.Raw("*** Flush is complete after 1 round ***\n")
	default:
		c.p.Rawf("*** Flush is complete after %d rounds ***\n", rounds)
	}
}

// flushAddrs does one round and returns how many addresses were to be deleted.
func (c *command) flushAddrs(f *filter) (int, error) {
	messages, err := c.list(f.addrDump())
	if err != nil {
		return 0, err
	}
	conn, err := c.dial()
	if err != nil {
		return 0, err
	}
	batch := conn.NewBatch()
	for _, m := range messages {
		a := readAddr(m)
		info := c.link(int(a.ifa.Index))
		if info == nil || !f.addr(a, info.name) || f.up && info.flags&uapi.IFF_UP == 0 {
			continue
		}
		if c.stats > 1 {
			c.showAddr(a, true)
			c.p.Text("\n")
		}
		batch.Add(deleteAddr(a))
	}
	n := batch.Len()
	for _, err := range batch.Flush(c.ctx) {
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
