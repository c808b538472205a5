package main

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// FuzzShowMessages shows links and addresses that no kernel would send.
func FuzzShowMessages(f *testing.F) {
	for _, l := range shownLinks(f) {
		f.Add(capture.Message(f, l.Type, l.Data))
	}
	sessions := map[string]*session{}
	for _, mode := range []string{"text", "brief", "json"} {
		s := newSession("ip", nil, io.Discard, io.Discard)
		s.details, s.stats, s.brief, s.json = true, 2, mode == "brief", mode == "json"
		s.configure()
		// No questions to the kernel: what is not known has no name.
		s.nsNames = map[int]string{}
		var err error
		if s.conn, err = wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE}); err != nil {
			f.Fatal(err)
		}
		s.conn.Close()
		sessions[mode] = s
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for mode, s := range sessions {
			s.p.Reset()
			s.p.Array("")
			s.p.Object("")
			l := readLink(wire.Message{Type: uapi.RTM_NEWLINK, Data: data})
			s.showLink(l, linkView{})
			s.showLinkBrief(l)
			s.p.EndObject()
			s.p.Object("")
			s.showAddr(readAddr(wire.Message{Type: uapi.RTM_NEWADDR, Data: data}), true)
			s.p.EndObject()
			s.p.EndArray()
			if mode == "json" && !json.Valid(bytes.TrimSpace(s.p.Bytes())) {
				t.Fatalf("no JSON: %s", s.p.Bytes())
			}
			s.rememberLink(wire.Message{Type: uapi.RTM_NEWLINK, Data: data})
			s.forgetLinks()
		}
	})
}
