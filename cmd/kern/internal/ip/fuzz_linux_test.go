package ip

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// FuzzShowMessages shows links and addresses that no kernel would send.
func FuzzShowMessages(f *testing.F) {
	for _, l := range shownLinks(f) {
		f.Add(capture.Message(f, l.Type, l.Data))
	}
	sessions := map[string]*cli.Session{}
	for _, mode := range []string{"text", "brief", "json"} {
		s := cli.NewSession(ipProgram, nil, io.Discard, io.Discard)
		s.Details, s.Stats, s.Brief, s.JSON = true, 2, mode == "brief", mode == "json"
		s.Configure()
		// No questions to the kernel: what is not known has no name.
		conn, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE})
		if err != nil {
			f.Fatal(err)
		}
		conn.Close()
		s.Use(conn)
		sessions[mode] = s
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for mode, s := range sessions {
			s.Out.Reset()
			s.Out.Array("")
			s.Out.Object("")
			l := readLink(wire.Message{Type: uapi.RTM_NEWLINK, Data: data})
			showLink(s, l, linkView{})
			showLinkBrief(s, l)
			s.Out.EndObject()
			s.Out.Object("")
			showAddr(s, readAddr(wire.Message{Type: uapi.RTM_NEWADDR, Data: data}), true)
			s.Out.EndObject()
			s.Out.EndArray()
			if mode == "json" && !json.Valid(bytes.TrimSpace(s.Out.Bytes())) {
				t.Fatalf("no JSON: %s", s.Out.Bytes())
			}
			s.RememberLink(wire.Message{Type: uapi.RTM_NEWLINK, Data: data})
			s.ForgetLinks()
		}
	})
}
