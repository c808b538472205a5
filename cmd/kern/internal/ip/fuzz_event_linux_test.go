package ip

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// eventTypes are the messages that the command shows: the types of
// RTM_NEW… of each object.
var eventTypes = []uint16{
	uapi.RTM_NEWLINK, uapi.RTM_NEWADDR, uapi.RTM_NEWROUTE, uapi.RTM_NEWRULE, uapi.RTM_NEWNEIGH,
	uapi.RTM_NEWNSID, uapi.RTM_NEWNEXTHOP, uapi.RTM_NEWPREFIX, uapi.RTM_NEWNETCONF,
}

// FuzzShowEvent shows any bytes at all as an object of each sort, as text and as
// JSON: there is no panic, and the JSON is valid.
func FuzzShowEvent(f *testing.F) {
	// What the running kernel says of its links, addresses, routes and rules.
	c, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE})
	if err != nil {
		f.Fatal(err)
	}
	defer c.Close()
	for i, header := range []int{uapi.SizeofIfinfomsg, uapi.SizeofIfaddrmsg, uapi.SizeofRtmsg, uapi.SizeofFibRuleHdr} {
		r := wire.NewRequest(eventTypes[i]+2, 0) // RTM_GET… is the third of four types
		r.Header(header)
		for m, err := range c.Dump(context.Background(), r) {
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint8(i), uint8(0), m.Data)
			f.Add(uint8(i), uint8(0xff), m.Data)
		}
	}
	f.Fuzz(func(t *testing.T, which, how uint8, data []byte) {
		k := &nltest.Kernel{Answer: func(req []byte) []nltest.Datagram {
			return []nltest.Datagram{{Data: nltest.Ack(req, int32(syscall.ENODEV), nil)}}
		}}
		conn, err := wire.Dial(wire.Config{Dial: k.Dial})
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		s := cli.NewSession(ipProgram, nil, &out, io.Discard)
		s.Use(conn)
		defer s.Close()
		s.JSON, s.Details, s.Brief, s.Oneline = how&1 != 0, how&2 != 0, how&4 != 0, how&8 != 0
		if how&16 != 0 {
			s.Stats = 2
		}
		s.Configure()
		cmd := s.Command(nil)
		typ := eventTypes[int(which)%len(eventTypes)]
		m := wire.Message{Type: typ, Data: data}
		if how&32 != 0 {
			m.Type++ // RTM_DEL…
		}
		if err := showEvent(cmd, m, &monitorWish{objects: monitorTable()}, Origin{}, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		if s.JSON && out.Len() != 0 && !json.Valid([]byte(out.String())) {
			t.Errorf("%d %#x %x: no JSON: %s", m.Type, how, data, out.String())
		}
	})
}
