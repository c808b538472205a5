package wire_test

import (
	"context"
	"net/netip"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

func benchConn(b *testing.B) *wire.Conn {
	b.Helper()
	ns := nstest.New(b)
	c, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &ns})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	return c
}

// BenchmarkGet asks for one link: encode, send, receive, decode.
func BenchmarkGet(b *testing.B) {
	c := benchConn(b)
	index := uint32(0)
	for b.Loop() {
		r := wire.NewRequest(uapi.RTM_GETLINK, 0)
		(&uapi.Ifinfomsg{Index: 1}).Put(r.Header(uapi.SizeofIfinfomsg))
		err := c.Get(context.Background(), r, func(m wire.Message) error {
			var ifi uapi.Ifinfomsg
			ifi.Decode(m.Data)
			index = uint32(ifi.Index)
			return nil
		})
		if err != nil || index != 1 {
			b.Fatal(index, err)
		}
	}
}

// BenchmarkDump streams 1,000 addresses; an operation is all of them.
func BenchmarkDump(b *testing.B) {
	c := benchConn(b)
	addressBatch(b, c, uapi.RTM_NEWADDR)
	for b.Loop() {
		r := wire.NewRequest(uapi.RTM_GETADDR, 0)
		(&uapi.Ifaddrmsg{Family: uapi.AF_INET}).Put(r.Header(uapi.SizeofIfaddrmsg))
		n := 0
		for m, err := range c.Dump(context.Background(), r) {
			if err != nil {
				b.Fatal(err)
			}
			d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfaddrmsg)
			for d.Next() {
				if d.Type() == uapi.IFA_LOCAL && d.Addr() != (netip.Addr{}) {
					n++
				}
			}
		}
		if n != benchAddresses {
			b.Fatal(n)
		}
	}
}

const benchAddresses = 1000

func addressBatch(b *testing.B, c *wire.Conn, typ uint16) {
	b.Helper()
	batch := c.NewBatch()
	for i := range benchAddresses {
		batch.Add(address(typ, uapi.NLM_F_CREATE, test10(i)))
	}
	if errs := batch.Flush(context.Background()); errs != nil {
		b.Fatal(errs[0])
	}
}

// BenchmarkBatch adds and removes 1,000 addresses; an operation is all of it.
func BenchmarkBatch(b *testing.B) {
	c := benchConn(b)
	for b.Loop() {
		addressBatch(b, c, uapi.RTM_NEWADDR)
		addressBatch(b, c, uapi.RTM_DELADDR)
	}
}
