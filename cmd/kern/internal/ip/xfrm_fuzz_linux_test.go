package ip

import (
	"io"
	"strings"
	"syscall"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// FuzzShowXfrm shows any bytes at all as each message of IPsec: there is no panic.
func FuzzShowXfrm(f *testing.F) {
	for typ := range uint8(uapi.XFRM_MSG_MAX - uapi.XFRM_MSG_BASE + 1) {
		f.Add(typ, uint8(0), []byte{})
		f.Add(typ, uint8(0xff), make([]byte, 400))
	}
	f.Fuzz(func(t *testing.T, typ, how uint8, data []byte) {
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
		s.Oneline, s.Stats = how&1 != 0, int(how&2)
		s.Configure()
		p := newXfrmPrinter(s.Command(nil), true)
		p.event(wire.Message{Type: uapi.XFRM_MSG_BASE + uint16(typ), Data: data})
	})
}
